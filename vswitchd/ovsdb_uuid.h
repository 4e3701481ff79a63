/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Row identifiers (RFC 4122): text form, order, and random ones. Any thread but
 * ovsdb_uuid_generate(), which is for the thread that owns the database.
 */
#ifndef VSWITCHD_OVSDB_UUID_H
#define VSWITCHD_OVSDB_UUID_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define OVSDB_UUID_LEN 36 /* characters of the text form, without the final NUL */

struct ovsdb_uuid {
	uint8_t bytes[16];
};

/* A random (version 4) identifier. */
struct ovsdb_uuid ovsdb_uuid_generate(void);

/* Exactly the 36 characters of the text form, in either case. False for anything else. */
bool ovsdb_uuid_parse(const char *text, struct ovsdb_uuid *uuid);

/* Writes the lower-case text form and a NUL. Returns `text`. */
char *ovsdb_uuid_format(const struct ovsdb_uuid *uuid, char text[OVSDB_UUID_LEN + 1]);

static inline int ovsdb_uuid_compare(const struct ovsdb_uuid *a, const struct ovsdb_uuid *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

static inline bool ovsdb_uuid_equal(const struct ovsdb_uuid *a, const struct ovsdb_uuid *b)
{
	return !ovsdb_uuid_compare(a, b);
}

#endif
