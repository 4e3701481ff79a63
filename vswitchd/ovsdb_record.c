/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/ovsdb_record.h"

#include <assert.h>
#include <errno.h>

#include "vswitchd/ovsdb_alloc.h"
#include "vswitchd/ovsdb_datum.h"

/* The row of a version that takes the place of `old` (NULL: of none); a new reference. NULL when
 * no column on disk changes. */
static json_t *row_to_record(const struct ovsdb_table_schema *table,
	const struct ovsdb_version *old, const struct ovsdb_version *new)
{
	json_t *row = ovsdb_must(json_object());

	for (unsigned int i = 0; i < table->n_columns; i++) {
		const struct ovsdb_column *column = &table->columns[i];
		const struct ovsdb_type *type = &column->type;
		struct ovsdb_datum *datum = new->fields[i];
		bool is_diff = false;

		if (column->ephemeral)
			continue;
		if (!old && ovsdb_datum_is_default(datum, type))
			continue;
		if (old && old->fields[i] == datum)
			continue;
		if (old && !ovsdb_datum_is_default(old->fields[i], type)) {
			datum = ovsdb_datum_diff(old->fields[i], datum, type);
			is_diff = true;
		}
		json_object_set_new(row, column->name, ovsdb_datum_to_json(datum, type));
		if (is_diff)
			ovsdb_datum_unref(datum, type);
	}
	if (old && !json_object_size(row)) {
		json_decref(row);
		return NULL;
	}
	return row;
}

static void put_row(json_t *record, const struct ovsdb_row *row, json_t *value)
{
	const char *table_name = row->table->schema->name;
	json_t *table = json_object_get(record, table_name);
	char text[OVSDB_UUID_LEN + 1];

	if (!table) {
		table = ovsdb_must(json_object());
		json_object_set_new(record, table_name, table);
	}
	json_object_set_new(table, ovsdb_uuid_format(&row->uuid, text), value);
}

json_t *ovsdb_txn_record(const struct ovsdb_txn *txn, int64_t now_ms)
{
	json_t *record = ovsdb_must(json_object());

	for (unsigned int i = 0; i < txn->n_rows; i++) {
		const struct ovsdb_txn_row *txn_row = txn->rows[i];
		json_t *value = json_null();

		if (txn_row->new)
			value = row_to_record(
				txn_row->row->table->schema, txn_row->old, txn_row->new);
		if (value)
			put_row(record, txn_row->row, value);
	}
	if (!json_object_size(record)) {
		json_decref(record);
		return NULL;
	}
	if (txn->comment)
		json_object_set_new(record, "_comment", json_string(txn->comment));
	json_object_set_new(record, "_date", json_integer(now_ms));
	json_object_set_new(record, "_is_diff", json_true());
	return record;
}

json_t *ovsdb_db_snapshot(const struct ovsdb_db *db, int64_t now_ms, const char *comment)
{
	json_t *record = ovsdb_must(json_object());

	for (unsigned int i = 0; i < db->schema->n_tables; i++) {
		struct ovsdb_row *row, *next;

		HASH_ITER (hh, db->tables[i].rows, row, next) {
			if (row->current)
				put_row(record, row,
					row_to_record(row->table->schema, NULL, row->current));
		}
	}
	if (comment)
		json_object_set_new(record, "_comment", json_string(comment));
	json_object_set_new(record, "_date", json_integer(now_ms));
	json_object_set_new(record, "_is_diff", json_true());
	return record;
}

struct replay {
	struct ovsdb_txn *txn;
	bool is_diff, skip_unknown;
	struct ovsdb_error *err;
};

static int replay_column(struct replay *replay, struct ovsdb_row *row,
	const struct ovsdb_column *column, const json_t *json, bool is_new)
{
	const struct ovsdb_type *type = &column->type;
	const struct ovsdb_datum *old = row->current->fields[column->index];
	struct ovsdb_datum *datum, *whole;
	int rc;

	if (!replay->is_diff || is_new || ovsdb_datum_is_default(old, type)) {
		rc = ovsdb_datum_from_json(type, json, NULL, &datum, replay->err);
		if (!rc)
			ovsdb_txn_set(replay->txn, row, column, datum);
		return rc;
	}
	rc = ovsdb_datum_from_json_any(type, json, NULL, &datum, replay->err);
	if (rc)
		return rc;
	whole = ovsdb_datum_apply_diff(old, datum, type);
	ovsdb_datum_unref(datum, type);
	rc = ovsdb_datum_check_n(whole->n, type, replay->err);
	if (rc)
		ovsdb_datum_unref(whole, type);
	else
		ovsdb_txn_set(replay->txn, row, column, whole);
	return rc;
}

