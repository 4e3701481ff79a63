/* SPDX-License-Identifier: Apache-2.0 */
/* What happens at the end of a transaction, before it may go to the disk. */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <utlist.h>

#include "vswitchd/ovsdb_alloc.h"
#include "vswitchd/ovsdb_datum.h"
#include "vswitchd/ovsdb_refs.h"

static int count_references(struct ovsdb_txn *txn, struct ovsdb_refs_work *work)
{
	char text[OVSDB_UUID_LEN + 1];

	for (unsigned int i = 0; i < txn->n_rows; i++) {
		struct ovsdb_txn_row *txn_row = txn->rows[i];

		ovsdb_refs_count(txn_row, txn_row->new, work);
		if (!txn_row->old && txn_row->new)
			ovsdb_row_list_push(&work->unreferenced, txn_row->row);
	}
	if (work->broken)
		return -EINVAL;
	for (unsigned int i = 0; i < txn->n_rows; i++) {
		const struct ovsdb_row *row = txn->rows[i]->row;

		if (!row->current && row->n_strong)
			return ovsdb_error_set(work->err, OVSDB_E_REFERENCE,
				"%s row %s can't be deleted: %u references to it remain",
				row->table->schema->name, ovsdb_uuid_format(&row->uuid, text),
				row->n_strong);
	}
	return 0;
}

static void collect(struct ovsdb_txn *txn, struct ovsdb_row *row, struct ovsdb_refs_work *work)
{
	struct ovsdb_txn_row *txn_row;
	struct ovsdb_version *before;

	if (!row->current || row->n_strong || row->table->schema->is_root)
		return;
	txn_row = ovsdb_txn_touch(txn, row);
	before = txn_row->new;
	ovsdb_txn_delete(txn, row);
	ovsdb_refs_count(txn_row, NULL, work);
	if (before != txn_row->old)
		ovsdb_version_destroy(before, row->table->schema);
}

static bool refers_to_nothing(
	const struct ovsdb_db *db, const struct ovsdb_base_type *base, const union ovsdb_atom *atom)
{
	const struct ovsdb_row *to;

	if (!ovsdb_base_type_is_weak(base))
		return false;
	to = ovsdb_table_find(ovsdb_db_ref_table(db, base), &atom->uuid);
	return !to || !to->current;
}

/* The column's value without dangling weak references, or NULL when it has none. */
static struct ovsdb_datum *without_dangling(const struct ovsdb_db *db,
	const struct ovsdb_column *column, const struct ovsdb_datum *datum)
{
	const struct ovsdb_type *type = &column->type;
	struct ovsdb_datum *result;
	unsigned int kept = 0;
	bool *gone = ovsdb_zalloc(datum->n, sizeof(*gone));

	for (unsigned int i = 0; i < datum->n; i++) {
		gone[i] = refers_to_nothing(db, &type->key, &datum->keys[i]) ||
			  (datum->values && refers_to_nothing(db, &type->value, &datum->values[i]));
		kept += !gone[i];
	}
	if (kept == datum->n) {
		free(gone);
		return NULL;
	}
	result = ovsdb_datum_alloc(type, kept);
	result->n = 0;
	for (unsigned int i = 0; i < datum->n; i++) {
		if (gone[i])
			continue;
		result->keys[result->n] = ovsdb_atom_copy(type->key.type, &datum->keys[i]);
		if (datum->values)
			result->values[result->n] =
				ovsdb_atom_copy(type->value.type, &datum->values[i]);
		result->n++;
	}
	free(gone);
	return result;
}

static int drop_dangling(struct ovsdb_txn *txn, struct ovsdb_row *row, struct ovsdb_refs_work *work)
{
	const struct ovsdb_table_schema *schema = row->table->schema;
	struct ovsdb_txn_row *txn_row;
	struct ovsdb_version *before = NULL;
	int rc = 0;

	if (!row->current)
		return 0;
	txn_row = ovsdb_txn_touch(txn, row);
	/* The version that was counted must stay as it was until the new one is. */
	if (txn_row->new != txn_row->old) {
		before = txn_row->new;
		txn_row->new = row->current = ovsdb_version_clone(before);
	}
	for (unsigned int i = 0; i < schema->n_columns && !rc; i++) {
		const struct ovsdb_column *column = &schema->columns[i];
		struct ovsdb_datum *datum = NULL;

		if (column->refers)
			datum = without_dangling(txn->db, column, row->current->fields[i]);
		if (!datum)
			continue;
		if (datum->n < column->type.n_min)
			rc = ovsdb_error_set(work->err, OVSDB_E_CONSTRAINT,
				"%s row: column %s would be left empty, the rows that it refers "
				"to being gone",
				schema->name, column->name);
		ovsdb_txn_set(txn, row, column, datum);
	}
	ovsdb_refs_count(txn_row, txn_row->new, work);
	ovsdb_version_destroy(before, schema);
	return rc;
}

