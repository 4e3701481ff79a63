/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/ovsdb_monitor_table.h"

#include <errno.h>

#include "vswitchd/ovsdb_alloc.h"
#include "vswitchd/ovsdb_datum.h"
#include "vswitchd/ovsdb_members.h"

static int parse_select(const json_t *json, unsigned int *select, struct ovsdb_error *err)
{
	static const struct {
		const char *name;
		unsigned int bit;
	} names[] = {
		{"initial", OVSDB_SELECT_INITIAL},
		{"insert", OVSDB_SELECT_INSERT},
		{"delete", OVSDB_SELECT_DELETE},
		{"modify", OVSDB_SELECT_MODIFY},
	};
	struct ovsdb_members m;

	*select = OVSDB_SELECT_ALL;
	if (!json)
		return 0;
	ovsdb_members_begin(&m, json, "select", err);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (json_is_false(ovsdb_members_may(&m, names[i].name, OVSDB_IS_BOOL)))
			*select &= ~names[i].bit;
	}
	return ovsdb_members_finish(&m);
}

/* Adds the clauses of `json`, which may be NULL. */
static int add_where(struct ovsdb_condition *condition, const struct ovsdb_table_schema *schema,
	const json_t *json, struct ovsdb_error *err)
{
	struct ovsdb_condition more = {.n = 0};
	int rc;

	if (!json_array_size(json))
		return 0;
	rc = ovsdb_condition_from_json(&more, schema, json, NULL, err);
	if (rc)
		return rc;
	condition->clauses = ovsdb_realloc(
		condition->clauses, condition->n + more.n, sizeof(*condition->clauses));
	memcpy(condition->clauses + condition->n, more.clauses, more.n * sizeof(*more.clauses));
	condition->n += more.n;
	free(more.clauses);
	return 0;
}

/* No clause in any request stands for every row; a clause that says so tells it from none given. */
static void finish_where(struct ovsdb_condition *condition)
{
	if (condition->n)
		return;
	free(condition->clauses);
	condition->clauses = ovsdb_zalloc(1, sizeof(*condition->clauses));
	condition->clauses[0].function = OVSDB_F_TRUE;
	condition->n = 1;
}

/* All columns but _uuid, which the update is filed under anyway. */
static void add_all_columns(struct ovsdb_monitor_table *table, unsigned int select)
{
	for (unsigned int i = OVSDB_COLUMN_UUID + 1; i < table->schema->n_columns; i++)
		table->columns[i] |= select;
}

static int add_columns(struct ovsdb_monitor_table *table, const json_t *names, unsigned int select,
	bool *seen, struct ovsdb_error *err)
{
	struct ovsdb_columns columns;
	int rc = ovsdb_columns_from_json(&columns, table->schema, names, err);

	for (unsigned int i = 0; !rc && i < columns.n; i++) {
		unsigned int index = columns.list[i]->index;

		if (seen[index])
			rc = ovsdb_error_json(err, OVSDB_E_SYNTAX, names,
				"column %s is named twice", columns.list[i]->name);
		seen[index] = true;
		table->columns[index] |= select;
	}
	ovsdb_columns_clear(&columns);
	return rc;
}

static int add_request(struct ovsdb_monitor_table *table, enum ovsdb_monitor_kind kind,
	const json_t *json, bool *seen, struct ovsdb_error *err)
{
	const json_t *columns, *select_json, *where = NULL;
	struct ovsdb_members m;
	unsigned int select;
	int rc;

	ovsdb_members_begin(&m, json, "monitor request", err);
	columns = ovsdb_members_may(&m, "columns", OVSDB_IS_ARRAY);
	select_json = ovsdb_members_may(&m, "select", OVSDB_IS_OBJECT);
	if (kind != OVSDB_MONITOR)
		where = ovsdb_members_may(&m, "where", OVSDB_IS_ARRAY);
	rc = ovsdb_members_finish(&m);
	if (!rc)
		rc = parse_select(select_json, &select, err);
	if (rc)
		return rc;
	table->select |= select;
	if (columns)
		rc = add_columns(table, columns, select, seen, err);
	else
		add_all_columns(table, select);
	return rc ? rc : add_where(&table->condition, table->schema, where, err);
}

int ovsdb_monitor_table_create(const struct ovsdb_table_schema *schema,
	enum ovsdb_monitor_kind kind, const json_t *requests, struct ovsdb_monitor_table **table,
	struct ovsdb_error *err)
{
	struct ovsdb_monitor_table *result = ovsdb_zalloc(1, sizeof(*result));
	bool *seen = ovsdb_zalloc(schema->n_columns, sizeof(*seen));
	size_t n = json_is_array(requests) ? json_array_size(requests) : 1;
	int rc = 0;

	result->schema = schema;
	result->columns = ovsdb_zalloc(schema->n_columns, sizeof(*result->columns));
	for (size_t i = 0; i < n && !rc; i++)
		rc = add_request(result, kind,
			json_is_array(requests) ? json_array_get(requests, i) : requests, seen,
			err);
	free(seen);
	if (rc) {
		ovsdb_monitor_table_destroy(result);
		return rc;
	}
	finish_where(&result->condition);
	*table = result;
	return 0;
}

