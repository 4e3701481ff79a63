/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hash function for the engine's own tables, in the place of uthash's, which is spelled out in
 * every use of its macros. It is seeded at random: clients choose names and identifiers, and must
 * not be able to choose them so that they collide. Any thread.
 *
 * For .c files only: every one that adds to a table or looks something up in it includes this,
 * and no header does, since a table must be hashed alike everywhere.
 */
#ifndef VSWITCHD_OVSDB_HASH_H
#define VSWITCHD_OVSDB_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <uthash.h>

#undef HASH_FUNCTION
#define HASH_FUNCTION(KEY, LEN, HASH) (HASH) = ovsdb_hash_bytes((KEY), (LEN))

uint32_t ovsdb_hash_bytes(const void *bytes, size_t n);

#endif
