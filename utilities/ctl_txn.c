/* SPDX-License-Identifier: Apache-2.0 */
#include "utilities/ctl_txn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "utilities/ctl_text.h"

struct ctl_row *ctl_txn_insert(struct ctl_db_table *table, const struct ovsdb_uuid *uuid)
{
	struct ovsdb_uuid fresh = uuid ? *uuid : ovsdb_uuid_generate();
	struct ctl_row *row = ctl_row_new(table, &fresh);

	row->inserted = true;
	return row;
}

void ctl_txn_delete(struct ctl_row *row)
{
	row->deleted = true;
	ctl_row_index(row);
}

static void change(struct ctl_row *row, const struct ovsdb_column *column,
	struct ovsdb_datum *datum, bool replace)
{
	ovsdb_datum_unref(row->changed[column->index], &column->type);
	row->changed[column->index] = datum;
	row->replaced[column->index] |= replace;
	if (column == row->table->name)
		ctl_row_index(row);
}

void ctl_txn_set(struct ctl_row *row, const struct ovsdb_column *column, struct ovsdb_datum *datum)
{
	change(row, column, datum, true);
}

void ctl_txn_merge(
	struct ctl_row *row, const struct ovsdb_column *column, struct ovsdb_datum *datum)
{
	change(row, column, datum, column->type.n_max == 1);
}

static void set_atom(struct ctl_row *row, const char *name, union ovsdb_atom atom)
{
	const struct ovsdb_column *column = ovsdb_table_schema_column(row->table->schema, name);

	if (column)
		ctl_txn_set(row, column, ovsdb_datum_from_atom(&column->type, atom));
	else
		abort(); /* the callers' prepare() asked ctl_db_need_named() for it */
}

void ctl_txn_set_text(struct ctl_row *row, const char *name, const char *text)
{
	const struct ovsdb_column *column = ovsdb_table_schema_column(row->table->schema, name);

	if (text)
		set_atom(row, name, ovsdb_atom_from_text(text));
	else if (column)
		ctl_txn_set(row, column, ovsdb_datum_alloc(&column->type, 0));
}

void ctl_txn_set_integer(struct ctl_row *row, const char *name, int64_t integer)
{
	set_atom(row, name, (union ovsdb_atom){.integer = integer});
}

void ctl_txn_set_boolean(struct ctl_row *row, const char *name, bool boolean)
{
	set_atom(row, name, (union ovsdb_atom){.boolean = boolean});
}

static void change_ref(struct ctl_row *row, const char *name, const struct ctl_row *to, bool add)
{
	const struct ovsdb_column *column = ovsdb_table_schema_column(row->table->schema, name);
	const struct ovsdb_datum *old = ctl_row_get(row, column);
	union ovsdb_atom atom = {.uuid = to->uuid};
	struct ovsdb_datum *one = ovsdb_datum_from_atom(&column->type, atom);
	struct ovsdb_datum *new;

	/* The default of a column that can't be empty is a reference to nothing. */
	if (row->inserted && !row->changed[column->index])
		new = ovsdb_datum_ref(one);
	else if (add)
		new = ovsdb_datum_union(old, one, &column->type);
	else
		new = ovsdb_datum_subtract(old, one, &column->type, false);
	ctl_txn_merge(row, column, new);
	ovsdb_datum_unref(one, &column->type);
}

void ctl_txn_add_ref(struct ctl_row *row, const char *column, const struct ctl_row *to)
{
	change_ref(row, column, to, true);
}

void ctl_txn_remove_ref(struct ctl_row *row, const char *column, const struct ctl_row *to)
{
	change_ref(row, column, to, false);
}

void ctl_txn_verify(struct ctl_row *row, const struct ovsdb_column *column)
{
	if (!row->inserted && row->stored[column->index])
		row->verified[column->index] = true;
}

void ctl_txn_verify_named(struct ctl_row *row, const char *name)
{
	const struct ovsdb_column *column = ovsdb_table_schema_column(row->table->schema, name);

	if (column)
		ctl_txn_verify(row, column);
}

void ctl_txn_verify_absent(
	struct ctl_db *db, const char *table, const char *column, const char *text)
{
	const struct ovsdb_table_schema *schema = ovsdb_schema_table(db->schema, table);
	const struct ctl_row *row;

	/* One that this transaction deletes is still there when the server looks. */
	for (row = ctl_db_table(db, table)->rows; row; row = row->hh.next) {
		const char *old = row->deleted ? ctl_row_text(row, column) : NULL;

		if (old && !strcmp(old, text))
			return;
	}
	db->absences = ctl_xrealloc(db->absences, db->n_absences + 1, sizeof(db->absences[0]));
	db->absences[db->n_absences++] = (struct ctl_absence){
		.table = schema,
		.column = ovsdb_table_schema_column(schema, column),
		.value = json_string(text),
	};
}

static bool keeps(const struct ovsdb_column *column, const struct ovsdb_datum *datum,
	const struct ovsdb_uuid *uuid)
{
	bool by_key = ovsdb_base_type_is_strong(&column->type.key);
	bool by_value = ovsdb_base_type_is_strong(&column->type.value);

	for (unsigned int i = 0; i < datum->n; i++) {
		if ((by_key && ovsdb_uuid_equal(&datum->keys[i].uuid, uuid)) ||
			(by_value && ovsdb_uuid_equal(&datum->values[i].uuid, uuid)))
			return true;
	}
	return false;
}