/* Deleting leaves references behind, and dropping those may leave more to delete. */
static int settle(struct ovsdb_txn *txn, struct ovsdb_refs_work *work)
{
	struct ovsdb_row *row;

	for (;;) {
		if (work->unreferenced.n) {
			collect(txn, work->unreferenced.rows[--work->unreferenced.n], work);
		} else if ((row = ovsdb_refs_pop_dangling(work))) {
			int rc = drop_dangling(txn, row, work);

			if (rc)
				return rc;
		} else {
			return 0;
		}
	}
}

static int duplicate_error(const struct ovsdb_table *table, const struct ovsdb_index *index,
	const struct ovsdb_index_entry *entry, struct ovsdb_error *err)
{
	char *text = NULL, first[OVSDB_UUID_LEN + 1], second[OVSDB_UUID_LEN + 1];
	size_t size;
	FILE *out = ovsdb_must(open_memstream(&text, &size));

	for (unsigned int i = 0; i < index->schema->n_columns; i++) {
		const struct ovsdb_column *column = index->schema->columns[i];
		json_t *value = ovsdb_datum_to_json(
			entry->rows[0]->current->fields[column->index], &column->type);

		fprintf(out, "%s%s ", i ? ", " : "", column->name);
		json_dumpf(value, out, JSON_COMPACT | JSON_ENCODE_ANY);
		json_decref(value);
	}
	fclose(out);
	ovsdb_error_set(err, OVSDB_E_CONSTRAINT,
		"table %s would have more than one row with %s: %s and %s", table->schema->name,
		text, ovsdb_uuid_format(&entry->rows[0]->uuid, first),
		ovsdb_uuid_format(&entry->rows[1]->uuid, second));
	free(text);
	return -EINVAL;
}

static int check_row(const struct ovsdb_txn_row *txn_row, struct ovsdb_error *err)
{
	struct ovsdb_table *table = txn_row->row->table;

	if (!txn_row->new)
		return 0;
	if (!txn_row->old && table->n_rows > table->schema->max_rows)
		return ovsdb_error_set(err, OVSDB_E_CONSTRAINT,
			"table %s would have %u rows; it can have %u", table->schema->name,
			table->n_rows, table->schema->max_rows);
	for (unsigned int i = 0; i < table->schema->n_indexes; i++) {
		const struct ovsdb_index_entry *entry =
			ovsdb_index_find(&table->indexes[i], txn_row->new);

		if (entry->n_rows > 1)
			return duplicate_error(table, &table->indexes[i], entry, err);
	}
	return 0;
}

static bool has_changed(const struct ovsdb_txn_row *txn_row)
{
	if (txn_row->old == txn_row->new)
		return false;
	if (!txn_row->old || !txn_row->new)
		return true;
	return memcmp(txn_row->old->fields, txn_row->new->fields,
		txn_row->old->n_fields * sizeof(void *));
}

/* Leaves in the transaction only what changed, and gives that a new version. */
static void seal(struct ovsdb_txn *txn)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < txn->n_rows; i++) {
		struct ovsdb_txn_row *txn_row = txn->rows[i];
		struct ovsdb_row *row = txn_row->row;
		const struct ovsdb_column *version =
			&row->table->schema->columns[OVSDB_COLUMN_VERSION];

		row->open = NULL;
		if (has_changed(txn_row)) {
			union ovsdb_atom atom = {.uuid = ovsdb_uuid_generate()};

			if (txn_row->new)
				ovsdb_version_set(txn_row->new, version,
					ovsdb_datum_from_atom(&version->type, atom));
			txn->rows[kept++] = txn_row;
			continue;
		}
		if (txn_row->new != txn_row->old) {
			row->current = txn_row->old;
			ovsdb_version_destroy(txn_row->new, row->table->schema);
		}
		free(txn_row);
		row->n_pins--;
		ovsdb_row_release(row);
	}
	txn->n_rows = kept;
}

int ovsdb_txn_prepare(struct ovsdb_txn *txn, struct ovsdb_error *err)
{
	struct ovsdb_refs_work work = {.err = err};
	int rc;

	assert(txn->db->open == txn);
	if (txn->failed) {
		if (err)
			*err = *txn->failed;
		return -EINVAL;
	}
	rc = count_references(txn, &work);
	if (!rc)
		rc = settle(txn, &work);
	ovsdb_refs_work_clear(&work);
	for (unsigned int i = 0; i < txn->n_rows && !rc; i++)
		rc = check_row(txn->rows[i], err);
	if (rc)
		return rc;
	seal(txn);
	txn->db->open = NULL;
	DL_APPEND(txn->db->pending, txn);
	return 0;
}
