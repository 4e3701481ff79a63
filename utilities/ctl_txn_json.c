/* SPDX-License-Identifier: Apache-2.0 */
/* The transaction as operations of RFC 7047 section 5.2. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "utilities/ctl_text.h"
#include "utilities/ctl_txn.h"

#define NAME_PREFIX "row"

/* A name that RFC 7047's <id> allows, made of the identifier that the row has here. */
static json_t *row_name(const struct ctl_row *row)
{
	char text[sizeof(NAME_PREFIX) + OVSDB_UUID_LEN];

	memcpy(text, NAME_PREFIX, sizeof(NAME_PREFIX) - 1);
	ovsdb_uuid_format(&row->uuid, text + sizeof(NAME_PREFIX) - 1);
	for (char *s = text; *s; s++) {
		if (*s == '-')
			*s = '_';
	}
	return json_string(text);
}

struct ctl_row *ctl_txn_row_of_name(struct ctl_db_table *table, const char *name)
{
	char text[OVSDB_UUID_LEN + 1];
	struct ovsdb_uuid uuid;

	if (!name || strlen(name) != sizeof(NAME_PREFIX) - 1 + OVSDB_UUID_LEN)
		return NULL;
	memcpy(text, name + sizeof(NAME_PREFIX) - 1, sizeof(text));
	for (char *s = text; *s; s++) {
		if (*s == '_')
			*s = '-';
	}
	return ovsdb_uuid_parse(text, &uuid) ? ctl_db_row(table, &uuid) : NULL;
}

static json_t *row_reference(const struct ctl_row *row)
{
	char text[OVSDB_UUID_LEN + 1];

	if (row->inserted)
		return json_pack("[s,o]", "named-uuid", row_name(row));
	return json_pack("[s,s]", "uuid", ovsdb_uuid_format(&row->uuid, text));
}

static const struct ctl_row *referred_row(
	const struct ctl_db *db, const struct ovsdb_base_type *base, const struct ovsdb_uuid *uuid)
{
	if (base->type != OVSDB_UUID || !base->uuid.ref_table)
		return NULL;
	return ctl_db_row(&db->tables[base->uuid.ref_table->index], uuid);
}

/* Puts names for the identifiers of new rows into `json`, which is changed in place. */
static void name_references(const struct ctl_db *db, const struct ovsdb_type *type, json_t *json)
{
	const char *tag = json_string_value(json_array_get(json, 0));
	const char *text = json_string_value(json_array_get(json, 1));
	struct ovsdb_uuid uuid;
	size_t i;
	json_t *part;

	if (tag && text && !strcmp(tag, "uuid") && ovsdb_uuid_parse(text, &uuid)) {
		const struct ctl_row *row = referred_row(db, &type->key, &uuid);

		if (!row)
			row = referred_row(db, &type->value, &uuid);
		if (row && row->inserted) {
			json_array_set_new(json, 0, json_string("named-uuid"));
			json_array_set_new(json, 1, row_name(row));
		}
		return;
	}
	json_array_foreach (json, i, part)
		name_references(db, type, part);
}

static json_t *value_json(
	const struct ctl_db *db, const struct ovsdb_column *column, const struct ovsdb_datum *datum)
{
	/* Atoms may be shared with the datum, so references are replaced in a copy. */
	json_t *shared = ovsdb_datum_to_json(datum, &column->type);
	json_t *json;

	if (!column->refers)
		return shared;
	json = json_deep_copy(shared);
	json_decref(shared);
	name_references(db, &column->type, json);
	return json;
}

static json_t *where_row(const struct ctl_row *row)
{
	return json_pack("[[s,s,o]]", "_uuid", "==", row_reference(row));
}

/* The row still exists and its verified columns have the values that were read. */
static json_t *wait_for_row(const struct ctl_row *row)
{
	const struct ovsdb_table_schema *schema = row->table->schema;
	json_t *columns = json_array();
	json_t *values = json_object();

	for (unsigned int i = OVSDB_N_IMPLICIT_COLUMNS; i < schema->n_columns; i++) {
		const struct ovsdb_column *column = &schema->columns[i];

		if (!row->verified[i])
			continue;
		json_array_append_new(columns, json_string(column->name));
		json_object_set_new(
			values, column->name, ovsdb_datum_to_json(row->stored[i], &column->type));
	}
	if (!json_array_size(columns)) {
		json_array_append_new(columns, json_string("_uuid"));
		json_object_set_new(values, "_uuid", row_reference(row));
	}
	return json_pack("{s:s,s:s,s:i,s:o,s:o,s:s,s:[o]}", "op", "wait", "table", schema->name,
		"timeout", 0, "where", where_row(row), "columns", columns, "until", "==", "rows",
		values);
}

static json_t *wait_for_absence(const struct ctl_absence *absence)
{
	return json_pack("{s:s,s:s,s:i,s:[[s,s,O]],s:[s],s:s,s:[]}", "op", "wait", "table",
		absence->table->name, "timeout", 0, "where", absence->column->name,
		"==", absence->value, "columns", absence->column->name, "until", "==", "rows");
}

static json_t *insert_row(const struct ctl_db *db, const struct ctl_row *row)
{
	const struct ovsdb_table_schema *schema = row->table->schema;
	json_t *values = json_object();

	for (unsigned int i = OVSDB_N_IMPLICIT_COLUMNS; i < schema->n_columns; i++) {
		const struct ovsdb_column *column = &schema->columns[i];

		if (row->changed[i])
			json_object_set_new(
				values, column->name, value_json(db, column, row->changed[i]));
	}
	return json_pack("{s:s,s:s,s:o,s:o}", "op", "insert", "table", schema->name, "uuid-name",
		row_name(row), "row", values);
}