bool ctl_txn_is_kept(struct ctl_db *db, const struct ctl_row *row)
{
	if (row->table->schema->is_root)
		return true;
	for (unsigned int t = 0; t < db->schema->n_tables; t++) {
		const struct ovsdb_table_schema *schema = db->tables[t].schema;
		struct ctl_row *other = ctl_db_first(&db->tables[t]);

		for (; other; other = ctl_db_next(other)) {
			for (unsigned int c = 0; c < schema->n_columns; c++) {
				const struct ovsdb_column *column = &schema->columns[c];

				if (other->changed[c] && column->refers &&
					keeps(column, other->changed[c], &row->uuid))
					return true;
			}
		}
	}
	return false;
}

static void forget_changes(struct ctl_row *row)
{
	for (unsigned int i = 0; i < row->table->schema->n_columns; i++) {
		ovsdb_datum_unref(row->changed[i], &row->table->schema->columns[i].type);
		row->changed[i] = NULL;
		row->verified[i] = false;
		row->replaced[i] = false;
	}
	row->deleted = false;
	ctl_row_index(row);
}

void ctl_txn_abort(struct ctl_db *db)
{
	for (unsigned int i = 0; db->schema && i < db->schema->n_tables; i++) {
		struct ctl_row *next;

		for (struct ctl_row *row = db->tables[i].rows; row; row = next) {
			next = row->hh.next;
			if (row->inserted)
				ctl_row_free(row);
			else
				forget_changes(row);
		}
	}
	ovsdb_symtab_clear(&db->symbols);
	for (size_t i = 0; i < db->n_absences; i++)
		json_decref(db->absences[i].value);
	free(db->absences);
	db->absences = NULL;
	db->n_absences = 0;
	db->try_again = false;
}

static bool is_timed_out(const json_t *result)
{
	const char *error = json_string_value(json_object_get(result, "error"));

	return error && !strcmp(error, OVSDB_E_TIMED_OUT);
}

/* Records the number of the configuration and the identifiers that new rows have got. */
static void take_results(struct ctl_db *db, const json_t *results, json_t *operations)
{
	for (size_t i = 1; i < json_array_size(operations); i++) {
		const json_t *operation = json_array_get(operations, i);
		const json_t *result = json_array_get(results, i - 1);
		const char *op = json_string_value(json_object_get(operation, "op"));
		const char *name, *text;
		struct ovsdb_uuid uuid;
		struct ctl_db_table *table;
		struct ctl_row *row;

		if (!strcmp(op, "select")) {
			const json_t *found = json_array_get(json_object_get(result, "rows"), 0);

			db->next_cfg = json_integer_value(json_object_get(found, "next_cfg"));
		}
		if (strcmp(op, "insert") != 0)
			continue;
		name = json_string_value(json_object_get(operation, "uuid-name"));
		text = json_string_value(json_array_get(json_object_get(result, "uuid"), 1));
		table = ctl_db_table(db, json_string_value(json_object_get(operation, "table")));
		row = table ? ctl_txn_row_of_name(table, name) : NULL;
		if (row && text && ovsdb_uuid_parse(text, &uuid))
			row->final_uuid = uuid;
	}
}

static int transaction_failed(const json_t *result, struct errmsg *err)
{
	char *text = json_dumps(result, JSON_COMPACT | JSON_SORT_KEYS);

	errmsg_set(err, EREMOTEIO, "the database refused the change: %s", text ? text : "");
	free(text);
	return -EREMOTEIO;
}

/* Sorts out the answer to `transact`: the first error decides. */
static int judge(
	struct ctl_db *db, const json_t *results, enum ctl_commit *outcome, struct errmsg *err)
{
	json_t *result;
	size_t i;

	*outcome = CTL_COMMIT_DONE;
	json_array_foreach ((json_t *)results, i, result) {
		const char *error = json_string_value(json_object_get(result, "error"));

		if (!error)
			continue;
		if (is_timed_out(result)) {
			*outcome = CTL_COMMIT_AGAIN;
			return 0;
		}
		if (db->settings->dry_run && !strcmp(error, OVSDB_E_ABORTED))
			return 0;
		return transaction_failed(result, err);
	}
	return 0;
}

int ctl_txn_commit(struct ctl_db *db, const char *comment, bool bump, enum ctl_commit *outcome,
	struct errmsg *err)
{
	json_t *operations, *results;
	size_t n;
	int ret;

	*outcome = CTL_COMMIT_UNCHANGED;
	db->next_cfg = -1;
	operations = ctl_txn_operations(db, comment, bump, &n);
	if (!n) {
		json_decref(operations);
		return 0;
	}
	ret = ctl_db_call(db, "transact", json_incref(operations), &results, err);
	if (!ret) {
		ret = judge(db, results, outcome, err);
		if (!ret && *outcome == CTL_COMMIT_DONE)
			take_results(db, results, operations);
		json_decref(results);
	}
	json_decref(operations);
	return ret;
}
