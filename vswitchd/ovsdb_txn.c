/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/ovsdb_txn.h"

#include <assert.h>
#include <utlist.h>

#include "vswitchd/ovsdb_alloc.h"
#include "vswitchd/ovsdb_datum.h"
#include "vswitchd/ovsdb_hash.h"
#include "vswitchd/ovsdb_refs.h"

struct ovsdb_txn *ovsdb_txn_begin(struct ovsdb_db *db)
{
	struct ovsdb_txn *txn = ovsdb_zalloc(1, sizeof(*txn));

	assert(!db->open);
	txn->db = db;
	db->open = txn;
	return txn;
}

struct ovsdb_txn_row *ovsdb_txn_touch(struct ovsdb_txn *txn, struct ovsdb_row *row)
{
	struct ovsdb_txn_row *txn_row = row->open;

	if (txn_row)
		return txn_row;
	txn_row = ovsdb_zalloc(1, sizeof(*txn_row));
	txn_row->row = row;
	txn_row->old = txn_row->new = txn_row->counted = row->current;
	row->open = txn_row;
	row->n_pins++;
	/* Room doubles at each power of two. */
	if (!(txn->n_rows & (txn->n_rows - 1)))
		txn->rows = ovsdb_realloc_pointers(txn->rows, txn->n_rows ? txn->n_rows * 2 : 1);
	txn->rows[txn->n_rows++] = txn_row;
	return txn_row;
}

static void index_row(struct ovsdb_row *row, const struct ovsdb_version *version)
{
	for (unsigned int i = 0; version && i < row->table->schema->n_indexes; i++)
		ovsdb_index_add(&row->table->indexes[i], row, version);
}

static void unindex_row(struct ovsdb_row *row, const struct ovsdb_version *version)
{
	for (unsigned int i = 0; version && i < row->table->schema->n_indexes; i++)
		ovsdb_index_remove(&row->table->indexes[i], row, version);
}

struct ovsdb_row *ovsdb_txn_insert(
	struct ovsdb_txn *txn, struct ovsdb_table *table, const struct ovsdb_uuid *uuid)
{
	const struct ovsdb_column *column = &table->schema->columns[OVSDB_COLUMN_UUID];
	struct ovsdb_uuid id = uuid ? *uuid : ovsdb_uuid_generate();
	struct ovsdb_row *row = ovsdb_table_find(table, &id);
	union ovsdb_atom atom = {.uuid = id};
	struct ovsdb_txn_row *txn_row;

	if (row && (row->current || row->open))
		return NULL;
	if (!row) {
		row = ovsdb_zalloc(1, sizeof(*row));
		row->uuid = id;
		row->table = table;
		HASH_ADD(hh, table->rows, uuid, sizeof(row->uuid), row);
	}
	txn_row = ovsdb_txn_touch(txn, row);
	txn_row->new = row->current = ovsdb_version_create(table->schema);
	ovsdb_version_set(txn_row->new, column, ovsdb_datum_from_atom(&column->type, atom));
	index_row(row, row->current);
	table->n_rows++;
	return row;
}

void ovsdb_txn_set(struct ovsdb_txn *txn, struct ovsdb_row *row, const struct ovsdb_column *column,
	struct ovsdb_datum *datum)
{
	struct ovsdb_txn_row *txn_row;

	assert(row->current && txn == txn->db->open);
	if (ovsdb_datum_equal(row->current->fields[column->index], datum, &column->type)) {
		ovsdb_datum_unref(datum, &column->type);
		return;
	}
	txn_row = ovsdb_txn_touch(txn, row);
	if (txn_row->old) {
		struct ovsdb_datum *old = txn_row->old->fields[column->index];

		/* What changed is told by comparing pointers, so an old value must be shared. */
		if (ovsdb_datum_equal(old, datum, &column->type)) {
			ovsdb_datum_unref(datum, &column->type);
			datum = ovsdb_datum_ref(old);
		}
	}
	if (column->indexed)
		unindex_row(row, row->current);
	if (txn_row->new == txn_row->old)
		txn_row->new = row->current = ovsdb_version_clone(txn_row->old);
	ovsdb_version_set(txn_row->new, column, datum);
	if (column->indexed)
		index_row(row, row->current);
}

