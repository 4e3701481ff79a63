/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/ovsdb_schema.h"

#include <errno.h>

#include "vswitchd/ovsdb_alloc.h"
#include "vswitchd/ovsdb_datum.h"
#include "vswitchd/ovsdb_members.h"

static int check_name(const char *name, const char *what, struct ovsdb_error *err)
{
	if (!ovsdb_is_id(name) || name[0] == '_')
		return ovsdb_error_set(
			err, OVSDB_E_SYNTAX, "\"%s\" can't be the name of a %s", name, what);
	return 0;
}

static void column_finish(struct ovsdb_column *column, unsigned int index)
{
	const struct ovsdb_type *type = &column->type;

	column->index = index;
	column->initial = ovsdb_datum_default(type);
	column->needs_value =
		type->n_min &&
		(ovsdb_base_type_check(&type->key, &column->initial->keys[0], NULL) ||
			(ovsdb_type_is_map(type) && ovsdb_base_type_check(&type->value,
							    &column->initial->values[0], NULL)));
	column->refers = (type->key.type == OVSDB_UUID && type->key.uuid.ref_table_name) ||
			 (type->value.type == OVSDB_UUID && type->value.uuid.ref_table_name);
}

static int column_from_json(
	struct ovsdb_column *column, const char *name, const json_t *json, struct ovsdb_error *err)
{
	const json_t *is_mutable, *ephemeral, *type;
	struct ovsdb_members m;
	int rc = check_name(name, "column", err);

	if (rc)
		return rc;
	ovsdb_members_begin(&m, json, "column", err);
	is_mutable = ovsdb_members_may(&m, "mutable", OVSDB_IS_BOOL);
	ephemeral = ovsdb_members_may(&m, "ephemeral", OVSDB_IS_BOOL);
	type = ovsdb_members_need(&m, "type", OVSDB_IS_STRING | OVSDB_IS_OBJECT);
	rc = ovsdb_members_finish(&m);
	if (!rc)
		rc = ovsdb_type_from_json(&column->type, type, err);
	if (rc) {
		ovsdb_error_prefix(err, "column %s", name);
		return rc;
	}
	column->name = ovsdb_strdup(name);
	column->ephemeral = json_is_true(ephemeral);
	/* The rows that a weak reference is about can go, so its column must be able to change. */
	column->is_mutable = !is_mutable || json_is_true(is_mutable) ||
			     ovsdb_base_type_is_weak(&column->type.key) ||
			     ovsdb_base_type_is_weak(&column->type.value);
	return 0;
}

static void implicit_column(
	struct ovsdb_column *column, const char *name, unsigned int index, bool is_mutable)
{
	column->name = ovsdb_strdup(name);
	ovsdb_base_type_init(&column->type.key, OVSDB_UUID);
	column->type.n_min = column->type.n_max = 1;
	column->ephemeral = true;
	column->is_mutable = is_mutable;
	column_finish(column, index);
}

static int compare_columns(const void *a, const void *b)
{
	return strcmp((*(const struct ovsdb_column *const *)a)->name,
		(*(const struct ovsdb_column *const *)b)->name);
}

static int columns_from_json(
	struct ovsdb_table_schema *table, const json_t *json, struct ovsdb_error *err)
{
	const char *name;
	json_t *value;

	table->columns = ovsdb_zalloc(
		json_object_size(json) + OVSDB_N_IMPLICIT_COLUMNS, sizeof(*table->columns));
	implicit_column(&table->columns[0], "_uuid", OVSDB_COLUMN_UUID, false);
	implicit_column(&table->columns[1], "_version", OVSDB_COLUMN_VERSION, true);
	table->n_columns = OVSDB_N_IMPLICIT_COLUMNS;
	json_object_foreach ((json_t *)json, name, value) {
		struct ovsdb_column *column = &table->columns[table->n_columns];
		int rc = column_from_json(column, name, value, err);

		if (rc)
			return rc;
		column_finish(column, table->n_columns++);
	}
	if (table->n_columns == OVSDB_N_IMPLICIT_COLUMNS)
		return ovsdb_error_set(err, OVSDB_E_SYNTAX, "a table needs at least one column");

	table->by_name = ovsdb_zalloc_pointers(table->n_columns);
	for (unsigned int i = 0; i < table->n_columns; i++)
		table->by_name[i] = &table->columns[i];
	qsort(table->by_name, table->n_columns, sizeof(void *), compare_columns);
	return 0;
}

