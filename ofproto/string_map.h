/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small map of strings to strings: the options of an interface, as the database has them. It is
 * looked through from the front, since it holds a handful. Not for several threads at once.
 */
#ifndef OFPROTO_STRING_MAP_H
#define OFPROTO_STRING_MAP_H

#include <stdbool.h>
#include <stddef.h>

struct string_map {
	size_t n;
	struct string_pair {
		char *key;
		char *value;
	} * pairs;
};

/* Copies both strings. The order in which pairs are added matters to string_map_equal(): add them
 * sorted, as the database keeps them. Aborts without memory. */
void string_map_add(struct string_map *map, const char *key, const char *value);

/* The value, or NULL. */
const char *string_map_get(const struct string_map *map, const char *key);

bool string_map_equal(const struct string_map *a, const struct string_map *b);

/* Makes `map` empty and frees what it held. */
void string_map_clear(struct string_map *map);

#endif
