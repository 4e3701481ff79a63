/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reason of a failure, as a sentence for a person.
 *
 * A function that can fail for a reason that an operator must read takes a `struct errmsg *`
 * besides returning -errno. The text has no final full stop and no newline, so that it fits a
 * database column, a log line and a terminal alike. Any thread; the buffer is the caller's.
 */
#ifndef DATAPATH_ERRMSG_H
#define DATAPATH_ERRMSG_H

#define ERRMSG_SIZE 512

struct errmsg {
	char text[ERRMSG_SIZE]; /* NUL-terminated; empty when nothing failed */
};

/*
 * errmsg_set(err, error, format, ...) formats the reason into `err` (which may be NULL: then
 * nothing is kept) and is -`error`, `error` being a positive errno value, so that a caller can
 * write `return errmsg_set(...)`. A macro, so that analyzers see that the value isn't 0.
 */
#define errmsg_set(ERR, ERROR, ...) (errmsg_format((ERR), __VA_ARGS__), errmsg_negative(ERROR))
void errmsg_format(struct errmsg *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static inline int errmsg_negative(int error)
{
	return -error;
}

/* Puts "<prefix>: " before the reason that `err` holds. */
void errmsg_prefix(struct errmsg *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
