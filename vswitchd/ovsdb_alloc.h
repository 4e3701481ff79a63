/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory for the database engine. Running out ends the process: Linux overcommits, so a failed
 * small allocation is no state to go on from, and a half-applied transaction would be worse.
 * Any thread.
 */
#ifndef VSWITCHD_OVSDB_ALLOC_H
#define VSWITCHD_OVSDB_ALLOC_H

#include <stdlib.h>
#include <string.h>

static inline void *ovsdb_must(void *memory)
{
	if (!memory)
		abort();
	return memory;
}

/* Zeroed memory for `n` objects of `size` bytes, never NULL. The caller frees it. */
static inline void *ovsdb_zalloc(size_t n, size_t size)
{
	return ovsdb_must(calloc(n ? n : 1, size ? size : 1));
}

static inline void *ovsdb_realloc(void *old, size_t n, size_t size)
{
	return ovsdb_must(reallocarray(old, n ? n : 1, size));
}

/* The same for pointers. */
static inline void *ovsdb_zalloc_pointers(size_t n)
{
	return ovsdb_zalloc(n, sizeof(void *));
}

static inline void *ovsdb_realloc_pointers(void *old, size_t n)
{
	return ovsdb_realloc(old, n, sizeof(void *));
}

static inline char *ovsdb_strdup(const char *s)
{
	return ovsdb_must(strdup(s));
}

#endif
