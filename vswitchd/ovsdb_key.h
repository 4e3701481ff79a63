/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A string of bytes that stands for the values of some columns: equal values, equal bytes. What
 * indexes and the elimination of duplicate rows hash. Any thread.
 */
#ifndef VSWITCHD_OVSDB_KEY_H
#define VSWITCHD_OVSDB_KEY_H

#include "vswitchd/ovsdb_datum.h"

struct ovsdb_key {
	unsigned char *bytes;
	size_t len, room; /* zeroed memory is an empty key */
};

void ovsdb_key_append(
	struct ovsdb_key *key, const struct ovsdb_datum *datum, const struct ovsdb_type *type);

/* Appends bytes as they are. */
void ovsdb_key_put(struct ovsdb_key *key, const void *bytes, size_t n);

/* Empties the key; the memory is kept for the next until ovsdb_key_free(). */
void ovsdb_key_reset(struct ovsdb_key *key);
void ovsdb_key_free(struct ovsdb_key *key);

#endif
