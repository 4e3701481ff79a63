/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/ovsdb_mutation.h"

#include <errno.h>
#include <math.h>

#include "vswitchd/ovsdb_alloc.h"
#include "vswitchd/ovsdb_datum.h"

static const char *const names[] = {
	[OVSDB_M_ADD] = "+=",
	[OVSDB_M_SUB] = "-=",
	[OVSDB_M_MUL] = "*=",
	[OVSDB_M_DIV] = "/=",
	[OVSDB_M_MOD] = "%=",
	[OVSDB_M_INSERT] = "insert",
	[OVSDB_M_DELETE] = "delete",
};

static int parse_mutator(const json_t *json, enum ovsdb_mutator *mutator, struct ovsdb_error *err)
{
	const char *name = json_string_value(json);

	for (enum ovsdb_mutator m = OVSDB_M_ADD; name && m <= OVSDB_M_DELETE; m++) {
		if (!strcmp(name, names[m])) {
			*mutator = m;
			return 0;
		}
	}
	return ovsdb_error_json(err, "unknown mutator", json, "there is no such mutator");
}

static int wrong_type(const struct ovsdb_mutation *m, const json_t *json, struct ovsdb_error *err)
{
	return ovsdb_error_json(err, OVSDB_E_SYNTAX, json,
		"\"%s\" is not for columns of the type that %s has", names[m->mutator],
		m->column->name);
}

static int arithmetic_argument(struct ovsdb_mutation *m, const json_t *json,
	struct ovsdb_symtab *symtab, struct ovsdb_error *err)
{
	enum ovsdb_atomic type = m->column->type.key.type;

	if (ovsdb_type_is_map(&m->column->type) ||
		(type != OVSDB_INTEGER && (type != OVSDB_REAL || m->mutator == OVSDB_M_MOD)))
		return wrong_type(m, json, err);
	/* The result must keep to the column's range; what is added to it need not. */
	ovsdb_base_type_init(&m->type.key, type);
	m->type.n_min = m->type.n_max = 1;
	return ovsdb_datum_from_json(&m->type, json_array_get(json, 2), symtab, &m->argument, err);
}

static int element_argument(struct ovsdb_mutation *m, const json_t *json,
	struct ovsdb_symtab *symtab, struct ovsdb_error *err)
{
	const json_t *value = json_array_get(json, 2);

	m->type = m->column->type;
	if (ovsdb_type_is_scalar(&m->type))
		return wrong_type(m, json, err);
	m->type.n_min = 0;
	if (m->mutator == OVSDB_M_INSERT)
		return ovsdb_datum_from_json(&m->type, value, symtab, &m->argument, err);
	m->type.n_max = OVSDB_UNLIMITED;
	if (!ovsdb_type_is_map(&m->type) ||
		!ovsdb_datum_from_json(&m->type, value, symtab, &m->argument, NULL))
		return m->argument
			       ? 0
			       : ovsdb_datum_from_json(&m->type, value, symtab, &m->argument, err);
	m->type = ovsdb_type_of_keys(&m->column->type);
	return ovsdb_datum_from_json(&m->type, value, symtab, &m->argument, err);
}

static int mutation_from_json(struct ovsdb_mutation *m, const struct ovsdb_table_schema *table,
	const json_t *json, struct ovsdb_symtab *symtab, struct ovsdb_error *err)
{
	const char *name = json_string_value(json_array_get(json, 0));

	if (json_array_size(json) != 3 || !name)
		return ovsdb_error_json(
			err, OVSDB_E_SYNTAX, json, "a mutation is [COLUMN, MUTATOR, VALUE]");
	m->column = ovsdb_table_schema_column(table, name);
	if (!m->column)
		return ovsdb_error_json(err, OVSDB_E_UNKNOWN_COLUMN, json,
			"table %s has no column %s", table->name, name);
	if (!m->column->is_mutable || m->column->index < OVSDB_N_IMPLICIT_COLUMNS)
		return ovsdb_error_json(err, OVSDB_E_CONSTRAINT, json,
			"column %s of table %s can't be changed", name, table->name);
	if (parse_mutator(json_array_get(json, 1), &m->mutator, err))
		return -EINVAL;
	if (m->mutator == OVSDB_M_INSERT || m->mutator == OVSDB_M_DELETE)
		return element_argument(m, json, symtab, err);
	return arithmetic_argument(m, json, symtab, err);
}

int ovsdb_mutations_from_json(struct ovsdb_mutations *mutations,
	const struct ovsdb_table_schema *table, const json_t *json, struct ovsdb_symtab *symtab,
	struct ovsdb_error *err)
{
	size_t n = json_array_size(json);
	int rc = 0;