void ovsdb_monitor_table_destroy(struct ovsdb_monitor_table *table)
{
	if (!table)
		return;
	ovsdb_condition_clear(&table->condition);
	free(table->columns);
	free(table);
}

static int add_change(struct ovsdb_condition *condition, const struct ovsdb_table_schema *schema,
	const json_t *json, struct ovsdb_error *err)
{
	const json_t *columns, *where;
	struct ovsdb_members m;
	int rc;

	ovsdb_members_begin(&m, json, "monitor change", err);
	columns = ovsdb_members_may(&m, "columns", OVSDB_IS_ARRAY);
	where = ovsdb_members_may(&m, "where", OVSDB_IS_ARRAY);
	rc = ovsdb_members_finish(&m);
	if (rc)
		return rc;
	if (columns)
		return ovsdb_error_json(
			err, OVSDB_E_SYNTAX, json, "the columns of a monitor can't be changed");
	return add_where(condition, schema, where, err);
}

int ovsdb_monitor_table_parse_change(const struct ovsdb_monitor_table *table,
	const json_t *requests, struct ovsdb_condition *condition, struct ovsdb_error *err)
{
	size_t n = json_array_size(requests);
	int rc = 0;

	condition->clauses = NULL;
	condition->n = 0;
	if (!json_is_array(requests))
		return ovsdb_error_json(err, OVSDB_E_SYNTAX, requests,
			"table %s: an array is needed here", table->schema->name);
	for (size_t i = 0; i < n && !rc; i++)
		rc = add_change(condition, table->schema, json_array_get(requests, i), err);
	if (rc)
		ovsdb_condition_clear(condition);
	else
		finish_where(condition);
	return rc;
}

static void put_column(
	json_t *row, const struct ovsdb_column *column, const struct ovsdb_datum *datum)
{
	json_object_set_new(row, column->name, ovsdb_datum_to_json(datum, &column->type));
}

/* The columns that are followed for `select`; without those at their defaults when `brief`. */
static json_t *whole_row(const struct ovsdb_monitor_table *table,
	const struct ovsdb_version *version, unsigned int select, bool brief)
{
	json_t *row = ovsdb_must(json_object());

	for (unsigned int i = 0; i < table->schema->n_columns; i++) {
		const struct ovsdb_column *column = &table->schema->columns[i];
		const struct ovsdb_datum *datum = version->fields[i];

		if ((table->columns[i] & select) &&
			!(brief && ovsdb_datum_is_default(datum, &column->type)))
			put_column(row, column, datum);
	}
	return row;
}

/* What differs of the columns that are followed when modified: the old values, or, for the newer
 * kinds, the differences. NULL when nothing does. */
static json_t *changed_row(const struct ovsdb_monitor_table *table, bool differences,
	const struct ovsdb_version *old, const struct ovsdb_version *new)
{
	json_t *row = NULL;

	for (unsigned int i = 0; i < table->schema->n_columns; i++) {
		const struct ovsdb_column *column = &table->schema->columns[i];

		/* Unchanged columns are shared between versions of a row. */
		if (!(table->columns[i] & OVSDB_SELECT_MODIFY) || old->fields[i] == new->fields[i])
			continue;
		if (!row)
			row = ovsdb_must(json_object());
		if (differences) {
			struct ovsdb_datum *diff =
				ovsdb_datum_diff(old->fields[i], new->fields[i], &column->type);

			put_column(row, column, diff);
			ovsdb_datum_unref(diff, &column->type);
		} else {
			put_column(row, column, old->fields[i]);
		}
	}
	return row;
}

json_t *ovsdb_monitor_table_update(const struct ovsdb_monitor_table *table,
	enum ovsdb_monitor_kind kind, const struct ovsdb_version *old,
	const struct ovsdb_version *new, bool initial)
{
	bool brief = kind != OVSDB_MONITOR;
	unsigned int event = initial ? OVSDB_SELECT_INITIAL
			     : !old  ? OVSDB_SELECT_INSERT
			     : !new  ? OVSDB_SELECT_DELETE
				     : OVSDB_SELECT_MODIFY;
	json_t *row;

	if ((!old && !new) || !(table->select & event))
		return NULL;
	if (event == OVSDB_SELECT_MODIFY) {
		row = changed_row(table, brief, old, new);
		if (!row)
			return NULL;
		if (brief)
			return ovsdb_must(json_pack("{s:o}", "modify", row));
		return ovsdb_must(json_pack("{s:o,s:o}", "old", row, "new",
			whole_row(table, new, OVSDB_SELECT_MODIFY, false)));
	}
	if (event == OVSDB_SELECT_DELETE) {
		if (brief)
			return ovsdb_must(json_pack("{s:n}", "delete"));
		return ovsdb_must(json_pack("{s:o}", "old", whole_row(table, old, event, false)));
	}
	row = whole_row(table, new, event, brief);
	return ovsdb_must(json_pack("{s:o}", !brief ? "new" : initial ? "initial" : "insert", row));
}