static int replay_values(
	struct replay *replay, struct ovsdb_row *row, const json_t *json, bool is_new)
{
	const struct ovsdb_table_schema *table = row->table->schema;
	const char *name;
	json_t *value;

	json_object_foreach ((json_t *)json, name, value) {
		const struct ovsdb_column *column = ovsdb_table_schema_column(table, name);
		int rc;

		if (!column && replay->skip_unknown)
			continue;
		if (!column || column->index < OVSDB_N_IMPLICIT_COLUMNS)
			return ovsdb_error_set(replay->err, OVSDB_E_UNKNOWN_COLUMN,
				"table %s has no column %s", table->name, name);
		rc = replay_column(replay, row, column, value, is_new);
		if (rc) {
			ovsdb_error_prefix(replay->err, "table %s: column %s", table->name, name);
			return rc;
		}
	}
	return 0;
}

static int replay_row(
	struct replay *replay, struct ovsdb_table *table, const char *id, const json_t *json)
{
	struct ovsdb_row *row;
	struct ovsdb_uuid uuid;
	bool is_new;

	if (!ovsdb_uuid_parse(id, &uuid) || (!json_is_null(json) && !json_is_object(json)))
		return ovsdb_error_json(replay->err, OVSDB_E_SYNTAX, json,
			"table %s: \"%s\" can't be a row", table->schema->name, id);
	row = ovsdb_table_find(table, &uuid);
	is_new = !row || !row->current;
	if (json_is_null(json)) {
		if (is_new)
			return ovsdb_error_set(replay->err, OVSDB_E_SYNTAX,
				"table %s: row %s is deleted, but isn't there", table->schema->name,
				id);
		ovsdb_txn_delete(replay->txn, row);
		return 0;
	}
	if (is_new)
		row = ovsdb_txn_insert(replay->txn, table, &uuid);
	if (!row)
		return ovsdb_error_set(
			replay->err, OVSDB_E_DUP_UUID, "table %s: row %s", table->schema->name, id);
	return replay_values(replay, row, json, is_new);
}

static int replay_table(struct replay *replay, const char *name, const json_t *json)
{
	struct ovsdb_table *table = ovsdb_db_table(replay->txn->db, name);
	const char *id;
	json_t *value;

	if (!table && (replay->skip_unknown || name[0] == '_'))
		return 0;
	if (!table || !json_is_object(json))
		return ovsdb_error_set(replay->err, OVSDB_E_SYNTAX, "%s: %s", name,
			table ? "rows are needed here" : "there is no such table");
	json_object_foreach ((json_t *)json, id, value) {
		int rc = replay_row(replay, table, id, value);

		if (rc)
			return rc;
	}
	return 0;
}

int ovsdb_record_apply(
	struct ovsdb_db *db, const json_t *record, bool skip_unknown, struct ovsdb_error *err)
{
	struct replay replay = {.skip_unknown = skip_unknown, .err = err};
	const char *name;
	json_t *value;
	int rc = 0;

	assert(!db->pending);
	if (!json_is_object(record))
		return ovsdb_error_json(err, OVSDB_E_SYNTAX, record, "a record is an object");
	replay.is_diff = json_is_true(json_object_get(record, "_is_diff"));
	replay.txn = ovsdb_txn_begin(db);
	json_object_foreach ((json_t *)record, name, value) {
		rc = replay_table(&replay, name, value);
		if (rc)
			break;
	}
	if (!rc)
		rc = ovsdb_txn_prepare(replay.txn, err);
	if (rc)
		ovsdb_txn_abort(replay.txn);
	else
		ovsdb_txn_commit(replay.txn);
	return rc;
}