void ovsdb_txn_delete(struct ovsdb_txn *txn, struct ovsdb_row *row)
{
	struct ovsdb_txn_row *txn_row = ovsdb_txn_touch(txn, row);

	assert(row->current && txn == txn->db->open);
	unindex_row(row, row->current);
	/* While references are being counted, whoever deletes frees the version after the count. */
	if (txn_row->new != txn_row->old && txn_row->new != txn_row->counted)
		ovsdb_version_destroy(txn_row->new, row->table->schema);
	txn_row->new = row->current = NULL;
	row->table->n_rows--;
}

void ovsdb_txn_comment(struct ovsdb_txn *txn, const char *comment)
{
	size_t old_len = txn->comment ? strlen(txn->comment) + 1 : 0;
	size_t len = strlen(comment);

	txn->comment = ovsdb_realloc(txn->comment, old_len + len + 1, 1);
	if (old_len)
		txn->comment[old_len - 1] = '\n';
	memcpy(txn->comment + old_len, comment, len + 1);
}

bool ovsdb_txn_is_empty(const struct ovsdb_txn *txn)
{
	return !txn->n_rows;
}

static void txn_row_free(struct ovsdb_txn_row *txn_row)
{
	struct ovsdb_row *row = txn_row->row;

	free(txn_row);
	row->n_pins--;
	ovsdb_row_release(row);
}

static void txn_free(struct ovsdb_txn *txn)
{
	free(txn->rows);
	free(txn->comment);
	free(txn->failed);
	free(txn);
}

static void rise_generation(const struct ovsdb_txn *txn)
{
	if (!txn->n_rows)
		return;
	txn->db->generation++;
	for (unsigned int i = 0; i < txn->n_rows; i++)
		txn->rows[i]->row->table->generation = txn->db->generation;
}

void ovsdb_txn_commit(struct ovsdb_txn *txn)
{
	struct ovsdb_db *db = txn->db;
	struct ovsdb_observer *observer, *next;

	assert(db->pending == txn);
	DL_DELETE(db->pending, txn);
	for (unsigned int i = 0; i < txn->n_rows; i++)
		txn->rows[i]->row->committed = txn->rows[i]->new;
	rise_generation(txn);
	if (txn->n_rows) {
		DL_FOREACH_SAFE(db->observers, observer, next)
		observer->committed(observer, txn);
	}
	for (unsigned int i = 0; i < txn->n_rows; i++) {
		ovsdb_version_destroy(txn->rows[i]->old, txn->rows[i]->row->table->schema);
		txn_row_free(txn->rows[i]);
	}
	txn_free(txn);
}

static void restore(const struct ovsdb_txn_row *txn_row)
{
	struct ovsdb_row *row = txn_row->row;

	if (row->current == txn_row->old)
		return;
	unindex_row(row, row->current);
	index_row(row, txn_row->old);
	row->table->n_rows += !!txn_row->old - !!row->current;
	row->current = txn_row->old;
}

void ovsdb_txn_abort(struct ovsdb_txn *txn)
{
	struct ovsdb_db *db;

	if (!txn)
		return;
	db = txn->db;
	if (db->open == txn) {
		db->open = NULL;
	} else {
		assert(db->pending && db->pending->prev == txn);
		DL_DELETE(db->pending, txn);
		rise_generation(txn);
	}
	for (unsigned int i = 0; i < txn->n_rows; i++)
		restore(txn->rows[i]);
	for (unsigned int i = 0; i < txn->n_rows; i++)
		ovsdb_refs_count(txn->rows[i], txn->rows[i]->old, NULL);
	for (unsigned int i = 0; i < txn->n_rows; i++) {
		struct ovsdb_txn_row *txn_row = txn->rows[i];

		if (txn_row->new != txn_row->old)
			ovsdb_version_destroy(txn_row->new, txn_row->row->table->schema);
		txn_row->row->open = NULL;
		txn_row_free(txn_row);
	}
	txn_free(txn);
}
