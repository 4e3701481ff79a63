/* SPDX-License-Identifier: Apache-2.0 */
#include "utilities/ctl_text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_COMPARED 64

static void __attribute__((noreturn)) out_of_memory(void)
{
	fputs("vswitch-ctl: out of memory\n", stderr);
	exit(1);
}

void *ctl_xrealloc(void *old, size_t n, size_t size)
{
	void *p = reallocarray(old, n ? n : 1, size ? size : 1);

	if (!p)
		out_of_memory();
	return p;
}

void *ctl_xcalloc(size_t n, size_t size)
{
	void *p = ctl_xrealloc(NULL, n, size);

	memset(p, 0, n * size);
	return p;
}

char *ctl_xstrndup(const char *s, size_t n)
{
	char *copy = ctl_xrealloc(NULL, n + 1, 1);

	memcpy(copy, s, n);
	copy[n] = '\0';
	return copy;
}

char *ctl_xstrdup(const char *s)
{
	return ctl_xstrndup(s, strlen(s));
}

char *ctl_xasprintf(const char *format, ...)
{
	struct ctl_text text = CTL_TEXT_EMPTY;
	va_list args;

	va_start(args, format);
	ctl_text_vprintf(&text, format, args);
	va_end(args);
	return ctl_text_steal(&text);
}

static void reserve(struct ctl_text *text, size_t more)
{
	size_t needed = text->length + more + 1;

	if (needed <= text->size)
		return;
	text->size = needed < 64 ? 64 : needed * 2;
	text->s = ctl_xrealloc(text->s, text->size, 1);
}

void ctl_text_putc(struct ctl_text *text, char c)
{
	reserve(text, 1);
	text->s[text->length++] = c;
	text->s[text->length] = '\0';
}

void ctl_text_puts(struct ctl_text *text, const char *s)
{
	size_t n = strlen(s);

	reserve(text, n);
	memcpy(text->s + text->length, s, n + 1);
	text->length += n;
}

void ctl_text_put_spaces(struct ctl_text *text, size_t n)
{
	while (n--)
		ctl_text_putc(text, ' ');
}

void ctl_text_vprintf(struct ctl_text *text, const char *format, va_list args)
{
	char *s;

	if (vasprintf(&s, format, args) < 0)
		out_of_memory();
	ctl_text_puts(text, s);
	free(s);
}

void ctl_text_printf(struct ctl_text *text, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	ctl_text_vprintf(text, format, args);
	va_end(args);
}

const char *ctl_text_get(const struct ctl_text *text)
{
	return text->s ? text->s : "";
}

char *ctl_text_steal(struct ctl_text *text)
{
	char *s = text->s ? text->s : ctl_xstrdup("");

	*text = (struct ctl_text)CTL_TEXT_EMPTY;
	return s;
}

void ctl_text_destroy(struct ctl_text *text)
{
	free(text->s);
	*text = (struct ctl_text)CTL_TEXT_EMPTY;
}

size_t ctl_text_width(const char *s)
{
	size_t width = 0;

	for (; *s; s++)
		width += ((unsigned char)*s & 0xc0) != 0x80;
	return width;
}

/* Levenshtein's distance, with one row of the matrix. */
static size_t edit_distance(const char *a, const char *b)
{
	size_t row[NAME_MAX_COMPARED + 1];
	size_t n = strlen(b);

	if (n > NAME_MAX_COMPARED || strlen(a) > NAME_MAX_COMPARED)
		return SIZE_MAX;
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[n];
}

const char *ctl_nearest_name(const char *wrong, const char *const *names)
{
	size_t least = strlen(wrong) / 3 + 2;
	const char *nearest = NULL;

	for (; *names; names++) {
		size_t distance = edit_distance(wrong, *names);

		if (distance < least) {
			least = distance;
			nearest = *names;
		}
	}
	return nearest;
}