static int index_from_json(struct ovsdb_table_schema *table, struct ovsdb_index_schema *index,
	const json_t *json, struct ovsdb_error *err)
{
	size_t n = json_array_size(json);

	if (!n)
		return ovsdb_error_json(err, OVSDB_E_SYNTAX, json, "an index is a list of columns");
	index->columns = ovsdb_zalloc_pointers(n);
	for (; index->n_columns < n; index->n_columns++) {
		const char *name = json_string_value(json_array_get(json, index->n_columns));
		const struct ovsdb_column *column =
			name ? ovsdb_table_schema_column(table, name) : NULL;

		if (!column || column->index < OVSDB_N_IMPLICIT_COLUMNS || column->ephemeral)
			return ovsdb_error_json(err, OVSDB_E_SYNTAX, json,
				"an index needs columns of the table that aren't ephemeral");
		for (unsigned int i = 0; i < index->n_columns; i++) {
			if (index->columns[i] == column)
				return ovsdb_error_json(err, OVSDB_E_SYNTAX, json,
					"column %s is in the index twice", name);
		}
		index->columns[index->n_columns] = column;
		table->columns[column->index].indexed = true;
	}
	return 0;
}

static int indexes_from_json(
	struct ovsdb_table_schema *table, const json_t *json, struct ovsdb_error *err)
{
	size_t n = json_array_size(json);

	table->indexes = ovsdb_zalloc(n, sizeof(*table->indexes));
	for (size_t i = 0; i < n; i++) {
		int rc = index_from_json(
			table, &table->indexes[table->n_indexes++], json_array_get(json, i), err);

		if (rc)
			return rc;
	}
	return 0;
}

static int table_from_json(struct ovsdb_table_schema *table, const char *name, const json_t *json,
	struct ovsdb_error *err)
{
	const json_t *columns, *max_rows, *is_root, *indexes;
	struct ovsdb_members m;
	int rc = check_name(name, "table", err);

	if (rc)
		return rc;
	table->name = ovsdb_strdup(name);
	ovsdb_members_begin(&m, json, "table", err);
	columns = ovsdb_members_need(&m, "columns", OVSDB_IS_OBJECT);
	max_rows = ovsdb_members_may(&m, "maxRows", OVSDB_IS_INTEGER);
	is_root = ovsdb_members_may(&m, "isRoot", OVSDB_IS_BOOL);
	indexes = ovsdb_members_may(&m, "indexes", OVSDB_IS_ARRAY);
	rc = ovsdb_members_finish(&m);
	table->max_rows = OVSDB_UNLIMITED;
	table->is_root = json_is_true(is_root);
	if (!rc && max_rows) {
		json_int_t n = json_integer_value(max_rows);

		if (n <= 0 || n > OVSDB_UNLIMITED)
			rc = ovsdb_error_set(err, OVSDB_E_SYNTAX, "maxRows must be at least 1");
		table->max_rows = n;
	}
	if (!rc)
		rc = columns_from_json(table, columns, err);
	if (!rc && indexes)
		rc = indexes_from_json(table, indexes, err);
	if (rc)
		ovsdb_error_prefix(err, "table %s", name);
	return rc;
}

static int resolve(const struct ovsdb_schema *schema, const struct ovsdb_table_schema *table,
	const struct ovsdb_column *column, struct ovsdb_base_type *base, struct ovsdb_error *err)
{
	if (base->type != OVSDB_UUID || !base->uuid.ref_table_name)
		return 0;
	base->uuid.ref_table = ovsdb_schema_table(schema, base->uuid.ref_table_name);
	if (!base->uuid.ref_table)
		return ovsdb_error_set(err, OVSDB_E_SYNTAX,
			"table %s: column %s: there is no table %s to refer to", table->name,
			column->name, base->uuid.ref_table_name);
	return 0;
}

/* RFC 7047 section 3.2: a schema in which no table is a root is of the old kind, without garbage
 * collection; there every table is one. */
static int finish_references(struct ovsdb_schema *schema, struct ovsdb_error *err)
{
	bool any_root = false;

	for (unsigned int i = 0; i < schema->n_tables; i++)
		any_root |= schema->tables[i].is_root;
	for (unsigned int i = 0; i < schema->n_tables; i++) {
		struct ovsdb_table_schema *table = &schema->tables[i];

		table->is_root |= !any_root;
		for (unsigned int j = 0; j < table->n_columns; j++) {
			struct ovsdb_column *column = &table->columns[j];
			int rc = resolve(schema, table, column, &column->type.key, err);

			if (!rc)
				rc = resolve(schema, table, column, &column->type.value, err);
			if (rc)
				return rc;
		}
	}
	return 0;
}

static int compare_tables(const void *a, const void *b)
{
	return strcmp((*(const struct ovsdb_table_schema *const *)a)->name,
		(*(const struct ovsdb_table_schema *const *)b)->name);
}