	mutations->list = ovsdb_zalloc(n, sizeof(*mutations->list));
	for (mutations->n = 0; mutations->n < n && !rc; mutations->n++)
		rc = mutation_from_json(&mutations->list[mutations->n], table,
			json_array_get(json, mutations->n), symtab, err);
	if (rc)
		ovsdb_mutations_clear(mutations);
	return rc;
}

void ovsdb_mutations_clear(struct ovsdb_mutations *mutations)
{
	for (unsigned int i = 0; i < mutations->n; i++)
		ovsdb_datum_unref(mutations->list[i].argument, &mutations->list[i].type);
	free(mutations->list);
	mutations->list = NULL;
	mutations->n = 0;
}

static int divided_by_zero(struct ovsdb_error *err)
{
	return ovsdb_error_set(err, OVSDB_E_DOMAIN, "division by zero");
}

static int compute_integer(
	enum ovsdb_mutator mutator, int64_t *x, int64_t y, struct ovsdb_error *err)
{
	bool overflow = false;

	switch (mutator) {
	case OVSDB_M_ADD:
		overflow = __builtin_add_overflow(*x, y, x);
		break;
	case OVSDB_M_SUB:
		overflow = __builtin_sub_overflow(*x, y, x);
		break;
	case OVSDB_M_MUL:
		overflow = __builtin_mul_overflow(*x, y, x);
		break;
	case OVSDB_M_DIV:
		if (!y)
			return divided_by_zero(err);
		if (y == -1)
			overflow = __builtin_sub_overflow(0, *x, x);
		else
			*x /= y;
		break;
	default:
		if (!y)
			return divided_by_zero(err);
		*x = y == -1 ? 0 : *x % y; /* the lowest integer % -1 traps */
		break;
	}
	if (overflow)
		return ovsdb_error_set(
			err, OVSDB_E_RANGE, "the result is too large for an integer");
	return 0;
}

static int compute_real(enum ovsdb_mutator mutator, double *x, double y, struct ovsdb_error *err)
{
	switch (mutator) {
	case OVSDB_M_ADD:
		*x += y;
		break;
	case OVSDB_M_SUB:
		*x -= y;
		break;
	case OVSDB_M_MUL:
		*x *= y;
		break;
	default:
		if (y == 0)
			return divided_by_zero(err);
		*x /= y;
		break;
	}
	if (!isfinite(*x))
		return ovsdb_error_set(err, OVSDB_E_RANGE, "the result is too large for a real");
	return 0;
}

static int compute(const struct ovsdb_mutation *m, const struct ovsdb_datum *old,
	struct ovsdb_datum **result, struct ovsdb_error *err)
{
	const struct ovsdb_type *type = &m->column->type;
	const union ovsdb_atom *argument = &m->argument->keys[0];
	struct ovsdb_datum *datum = ovsdb_datum_alloc(type, old->n);
	int rc = 0;

	for (unsigned int i = 0; i < old->n && !rc; i++) {
		union ovsdb_atom *atom = &datum->keys[i];

		*atom = old->keys[i];
		if (type->key.type == OVSDB_INTEGER)
			rc = compute_integer(m->mutator, &atom->integer, argument->integer, err);
		else
			rc = compute_real(m->mutator, &atom->real, argument->real, err);
		if (!rc)
			rc = ovsdb_base_type_check(&type->key, atom, err);
	}
	if (rc) {
		ovsdb_datum_unref(datum, type);
		return rc;
	}
	rc = ovsdb_datum_sort(datum, type, err);
	if (rc && err)
		err->tag = OVSDB_E_CONSTRAINT;
	*result = datum;
	return rc;
}

static int apply(const struct ovsdb_mutation *m, struct ovsdb_txn *txn, struct ovsdb_row *row,
	struct ovsdb_error *err)
{
	const struct ovsdb_type *type = &m->column->type;
	const struct ovsdb_datum *old = row->current->fields[m->column->index];
	struct ovsdb_datum *result = NULL;
	int rc = 0;

	if (m->mutator == OVSDB_M_INSERT)
		result = ovsdb_datum_union(old, m->argument, type);
	else if (m->mutator == OVSDB_M_DELETE)
		result = ovsdb_datum_subtract(old, m->argument, type, !ovsdb_type_is_map(&m->type));
	else
		rc = compute(m, old, &result, err);
	if (rc)
		return rc;
	rc = ovsdb_datum_check_n(result->n, type, err);
	if (rc) {
		ovsdb_error_prefix(err, "column %s", m->column->name);
		ovsdb_datum_unref(result, type);
		return rc;
	}
	ovsdb_txn_set(txn, row, m->column, result);
	return 0;
}

int ovsdb_mutations_apply(const struct ovsdb_mutations *mutations, struct ovsdb_txn *txn,
	struct ovsdb_row *row, struct ovsdb_error *err)
{
	for (unsigned int i = 0; i < mutations->n; i++) {
		int rc = apply(&mutations->list[i], txn, row, err);

		if (rc)
			return rc;
	}
	return 0;
}
