/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Growing text, and allocation that can't fail, for a program that lives for one command.
 *
 * One thread. Out of memory ends the program with status 1: there is nothing a command could do.
 */
#ifndef UTILITIES_CTL_TEXT_H
#define UTILITIES_CTL_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct ctl_text {
	char *s; /* NUL-terminated, or NULL while nothing was put */
	size_t length;
	size_t size;
};

#define CTL_TEXT_EMPTY     \
	{                  \
		NULL, 0, 0 \
	}

void ctl_text_putc(struct ctl_text *text, char c);
void ctl_text_puts(struct ctl_text *text, const char *s);
void ctl_text_put_spaces(struct ctl_text *text, size_t n);
void ctl_text_printf(struct ctl_text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void ctl_text_vprintf(struct ctl_text *text, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

/* The text, "" when nothing was put; valid until the next call on `text`. */
const char *ctl_text_get(const struct ctl_text *text);

/* Hands the text over to the caller, who frees it; `text` is empty afterwards. Never NULL. */
char *ctl_text_steal(struct ctl_text *text);
void ctl_text_destroy(struct ctl_text *text);

void *ctl_xcalloc(size_t n, size_t size);
void *ctl_xrealloc(void *old, size_t n, size_t size);
char *ctl_xstrdup(const char *s);
char *ctl_xstrndup(const char *s, size_t n);
char *ctl_xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* How many columns of a terminal the UTF-8 text `s` takes, one for each code point. */
size_t ctl_text_width(const char *s);

/* The name among `names` (NULL at the end) that is the fewest edits away from `wrong`, or NULL
 * when none is near enough to be what was meant. */
const char *ctl_nearest_name(const char *wrong, const char *const *names);

#endif
