/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/ovsdb_row.h"

#include "vswitchd/ovsdb_alloc.h"
#include "vswitchd/ovsdb_datum.h"

static struct ovsdb_version *version_alloc(unsigned int n_fields)
{
	struct ovsdb_version *version =
		ovsdb_zalloc(1, sizeof(*version) + n_fields * sizeof(void *));

	version->n_fields = n_fields;
	return version;
}

struct ovsdb_version *ovsdb_version_create(const struct ovsdb_table_schema *table)
{
	struct ovsdb_version *version = version_alloc(table->n_columns);

	for (unsigned int i = 0; i < table->n_columns; i++)
		version->fields[i] = ovsdb_datum_ref(table->columns[i].initial);
	return version;
}

struct ovsdb_version *ovsdb_version_clone(const struct ovsdb_version *version)
{
	struct ovsdb_version *clone = version_alloc(version->n_fields);

	for (unsigned int i = 0; i < version->n_fields; i++)
		clone->fields[i] = ovsdb_datum_ref(version->fields[i]);
	return clone;
}

void ovsdb_version_destroy(struct ovsdb_version *version, const struct ovsdb_table_schema *table)
{
	if (!version)
		return;
	for (unsigned int i = 0; i < version->n_fields; i++)
		ovsdb_datum_unref(version->fields[i], &table->columns[i].type);
	free(version);
}

void ovsdb_version_set(
	struct ovsdb_version *version, const struct ovsdb_column *column, struct ovsdb_datum *datum)
{
	ovsdb_datum_unref(version->fields[column->index], &column->type);
	version->fields[column->index] = datum;
}

int ovsdb_columns_from_json(struct ovsdb_columns *columns, const struct ovsdb_table_schema *table,
	const json_t *json, struct ovsdb_error *err)
{
	size_t n = json ? json_array_size(json) : table->n_columns;
	bool *seen = ovsdb_zalloc(table->n_columns, sizeof(*seen));
	int rc = 0;

	columns->list = ovsdb_zalloc_pointers(n);
	for (columns->n = 0; columns->n < n; columns->n++) {
		const json_t *element = json ? json_array_get(json, columns->n) : NULL;
		const struct ovsdb_column *column =
			!json ? &table->columns[columns->n]
			: json_is_string(element)
				? ovsdb_table_schema_column(table, json_string_value(element))
				: NULL;

		if (!column)
			rc = ovsdb_error_json(err, OVSDB_E_SYNTAX, json,
				"table %s has no such column", table->name);
		else if (seen[column->index])
			rc = ovsdb_error_json(err, OVSDB_E_SYNTAX, json, "column %s is named twice",
				column->name);
		if (rc)
			break;
		seen[column->index] = true;
		columns->list[columns->n] = column;
	}
	free(seen);
	if (rc)
		ovsdb_columns_clear(columns);
	return rc;
}

void ovsdb_columns_clear(struct ovsdb_columns *columns)
{
	free(columns->list);
	columns->list = NULL;
	columns->n = 0;
}

json_t *ovsdb_version_to_json(
	const struct ovsdb_version *version, const struct ovsdb_columns *columns)
{
	json_t *row = ovsdb_must(json_object());

	for (unsigned int i = 0; i < columns->n; i++) {
		const struct ovsdb_column *column = columns->list[i];

		json_object_set_new(row, column->name,
			ovsdb_datum_to_json(version->fields[column->index], &column->type));
	}
	return row;
}

int ovsdb_row_values_from_json(const struct ovsdb_table_schema *table, const json_t *json,
	struct ovsdb_symtab *symtab, struct ovsdb_datum **values, struct ovsdb_error *err)
{
	const char *name;
	json_t *value;
	int rc = 0;

	json_object_foreach ((json_t *)json, name, value) {
		const struct ovsdb_column *column = ovsdb_table_schema_column(table, name);

		if (!column) {
			rc = ovsdb_error_json(err, OVSDB_E_UNKNOWN_COLUMN, json,
				"table %s has no column %s", table->name, name);
		} else {
			rc = ovsdb_datum_from_json(
				&column->type, value, symtab, &values[column->index], err);
			if (rc)
				ovsdb_error_prefix(err, "column %s", name);
		}
		if (rc)
			break;
	}
	if (rc)
		ovsdb_row_values_clear(table, values);
	return rc;
}

void ovsdb_row_values_clear(const struct ovsdb_table_schema *table, struct ovsdb_datum **values)
{
	for (unsigned int i = 0; i < table->n_columns; i++) {
		ovsdb_datum_unref(values[i], &table->columns[i].type);
		values[i] = NULL;
	}
}
