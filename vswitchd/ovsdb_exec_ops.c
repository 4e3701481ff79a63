/* SPDX-License-Identifier: Apache-2.0 */
/* The operations that find and change rows (RFC 7047 sections 5.2.1 to 5.2.6). */
#include <errno.h>

#include "vswitchd/ovsdb_alloc.h"
#include "vswitchd/ovsdb_condition.h"
#include "vswitchd/ovsdb_datum.h"
#include "vswitchd/ovsdb_exec.h"
#include "vswitchd/ovsdb_mutation.h"
#include "vswitchd/ovsdb_row_set.h"

/* The identifier that the new row must have: *uuid is set to it, or to NULL when any will do. */
static int insert_uuid(struct ovsdb_exec *exec, const json_t *given, const json_t *name,
	struct ovsdb_uuid *storage, const struct ovsdb_uuid **uuid)
{
	struct ovsdb_symbol *symbol;

	*uuid = given || name ? storage : NULL;
	if (given && !ovsdb_uuid_parse(json_string_value(given), storage))
		return ovsdb_error_json(&exec->err, OVSDB_E_SYNTAX, given, "this is no UUID");
	if (!name)
		return 0;
	if (!ovsdb_is_id(json_string_value(name)))
		return ovsdb_error_json(
			&exec->err, OVSDB_E_SYNTAX, name, "the name of a row is an identifier");
	symbol = ovsdb_symtab_get(&exec->symtab, json_string_value(name));
	if (symbol->created)
		return ovsdb_error_json(
			&exec->err, OVSDB_E_DUP_UUID_NAME, name, "an earlier insert has this name");
	symbol->created = true;
	if (!given)
		*storage = symbol->uuid;
	return 0;
}

static int check_given(struct ovsdb_exec *exec, const struct ovsdb_table_schema *table,
	struct ovsdb_datum **values)
{
	for (unsigned int i = 0; i < table->n_columns; i++) {
		if (!values[i] && table->columns[i].needs_value)
			return ovsdb_error_set(&exec->err, OVSDB_E_CONSTRAINT,
				"column %s of table %s needs a value: its default is not allowed",
				table->columns[i].name, table->name);
	}
	return 0;
}

int ovsdb_exec_insert(struct ovsdb_exec *exec, struct ovsdb_members *m, json_t *result)
{
	struct ovsdb_table *table = ovsdb_exec_table(exec, m);
	const json_t *given = ovsdb_members_may(m, "uuid", OVSDB_IS_STRING);
	const json_t *name = ovsdb_members_may(m, "uuid-name", OVSDB_IS_STRING);
	const json_t *values_json = ovsdb_members_need(m, "row", OVSDB_IS_OBJECT);
	const struct ovsdb_uuid *uuid;
	struct ovsdb_uuid storage;
	struct ovsdb_datum **values;
	struct ovsdb_row *row;
	char text[OVSDB_UUID_LEN + 1];
	int rc = ovsdb_members_finish(m);

	if (!rc)
		rc = insert_uuid(exec, given, name, &storage, &uuid);
	if (rc)
		return rc;
	values = ovsdb_zalloc_pointers(table->schema->n_columns);
	rc = ovsdb_row_values_from_json(
		table->schema, values_json, &exec->symtab, values, &exec->err);
	if (!rc)
		rc = check_given(exec, table->schema, values);
	row = rc ? NULL : ovsdb_txn_insert(exec->txn, table, uuid);
	if (!rc && !row)
		rc = ovsdb_error_set(&exec->err, OVSDB_E_DUP_UUID,
			"table %s has a row of this UUID already", table->schema->name);
	for (unsigned int i = OVSDB_N_IMPLICIT_COLUMNS; row && i < table->schema->n_columns; i++) {
		if (values[i])
			ovsdb_txn_set(exec->txn, row, &table->schema->columns[i], values[i]);
		values[i] = NULL;
	}
	ovsdb_row_values_clear(table->schema, values);
	free(values);
	if (row)
		json_object_set_new(result, "uuid",
			ovsdb_must(
				json_pack("[s,s]", "uuid", ovsdb_uuid_format(&row->uuid, text))));
	return rc;
}

static void put_count(json_t *result, struct ovsdb_row **rows)
{
	json_int_t n = 0;

	while (rows[n])
		n++;
	json_object_set_new(result, "count", json_integer(n));
}