static int tables_from_json(
	struct ovsdb_schema *schema, const json_t *json, struct ovsdb_error *err)
{
	size_t n = json_object_size(json);
	const char *name;
	json_t *value;

	schema->tables = ovsdb_zalloc(n, sizeof(*schema->tables));
	schema->by_name = ovsdb_zalloc_pointers(n);
	json_object_foreach ((json_t *)json, name, value) {
		struct ovsdb_table_schema *table = &schema->tables[schema->n_tables];
		int rc;

		table->index = schema->n_tables++;
		schema->by_name[table->index] = table;
		rc = table_from_json(table, name, value, err);
		if (rc)
			return rc;
	}
	qsort(schema->by_name, n, sizeof(void *), compare_tables);
	return finish_references(schema, err);
}

static bool is_version(const char *text)
{
	static const char digits[] = "0123456789";

	for (int part = 0; part < 3; part++) {
		size_t n = strspn(text, digits);

		if (!n || text[n] != (part < 2 ? '.' : '\0'))
			return false;
		text += n + 1;
	}
	return true;
}

int ovsdb_schema_from_json(
	const json_t *json, struct ovsdb_schema **schema, struct ovsdb_error *err)
{
	const json_t *name, *version, *cksum, *tables;
	struct ovsdb_schema *result;
	struct ovsdb_members m;
	int rc;

	ovsdb_members_begin(&m, json, "schema", err);
	name = ovsdb_members_need(&m, "name", OVSDB_IS_STRING);
	version = ovsdb_members_may(&m, "version", OVSDB_IS_STRING);
	cksum = ovsdb_members_may(&m, "cksum", OVSDB_IS_STRING);
	tables = ovsdb_members_need(&m, "tables", OVSDB_IS_OBJECT);
	rc = ovsdb_members_finish(&m);
	/* Unlike a table's, a database's may begin with an underscore: "_Server" does. */
	if (!rc && !ovsdb_is_id(json_string_value(name)))
		rc = ovsdb_error_json(err, OVSDB_E_SYNTAX, name, "no name for a database");
	if (!rc && version && !is_version(json_string_value(version)))
		rc = ovsdb_error_json(err, OVSDB_E_SYNTAX, version, "a version is like 1.2.3");
	if (rc)
		return rc;
	result = ovsdb_zalloc(1, sizeof(*result));
	result->name = ovsdb_strdup(json_string_value(name));
	result->version = ovsdb_strdup(version ? json_string_value(version) : "");
	result->cksum = cksum ? ovsdb_strdup(json_string_value(cksum)) : NULL;
	rc = tables_from_json(result, tables, err);
	if (rc) {
		ovsdb_schema_destroy(result);
		return rc;
	}
	*schema = result;
	return 0;
}

static void table_clear(struct ovsdb_table_schema *table)
{
	for (unsigned int i = 0; i < table->n_columns; i++) {
		struct ovsdb_column *column = &table->columns[i];

		free(column->name);
		ovsdb_datum_unref(column->initial, &column->type);
		ovsdb_type_clear(&column->type);
	}
	for (unsigned int i = 0; i < table->n_indexes; i++)
		free(table->indexes[i].columns);
	free(table->columns);
	free(table->indexes);
	free(table->by_name);
	free(table->name);
}

void ovsdb_schema_destroy(struct ovsdb_schema *schema)
{
	if (!schema)
		return;
	for (unsigned int i = 0; i < schema->n_tables; i++)
		table_clear(&schema->tables[i]);
	free(schema->tables);
	free(schema->by_name);
	free(schema->name);
	free(schema->version);
	free(schema->cksum);
	free(schema);
}

static int compare_name_column(const void *name, const void *column)
{
	return strcmp(name, (*(const struct ovsdb_column *const *)column)->name);
}

const struct ovsdb_column *ovsdb_table_schema_column(
	const struct ovsdb_table_schema *table, const char *name)
{
	const struct ovsdb_column **found = bsearch(
		name, table->by_name, table->n_columns, sizeof(void *), compare_name_column);

	return found ? *found : NULL;
}

static int compare_name_table(const void *name, const void *table)
{
	return strcmp(name, (*(const struct ovsdb_table_schema *const *)table)->name);
}

const struct ovsdb_table_schema *ovsdb_schema_table(
	const struct ovsdb_schema *schema, const char *name)
{
	const struct ovsdb_table_schema **found = bsearch(
		name, schema->by_name, schema->n_tables, sizeof(void *), compare_name_table);

	return found ? *found : NULL;
}
