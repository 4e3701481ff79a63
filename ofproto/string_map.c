/* SPDX-License-Identifier: Apache-2.0 */
#include "ofproto/string_map.h"

#include <stdlib.h>
#include <string.h>

void string_map_add(struct string_map *map, const char *key, const char *value)
{
	struct string_pair *pair;

	map->pairs = reallocarray(map->pairs, map->n + 1, sizeof(*map->pairs));
	if (!map->pairs)
		abort();
	pair = &map->pairs[map->n++];
	pair->key = strdup(key);
	pair->value = strdup(value);
	if (!pair->key || !pair->value)
		abort();
}

const char *string_map_get(const struct string_map *map, const char *key)
{
	for (size_t i = 0; i < map->n; i++) {
		if (!strcmp(map->pairs[i].key, key))
			return map->pairs[i].value;
	}
	return NULL;
}

bool string_map_equal(const struct string_map *a, const struct string_map *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		if (strcmp(a->pairs[i].key, b->pairs[i].key) != 0 ||
			strcmp(a->pairs[i].value, b->pairs[i].value) != 0)
			return false;
	}
	return true;
}

void string_map_clear(struct string_map *map)
{
	for (size_t i = 0; i < map->n; i++) {
		free(map->pairs[i].key);
		free(map->pairs[i].value);
	}
	free(map->pairs);
	*map = (struct string_map){0};
}