/* Appends the mutations that lead from the stored to the changed value of a set or map. */
static void append_mutations(const struct ctl_db *db, const struct ctl_row *row,
	const struct ovsdb_column *column, json_t *mutations)
{
	const struct ovsdb_datum *old = row->stored[column->index];
	const struct ovsdb_datum *new = row->changed[column->index];
	struct ovsdb_datum *gone = ovsdb_datum_subtract(old, new, &column->type, false);
	struct ovsdb_datum *added = ovsdb_datum_subtract(new, old, &column->type, false);

	if (gone->n)
		json_array_append_new(mutations,
			json_pack("[s,s,o]", column->name, "delete", value_json(db, column, gone)));
	/* Without a difference the value is written all the same: it may have changed. */
	if (added->n || !gone->n)
		json_array_append_new(
			mutations, json_pack("[s,s,o]", column->name, "insert",
					   value_json(db, column, added->n ? added : new)));
	ovsdb_datum_unref(gone, &column->type);
	ovsdb_datum_unref(added, &column->type);
}

static void append_changes(const struct ctl_db *db, const struct ctl_row *row, json_t *operations)
{
	const struct ovsdb_table_schema *schema = row->table->schema;
	json_t *values = json_object();
	json_t *mutations = json_array();

	for (unsigned int i = OVSDB_N_IMPLICIT_COLUMNS; i < schema->n_columns; i++) {
		const struct ovsdb_column *column = &schema->columns[i];

		if (!row->changed[i])
			continue;
		if (row->replaced[i] || !row->stored[i])
			json_object_set_new(
				values, column->name, value_json(db, column, row->changed[i]));
		else
			append_mutations(db, row, column, mutations);
	}
	if (json_object_size(values))
		json_array_append_new(
			operations, json_pack("{s:s,s:s,s:o,s:O}", "op", "update", "table",
					    schema->name, "where", where_row(row), "row", values));
	if (json_array_size(mutations))
		json_array_append_new(operations,
			json_pack("{s:s,s:s,s:o,s:O}", "op", "mutate", "table", schema->name,
				"where", where_row(row), "mutations", mutations));
	json_decref(values);
	json_decref(mutations);
}

static bool is_changed(const struct ctl_row *row)
{
	for (unsigned int i = 0; i < row->table->schema->n_columns; i++) {
		if (row->changed[i])
			return true;
	}
	return false;
}

static bool is_verified(const struct ctl_row *row)
{
	for (unsigned int i = 0; i < row->table->schema->n_columns; i++) {
		if (row->verified[i])
			return true;
	}
	return false;
}

/* Appends what the row needs to `waits` and `operations`; whether it changes anything. */
static bool append_row(
	const struct ctl_db *db, const struct ctl_row *row, json_t *waits, json_t *operations)
{
	bool changed = is_changed(row);

	if (row->inserted) {
		if (!row->deleted)
			json_array_append_new(operations, insert_row(db, row));
		return !row->deleted;
	}
	if (row->deleted) {
		if (is_verified(row))
			json_array_append_new(waits, wait_for_row(row));
		/* Other rows go by themselves when nothing refers to them any more. */
		if (!row->table->schema->is_root)
			return false;
		json_array_append_new(
			operations, json_pack("{s:s,s:s,s:o}", "op", "delete", "table",
					    row->table->schema->name, "where", where_row(row)));
		return true;
	}
	if (changed || is_verified(row))
		json_array_append_new(waits, wait_for_row(row));
	if (changed)
		append_changes(db, row, operations);
	return changed;
}

static void append_bump(struct ctl_db *db, json_t *operations)
{
	struct ctl_row *root = ctl_db_root(db);

	if (!root || !ovsdb_table_schema_column(root->table->schema, "next_cfg"))
		return;
	json_array_append_new(operations,
		json_pack("{s:s,s:s,s:o,s:[[s,s,i]]}", "op", "mutate", "table", "Open_vSwitch",
			"where", where_row(root), "mutations", "next_cfg", "+=", 1));
	json_array_append_new(operations,
		json_pack("{s:s,s:s,s:o,s:[s]}", "op", "select", "table", "Open_vSwitch", "where",
			where_row(root), "columns", "next_cfg"));
}

json_t *ctl_txn_operations(struct ctl_db *db, const char *comment, bool bump, size_t *n)
{
	json_t *all = json_pack("[s]", db->schema->name);
	json_t *operations = json_array();

	*n = 0;
	for (unsigned int i = 0; i < db->schema->n_tables; i++) {
		/* The deleted ones too. */
		for (const struct ctl_row *row = db->tables[i].rows; row; row = row->hh.next)
			*n += append_row(db, row, all, operations);
	}
	for (size_t i = 0; i < db->n_absences; i++)
		json_array_append_new(all, wait_for_absence(&db->absences[i]));
	if (bump)
		append_bump(db, operations);
	json_array_extend(all, operations);
	json_decref(operations);
	if (comment)
		json_array_append_new(
			all, json_pack("{s:s,s:s}", "op", "comment", "comment", comment));
	if (db->settings->dry_run)
		json_array_append_new(all, json_pack("{s:s}", "op", "abort"));
	return all;
}
