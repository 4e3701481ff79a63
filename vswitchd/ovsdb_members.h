/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the members of a JSON object whose set of members is fixed: says what is missing, of the
 * wrong type or unknown. Fetch every member that may occur, then call ovsdb_members_finish().
 * The first error is kept; fetching goes on returning NULL. Any thread.
 */
#ifndef VSWITCHD_OVSDB_MEMBERS_H
#define VSWITCHD_OVSDB_MEMBERS_H

#include <jansson.h>
#include <stdbool.h>

#include "vswitchd/ovsdb_error.h"

#define OVSDB_MEMBERS_MAX 12

/* What a member may be. */
enum {
	OVSDB_IS_OBJECT = 1 << JSON_OBJECT,
	OVSDB_IS_ARRAY = 1 << JSON_ARRAY,
	OVSDB_IS_STRING = 1 << JSON_STRING,
	OVSDB_IS_INTEGER = 1 << JSON_INTEGER,
	OVSDB_IS_NUMBER = 1 << JSON_INTEGER | 1 << JSON_REAL,
	OVSDB_IS_BOOL = 1 << JSON_TRUE | 1 << JSON_FALSE,
	OVSDB_IS_ANY = ~0,
};

struct ovsdb_members {
	const json_t *object;
	const char *what; /* names the object in errors */
	struct ovsdb_error *err;
	const char *known[OVSDB_MEMBERS_MAX];
	unsigned int n_known;
	int result;
};

/* `json` that is no object is the first error. The struct refers to all arguments. */
void ovsdb_members_begin(struct ovsdb_members *members, const json_t *json, const char *what,
	struct ovsdb_error *err);

/* A borrowed reference, or NULL when there is none (an error for `_need`). `name` is kept. */
const json_t *ovsdb_members_need(struct ovsdb_members *members, const char *name, int types);
const json_t *ovsdb_members_may(struct ovsdb_members *members, const char *name, int types);

/* 0, or -EINVAL with the first error, an unknown member being the last looked for. */
int ovsdb_members_finish(struct ovsdb_members *members);

/* [a-zA-Z_][a-zA-Z0-9_]* (RFC 7047's <id>). */
bool ovsdb_is_id(const char *text);

#endif
