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
 * Formats the reason into `err` (which may be NULL: then nothing is kept) and returns -`error`,
 * `error` being a positive errno value, so that a caller can write `return errmsg_set(...)`.
 */
int errmsg_set(struct errmsg *err, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Puts "<prefix>: " before the reason that `err` holds. */
void errmsg_prefix(struct errmsg *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
