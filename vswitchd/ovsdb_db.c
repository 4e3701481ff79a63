/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/ovsdb_db.h"

#include <assert.h>
#include <utlist.h>

#include "vswitchd/ovsdb_alloc.h"
#include "vswitchd/ovsdb_hash.h"

struct ovsdb_db *ovsdb_db_create(struct ovsdb_schema *schema)
{
	struct ovsdb_db *db = ovsdb_zalloc(1, sizeof(*db));

	db->schema = schema;
	db->generation = 1;
	db->tables = ovsdb_zalloc(schema->n_tables, sizeof(*db->tables));
	for (unsigned int i = 0; i < schema->n_tables; i++) {
		struct ovsdb_table *table = &db->tables[i];

		table->db = db;
		table->schema = &schema->tables[i];
		table->generation = 1;
		table->indexes = ovsdb_zalloc(table->schema->n_indexes, sizeof(*table->indexes));
		for (unsigned int j = 0; j < table->schema->n_indexes; j++)
			table->indexes[j].schema = &table->schema->indexes[j];
	}
	return db;
}

/* Frees a row that no table has any more. */
static void row_free(struct ovsdb_row *row)
{
	struct ovsdb_weak_ref *ref = row->weak, *next;

	HASH_CLEAR(hh, row->weak);
	for (; ref; ref = next) {
		next = ref->hh.next;
		free(ref);
	}
	free(row);
}

static void table_clear(struct ovsdb_table *table)
{
	struct ovsdb_row *row = table->rows, *next;

	HASH_CLEAR(hh, table->rows);
	for (; row; row = next) {
		next = row->hh.next;
		ovsdb_version_destroy(row->current, table->schema);
		row_free(row);
	}
	for (unsigned int i = 0; i < table->schema->n_indexes; i++)
		ovsdb_index_clear(&table->indexes[i]);
	free(table->indexes);
}

void ovsdb_db_destroy(struct ovsdb_db *db)
{
	if (!db)
		return;
	assert(!db->open && !db->pending && !db->observers);
	for (unsigned int i = 0; i < db->schema->n_tables; i++)
		table_clear(&db->tables[i]);
	free(db->tables);
	ovsdb_schema_destroy(db->schema);
	free(db);
}

struct ovsdb_table *ovsdb_db_table(const struct ovsdb_db *db, const char *name)
{
	const struct ovsdb_table_schema *schema = ovsdb_schema_table(db->schema, name);

	return schema ? &db->tables[schema->index] : NULL;
}

struct ovsdb_table *ovsdb_db_ref_table(
	const struct ovsdb_db *db, const struct ovsdb_base_type *base)
{
	if (base->type != OVSDB_UUID || !base->uuid.ref_table)
		return NULL;
	return &db->tables[base->uuid.ref_table->index];
}

struct ovsdb_row *ovsdb_table_find(const struct ovsdb_table *table, const struct ovsdb_uuid *uuid)
{
	struct ovsdb_row *row;

	HASH_FIND(hh, table->rows, uuid, sizeof(*uuid), row);
	return row;
}

struct ovsdb_index *ovsdb_table_index_of(
	const struct ovsdb_table *table, const struct ovsdb_column *column)
{
	for (unsigned int i = 0; i < table->schema->n_indexes; i++) {
		const struct ovsdb_index_schema *schema = table->indexes[i].schema;

		if (schema->n_columns == 1 && schema->columns[0] == column)
			return &table->indexes[i];
	}
	return NULL;
}

void ovsdb_db_add_observer(struct ovsdb_db *db, struct ovsdb_observer *observer)
{
	DL_APPEND(db->observers, observer);
}

void ovsdb_db_remove_observer(struct ovsdb_db *db, struct ovsdb_observer *observer)
{
	DL_DELETE(db->observers, observer);
}

void ovsdb_row_release(struct ovsdb_row *row)
{
	if (row->n_pins || row->current || row->committed)
		return;
	HASH_DEL(row->table->rows, row);
	row_free(row);
}
