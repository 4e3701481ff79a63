/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/ovsdb_row_set.h"

#include "vswitchd/ovsdb_alloc.h"
#include "vswitchd/ovsdb_hash.h"

struct ovsdb_row_set_element {
	UT_hash_handle hh;
	unsigned char key[];
};

static struct ovsdb_row_set_element *find(struct ovsdb_row_set *set,
	const struct ovsdb_version *version, const struct ovsdb_columns *columns)
{
	struct ovsdb_row_set_element *element;

	/* An empty key would be a NULL pointer. */
	static const unsigned char start;

	ovsdb_key_reset(&set->scratch);
	ovsdb_key_put(&set->scratch, &start, sizeof(start));
	for (unsigned int i = 0; i < columns->n; i++)
		ovsdb_key_append(&set->scratch, version->fields[columns->list[i]->index],
			&columns->list[i]->type);
	HASH_FIND(hh, set->rows, set->scratch.bytes, set->scratch.len, element);
	return element;
}

bool ovsdb_row_set_add(struct ovsdb_row_set *set, const struct ovsdb_version *version,
	const struct ovsdb_columns *columns)
{
	struct ovsdb_row_set_element *element = find(set, version, columns);
	size_t len = set->scratch.len;

	if (element)
		return false;
	element = ovsdb_zalloc(1, sizeof(*element) + len);
	memcpy(element->key, set->scratch.bytes, len);
	HASH_ADD_KEYPTR(hh, set->rows, element->key, len, element);
	return true;
}

bool ovsdb_row_set_has(struct ovsdb_row_set *set, const struct ovsdb_version *version,
	const struct ovsdb_columns *columns)
{
	return find(set, version, columns);
}

unsigned int ovsdb_row_set_count(const struct ovsdb_row_set *set)
{
	return HASH_COUNT(set->rows);
}

void ovsdb_row_set_clear(struct ovsdb_row_set *set)
{
	struct ovsdb_row_set_element *element = set->rows, *next;

	HASH_CLEAR(hh, set->rows);
	for (; element; element = next) {
		next = element->hh.next;
		free(element);
	}
	ovsdb_key_free(&set->scratch);
}
