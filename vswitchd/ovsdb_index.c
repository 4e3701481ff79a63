/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/ovsdb_index.h"

#include <assert.h>

#include "vswitchd/ovsdb_alloc.h"
#include "vswitchd/ovsdb_hash.h"

void ovsdb_index_clear(struct ovsdb_index *index)
{
	struct ovsdb_index_entry *entry = index->entries, *next;

	HASH_CLEAR(hh, index->entries);
	for (; entry; entry = next) {
		next = entry->hh.next;
		free(entry->rows);
		free(entry);
	}
	ovsdb_key_free(&index->scratch);
}

static struct ovsdb_index_entry *lookup(struct ovsdb_index *index)
{
	struct ovsdb_index_entry *entry;

	HASH_FIND(hh, index->entries, index->scratch.bytes, index->scratch.len, entry);
	return entry;
}

static struct ovsdb_index_entry *find(
	struct ovsdb_index *index, const struct ovsdb_version *version)
{
	ovsdb_key_reset(&index->scratch);
	for (unsigned int i = 0; i < index->schema->n_columns; i++) {
		const struct ovsdb_column *column = index->schema->columns[i];

		ovsdb_key_append(&index->scratch, version->fields[column->index], &column->type);
	}
	return lookup(index);
}

void ovsdb_index_add(
	struct ovsdb_index *index, struct ovsdb_row *row, const struct ovsdb_version *version)
{
	struct ovsdb_index_entry *entry = find(index, version);

	if (!entry) {
		entry = ovsdb_zalloc(1, sizeof(*entry) + index->scratch.len);
		entry->key_len = index->scratch.len;
		memcpy(entry->key, index->scratch.bytes, entry->key_len);
		HASH_ADD_KEYPTR(hh, index->entries, entry->key, entry->key_len, entry);
	}
	/* Room doubles at each power of two. */
	if (!(entry->n_rows & (entry->n_rows - 1)))
		entry->rows =
			ovsdb_realloc_pointers(entry->rows, entry->n_rows ? entry->n_rows * 2 : 1);
	entry->rows[entry->n_rows++] = row;
}

void ovsdb_index_remove(
	struct ovsdb_index *index, struct ovsdb_row *row, const struct ovsdb_version *version)
{
	struct ovsdb_index_entry *entry = find(index, version);
	unsigned int i;

	assert(entry);
	for (i = entry->n_rows; i > 0 && entry->rows[i - 1] != row;)
		i--;
	assert(i > 0);
	entry->rows[i - 1] = entry->rows[--entry->n_rows];
	if (!entry->n_rows) {
		HASH_DEL(index->entries, entry);
		free(entry->rows);
		free(entry);
	}
}

const struct ovsdb_index_entry *ovsdb_index_find(
	struct ovsdb_index *index, const struct ovsdb_version *version)
{
	return find(index, version);
}

const struct ovsdb_index_entry *ovsdb_index_find_datum(
	struct ovsdb_index *index, const struct ovsdb_datum *datum)
{
	assert(index->schema->n_columns == 1);
	ovsdb_key_reset(&index->scratch);
	ovsdb_key_append(&index->scratch, datum, &index->schema->columns[0]->type);
	return lookup(index);
}
