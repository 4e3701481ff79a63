/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/ovsdb_alloc.h"
#include "vswitchd/ovsdb_schema.h"

static json_t *column_to_json(const struct ovsdb_column *column)
{
	json_t *json = ovsdb_must(json_pack("{s:o}", "type", ovsdb_type_to_json(&column->type)));

	if (!column->is_mutable)
		json_object_set_new(json, "mutable", json_false());
	if (column->ephemeral)
		json_object_set_new(json, "ephemeral", json_true());
	return json;
}

static json_t *indexes_to_json(const struct ovsdb_table_schema *table)
{
	json_t *indexes = ovsdb_must(json_array());

	for (unsigned int i = 0; i < table->n_indexes; i++) {
		json_t *names = ovsdb_must(json_array());

		for (unsigned int j = 0; j < table->indexes[i].n_columns; j++)
			json_array_append_new(
				names, json_string(table->indexes[i].columns[j]->name));
		json_array_append_new(indexes, names);
	}
	return indexes;
}

static json_t *table_to_json(const struct ovsdb_table_schema *table)
{
	json_t *columns = ovsdb_must(json_object());
	json_t *json = ovsdb_must(json_pack("{s:o}", "columns", columns));

	for (unsigned int i = OVSDB_N_IMPLICIT_COLUMNS; i < table->n_columns; i++)
		json_object_set_new(
			columns, table->columns[i].name, column_to_json(&table->columns[i]));
	if (table->is_root)
		json_object_set_new(json, "isRoot", json_true());
	if (table->max_rows != OVSDB_UNLIMITED)
		json_object_set_new(json, "maxRows", json_integer(table->max_rows));
	if (table->n_indexes)
		json_object_set_new(json, "indexes", indexes_to_json(table));
	return json;
}

json_t *ovsdb_schema_to_json(const struct ovsdb_schema *schema)
{
	json_t *tables = ovsdb_must(json_object());
	json_t *json = ovsdb_must(json_pack("{s:s}", "name", schema->name));

	if (schema->version[0])
		json_object_set_new(json, "version", json_string(schema->version));
	if (schema->cksum)
		json_object_set_new(json, "cksum", json_string(schema->cksum));
	for (unsigned int i = 0; i < schema->n_tables; i++)
		json_object_set_new(
			tables, schema->tables[i].name, table_to_json(&schema->tables[i]));
	json_object_set_new(json, "tables", tables);
	return json;
}