int ovsdb_exec_select(struct ovsdb_exec *exec, struct ovsdb_members *m, json_t *result)
{
	struct ovsdb_table *table = ovsdb_exec_table(exec, m);
	const json_t *where_json = ovsdb_members_need(m, "where", OVSDB_IS_ARRAY);
	const json_t *names = ovsdb_members_may(m, "columns", OVSDB_IS_ARRAY);
	struct ovsdb_columns columns = {.n = 0};
	struct ovsdb_row_set seen = {.rows = NULL};
	struct ovsdb_row **rows;
	json_t *list;
	int rc = ovsdb_members_finish(m);

	if (!rc)
		rc = ovsdb_columns_from_json(&columns, table->schema, names, &exec->err);
	if (rc)
		return rc;
	rows = ovsdb_exec_where(exec, table, where_json);
	if (!rows) {
		ovsdb_columns_clear(&columns);
		return -EINVAL;
	}
	list = ovsdb_must(json_array());
	for (struct ovsdb_row **row = rows; *row; row++) {
		if (ovsdb_row_set_add(&seen, (*row)->current, &columns))
			json_array_append_new(
				list, ovsdb_version_to_json((*row)->current, &columns));
	}
	json_object_set_new(result, "rows", list);
	ovsdb_row_set_clear(&seen);
	ovsdb_columns_clear(&columns);
	free(rows);
	return 0;
}

static int check_mutable(struct ovsdb_exec *exec, const struct ovsdb_table_schema *table,
	struct ovsdb_datum **values)
{
	for (unsigned int i = 0; i < table->n_columns; i++) {
		if (values[i] && (!table->columns[i].is_mutable || i < OVSDB_N_IMPLICIT_COLUMNS))
			return ovsdb_error_set(&exec->err, OVSDB_E_CONSTRAINT,
				"column %s of table %s can't be changed", table->columns[i].name,
				table->name);
	}
	return 0;
}

static void update_row(struct ovsdb_txn *txn, struct ovsdb_row *row, struct ovsdb_datum **values)
{
	const struct ovsdb_table_schema *table = row->table->schema;

	for (unsigned int i = 0; i < table->n_columns; i++) {
		if (values[i])
			ovsdb_txn_set(txn, row, &table->columns[i], ovsdb_datum_ref(values[i]));
	}
}

int ovsdb_exec_update(struct ovsdb_exec *exec, struct ovsdb_members *m, json_t *result)
{
	struct ovsdb_table *table = ovsdb_exec_table(exec, m);
	const json_t *where_json = ovsdb_members_need(m, "where", OVSDB_IS_ARRAY);
	const json_t *row_json = ovsdb_members_need(m, "row", OVSDB_IS_OBJECT);
	struct ovsdb_row **rows = NULL;
	struct ovsdb_datum **values;
	int rc = ovsdb_members_finish(m);

	if (rc)
		return rc;
	values = ovsdb_zalloc_pointers(table->schema->n_columns);
	rc = ovsdb_row_values_from_json(table->schema, row_json, &exec->symtab, values, &exec->err);
	if (!rc)
		rc = check_mutable(exec, table->schema, values);
	if (!rc) {
		rows = ovsdb_exec_where(exec, table, where_json);
		rc = rows ? 0 : -EINVAL;
	}
	if (!rc) {
		for (struct ovsdb_row **row = rows; *row; row++)
			update_row(exec->txn, *row, values);
		put_count(result, rows);
	}
	ovsdb_row_values_clear(table->schema, values);
	free(values);
	free(rows);
	return rc;
}

int ovsdb_exec_mutate(struct ovsdb_exec *exec, struct ovsdb_members *m, json_t *result)
{
	struct ovsdb_table *table = ovsdb_exec_table(exec, m);
	const json_t *where_json = ovsdb_members_need(m, "where", OVSDB_IS_ARRAY);
	const json_t *list = ovsdb_members_need(m, "mutations", OVSDB_IS_ARRAY);
	struct ovsdb_mutations mutations = {.n = 0};
	struct ovsdb_row **rows;
	int rc = ovsdb_members_finish(m);

	if (!rc)
		rc = ovsdb_mutations_from_json(
			&mutations, table->schema, list, &exec->symtab, &exec->err);
	if (rc)
		return rc;
	rows = ovsdb_exec_where(exec, table, where_json);
	rc = rows ? 0 : -EINVAL;
	for (struct ovsdb_row **row = rows; !rc && *row; row++)
		rc = ovsdb_mutations_apply(&mutations, exec->txn, *row, &exec->err);
	if (!rc)
		put_count(result, rows);
	ovsdb_mutations_clear(&mutations);
	free(rows);
	return rc;
}

int ovsdb_exec_delete(struct ovsdb_exec *exec, struct ovsdb_members *m, json_t *result)
{
	struct ovsdb_table *table = ovsdb_exec_table(exec, m);
	const json_t *where_json = ovsdb_members_need(m, "where", OVSDB_IS_ARRAY);
	struct ovsdb_row **rows;
	int rc = ovsdb_members_finish(m);

	if (rc)
		return rc;
	rows = ovsdb_exec_where(exec, table, where_json);
	if (!rows)
		return -EINVAL;
	for (struct ovsdb_row **row = rows; *row; row++)
		ovsdb_txn_delete(exec->txn, *row);
	put_count(result, rows);
	free(rows);
	return 0;
}
