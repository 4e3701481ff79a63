/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/ovsdb_condition.h"

#include <errno.h>

#include "vswitchd/ovsdb_alloc.h"
#include "vswitchd/ovsdb_datum.h"

static const char *const names[] = {
	[OVSDB_F_LT] = "<",
	[OVSDB_F_LE] = "<=",
	[OVSDB_F_EQ] = "==",
	[OVSDB_F_NE] = "!=",
	[OVSDB_F_GE] = ">=",
	[OVSDB_F_GT] = ">",
	[OVSDB_F_INCLUDES] = "includes",
	[OVSDB_F_EXCLUDES] = "excludes",
};

static int parse_function(
	const json_t *json, enum ovsdb_function *function, struct ovsdb_error *err)
{
	const char *name = json_string_value(json);

	for (enum ovsdb_function f = OVSDB_F_LT; name && f <= OVSDB_F_EXCLUDES; f++) {
		if (!strcmp(name, names[f])) {
			*function = f;
			return 0;
		}
	}
	return ovsdb_error_json(err, "unknown function", json, "there is no such function");
}

/* Numbers, or one or no number, can be put in order. */
static bool is_ordered(const struct ovsdb_type *type)
{
	return !ovsdb_type_is_map(type) && type->n_max == 1 &&
	       (type->key.type == OVSDB_INTEGER || type->key.type == OVSDB_REAL);
}

static bool is_order(enum ovsdb_function f)
{
	return f == OVSDB_F_LT || f == OVSDB_F_LE || f == OVSDB_F_GE || f == OVSDB_F_GT;
}

static int clause_from_json(struct ovsdb_clause *clause, const struct ovsdb_table_schema *table,
	const json_t *json, struct ovsdb_symtab *symtab, struct ovsdb_error *err)
{
	const char *name = json_string_value(json_array_get(json, 0));

	if (json_is_boolean(json)) {
		clause->function = json_is_true(json) ? OVSDB_F_TRUE : OVSDB_F_FALSE;
		return 0;
	}
	if (json_array_size(json) != 3 || !name || !json_is_string(json_array_get(json, 1)))
		return ovsdb_error_json(err, OVSDB_E_SYNTAX, json,
			"a condition is [COLUMN, FUNCTION, VALUE] or a boolean");
	clause->column = ovsdb_table_schema_column(table, name);
	if (!clause->column)
		return ovsdb_error_json(err, OVSDB_E_UNKNOWN_COLUMN, json,
			"table %s has no column %s", table->name, name);
	if (parse_function(json_array_get(json, 1), &clause->function, err))
		return -EINVAL;
	clause->type = clause->column->type;
	if (is_order(clause->function) && !is_ordered(&clause->type))
		return ovsdb_error_json(err, OVSDB_E_SYNTAX, json,
			"\"%s\" is for numbers; column %s is of another type",
			names[clause->function], name);
	if (is_order(clause->function)) {
		clause->type.n_min = 1;
	} else if (clause->function >= OVSDB_F_INCLUDES && !ovsdb_type_is_scalar(&clause->type)) {
		clause->type.n_min = 0;
		if (clause->function == OVSDB_F_EXCLUDES)
			clause->type.n_max = OVSDB_UNLIMITED;
	}
	return ovsdb_datum_from_json(
		&clause->type, json_array_get(json, 2), symtab, &clause->argument, err);
}

int ovsdb_condition_from_json(struct ovsdb_condition *condition,
	const struct ovsdb_table_schema *table, const json_t *json, struct ovsdb_symtab *symtab,
	struct ovsdb_error *err)
{
	size_t n = json_array_size(json);
	int rc = 0;

	condition->clauses = ovsdb_zalloc(n, sizeof(*condition->clauses));
	for (condition->n = 0; condition->n < n && !rc; condition->n++)
		rc = clause_from_json(&condition->clauses[condition->n], table,
			json_array_get(json, condition->n), symtab, err);
	if (rc)
		ovsdb_condition_clear(condition);
	return rc;
}

