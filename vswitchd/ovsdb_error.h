/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An error of the database, as RFC 7047 section 3.1 puts it: a tag for programs, details for
 * people, and, as in ovsdb-server(7), the JSON that was at fault. The object is the caller's,
 * usually on its stack; functions take it as their last argument, NULL when nobody reads it.
 * Any thread.
 */
#ifndef VSWITCHD_OVSDB_ERROR_H
#define VSWITCHD_OVSDB_ERROR_H

#include <errno.h>
#include <jansson.h>

/* Tags. The first group is RFC 7047's, the second ovsdb-server(7)'s. */
#define OVSDB_E_CONSTRAINT "constraint violation"
#define OVSDB_E_REFERENCE "referential integrity violation"
#define OVSDB_E_TIMED_OUT "timed out"
#define OVSDB_E_ABORTED "aborted"
#define OVSDB_E_NOT_OWNER "not owner"
#define OVSDB_E_NOT_SUPPORTED "not supported"
#define OVSDB_E_NOT_ALLOWED "not allowed"
#define OVSDB_E_DOMAIN "domain error"
#define OVSDB_E_RANGE "range error"
#define OVSDB_E_DUP_UUID_NAME "duplicate uuid-name"
#define OVSDB_E_SYNTAX "syntax error"
#define OVSDB_E_UNKNOWN_TABLE "unknown table"
#define OVSDB_E_UNKNOWN_COLUMN "unknown column"
#define OVSDB_E_DUP_UUID "duplicate uuid"
#define OVSDB_E_DUPLICATE "ovsdb error"

struct ovsdb_error {
	const char *tag; /* one of the above; never freed */
	char details[512];
	char syntax[256]; /* JSON, cut where it is longer; empty when there is none */
};

static inline int ovsdb_error_value(void)
{
	return -EINVAL;
}

/* Fill in `err` and have the value -EINVAL, so that a caller can write `return
 * ovsdb_error_set(...)`. The second adds the JSON at fault, which may be NULL. As macros they show
 * the value to whoever analyses a caller. */
#define ovsdb_error_set(ERR, ...) (ovsdb_error_fill((ERR), __VA_ARGS__), ovsdb_error_value())
#define ovsdb_error_json(ERR, ...) (ovsdb_error_fill_json((ERR), __VA_ARGS__), ovsdb_error_value())

void ovsdb_error_fill(struct ovsdb_error *err, const char *tag, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void ovsdb_error_fill_json(struct ovsdb_error *err, const char *tag, const json_t *json,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Puts "<prefix>: " before the details. */
void ovsdb_error_prefix(struct ovsdb_error *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* {"error": tag, "details": ..., "syntax": ...}; a new reference. */
json_t *ovsdb_error_to_json(const struct ovsdb_error *err);

#endif