void ovsdb_condition_clear(struct ovsdb_condition *condition)
{
	for (unsigned int i = 0; i < condition->n; i++)
		ovsdb_datum_unref(condition->clauses[i].argument, &condition->clauses[i].type);
	free(condition->clauses);
	condition->clauses = NULL;
	condition->n = 0;
}

static bool match(const struct ovsdb_clause *clause, const struct ovsdb_version *version)
{
	const struct ovsdb_type *type = &clause->type;
	const struct ovsdb_datum *datum, *argument = clause->argument;
	int order;

	if (!clause->column)
		return clause->function == OVSDB_F_TRUE;
	datum = version->fields[clause->column->index];
	if (clause->function == OVSDB_F_INCLUDES)
		return ovsdb_datum_includes(datum, argument, type);
	if (clause->function == OVSDB_F_EXCLUDES)
		return ovsdb_datum_excludes(datum, argument, type);
	/* No number is neither above nor below any. */
	if (is_order(clause->function) && !datum->n)
		return false;
	order = ovsdb_datum_compare(datum, argument, type);
	switch (clause->function) {
	case OVSDB_F_LT:
		return order < 0;
	case OVSDB_F_LE:
		return order <= 0;
	case OVSDB_F_EQ:
		return !order;
	case OVSDB_F_NE:
		return order;
	case OVSDB_F_GE:
		return order >= 0;
	default:
		return order > 0;
	}
}

bool ovsdb_condition_match_all(
	const struct ovsdb_condition *condition, const struct ovsdb_version *version)
{
	for (unsigned int i = 0; i < condition->n; i++) {
		if (!match(&condition->clauses[i], version))
			return false;
	}
	return true;
}

bool ovsdb_condition_match_any(
	const struct ovsdb_condition *condition, const struct ovsdb_version *version)
{
	for (unsigned int i = 0; i < condition->n; i++) {
		if (match(&condition->clauses[i], version))
			return true;
	}
	return !condition->n;
}

struct result {
	struct ovsdb_row **rows;
	size_t n, room;
};

static void consider(
	struct result *result, const struct ovsdb_condition *condition, struct ovsdb_row *row)
{
	if (!row->current || !ovsdb_condition_match_all(condition, row->current))
		return;
	if (result->n + 1 == result->room) {
		result->room *= 2;
		result->rows = ovsdb_realloc_pointers(result->rows, result->room);
	}
	result->rows[result->n++] = row;
}

/* Tries the rows that an equation leaves. False when it narrows nothing down. */
static bool consider_few(struct result *result, const struct ovsdb_condition *condition,
	struct ovsdb_table *table, const struct ovsdb_clause *clause)
{
	const struct ovsdb_index_entry *entry;
	struct ovsdb_index *index;
	struct ovsdb_row *row;

	if (!clause->column || clause->argument->n != 1 ||
		(clause->function != OVSDB_F_EQ && clause->function != OVSDB_F_INCLUDES))
		return false;
	if (clause->column->index == OVSDB_COLUMN_UUID) {
		row = ovsdb_table_find(table, &clause->argument->keys[0].uuid);
		if (row)
			consider(result, condition, row);
		return true;
	}
	index = ovsdb_table_index_of(table, clause->column);
	if (!index || !ovsdb_type_is_scalar(&clause->column->type))
		return false;
	entry = ovsdb_index_find_datum(index, clause->argument);
	for (unsigned int i = 0; entry && i < entry->n_rows; i++)
		consider(result, condition, entry->rows[i]);
	return true;
}

struct ovsdb_row **ovsdb_condition_select(
	const struct ovsdb_condition *condition, struct ovsdb_table *table)
{
	struct result result = {.room = 8};
	struct ovsdb_row *row, *next;
	bool done = false;

	result.rows = ovsdb_zalloc_pointers(result.room);
	for (unsigned int i = 0; i < condition->n && !done; i++)
		done = consider_few(&result, condition, table, &condition->clauses[i]);
	if (!done) {
		HASH_ITER (hh, table->rows, row, next)
			consider(&result, condition, row);
	}
	result.rows[result.n] = NULL;
	return result.rows;
}
