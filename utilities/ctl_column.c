/* SPDX-License-Identifier: Apache-2.0 */
#include "utilities/ctl_column.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "utilities/ctl_record.h"
#include "utilities/ctl_txn.h"
#include "vswitchd/ovsdb_datum_string.h"

struct ovsdb_type ctl_type_any_number(const struct ovsdb_type *type)
{
	struct ovsdb_type any = *type;

	any.n_min = 0;
	any.n_max = OVSDB_UNLIMITED;
	return any;
}

struct ovsdb_type ctl_type_of_values(const struct ovsdb_type *type)
{
	struct ovsdb_type values = ctl_type_any_number(type);

	values.key = type->value;
	ovsdb_base_type_init(&values.value, OVSDB_VOID);
	return values;
}

static int bad_value(struct errmsg *err, const char *text, const struct ovsdb_error *error)
{
	return errmsg_set(err, EINVAL, "%s: %s", text, error->details);
}

/* The same, and which values there are where the column has a list of them. */
static int bad_column_value(struct errmsg *err, const char *text, const struct ovsdb_column *column,
	const struct ovsdb_error *error)
{
	struct ovsdb_type keys = ovsdb_type_of_keys(&column->type);
	char *allowed;

	bad_value(err, text, error);
	if (column->type.key.allowed) {
		allowed = ovsdb_datum_to_string(column->type.key.allowed, &keys);
		errmsg_set(err, EINVAL, "%s: %s: %s", text, error->details, allowed);
		free(allowed);
	}
	return -EINVAL;
}

static enum ctl_operator parse_operator(const char **text)
{
	/* Longer ones first where one begins with another. */
	static const struct {
		const char *text;
		enum ctl_operator op;
	} operators[] = {
		{"{not-in}", CTL_OP_NOT_IN},
		{"{in}", CTL_OP_IN},
		{"{!=}", CTL_OP_SET_NE},
		{"{<=}", CTL_OP_SET_LE},
		{"{>=}", CTL_OP_SET_GE},
		{"{=}", CTL_OP_SET_EQ},
		{"{<}", CTL_OP_SET_LT},
		{"{>}", CTL_OP_SET_GT},
		{"!=", CTL_OP_NE},
		{"<=", CTL_OP_LE},
		{">=", CTL_OP_GE},
		{"=", CTL_OP_EQ},
		{"<", CTL_OP_LT},
		{">", CTL_OP_GT},
	};

	for (size_t i = 0; i < CTL_ARRAY_SIZE(operators); i++) {
		size_t n = strlen(operators[i].text);

		if (!strncmp(*text, operators[i].text, n)) {
			*text += n;
			return operators[i].op;
		}
	}
	return CTL_OP_NONE;
}

static int parse_name(const struct ctl_db_table *table, const char *text, const char **rest,
	const struct ovsdb_column **column, struct errmsg *err)
{
	struct ovsdb_error error;
	char *name;
	int ret;

	*rest = text;
	if (ovsdb_token_parse(rest, &name, &error))
		return errmsg_set(err, EINVAL, "'%s' begins with no column name", text);
	ret = ctl_find_column(table, name, column, err);
	free(name);
	return ret;
}

static int parse_key(const char *text, const char **rest, struct ovsdb_symtab *symbols,
	struct ctl_column_arg *arg, struct errmsg *err)
{
	struct ovsdb_error error;
	char *key;
	int ret;

	if (!ovsdb_type_is_map(&arg->column->type))
		return errmsg_set(
			err, EINVAL, "%s: column %s has no keys", text, arg->column->name);
	if (ovsdb_token_parse(rest, &key, &error))
		return bad_value(err, text, &error);
	ret = ovsdb_atom_from_string(&arg->column->type.key, key, symbols, &arg->key, &error);
	free(key);
	if (ret)
		return bad_value(err, text, &error);
	arg->has_key = true;
	return 0;
}

int ctl_column_parse(const struct ctl_db_table *table, const char *text,
	struct ovsdb_symtab *symbols, struct ctl_column_arg *arg, struct errmsg *err)
{
	const char *rest;
	int ret;

	*arg = (struct ctl_column_arg){0};
	ret = parse_name(table, text, &rest, &arg->column, err);
	if (ret)
		return ret;
	if (*rest == ':') {
		rest++;
		ret = parse_key(text, &rest, symbols, arg, err);
		if (ret)
			return ret;
	}
	arg->op = parse_operator(&rest);
	arg->value = rest;
	if (arg->op != CTL_OP_NONE && !*rest) {
		ctl_column_clear(arg);
		return errmsg_set(
			err, EINVAL, "'%s' ends without a value; an empty one is \"\"", text);
	}
	if (arg->op == CTL_OP_NONE && *rest) {
		ctl_column_clear(arg);
		return errmsg_set(
			err, EINVAL, "'%s' is not COLUMN[:KEY][=VALUE]: see '%s'", text, rest);
	}
	return 0;
}

void ctl_column_clear(struct ctl_column_arg *arg)
{
	if (arg->has_key)
		ovsdb_atom_clear(arg->column->type.key.type, &arg->key);
	arg->has_key = false;
}

int ctl_column_want(struct ctl_db_table *table, const char *text, struct errmsg *err)
{
	const struct ovsdb_column *column;
	const char *rest;
	int ret = parse_name(table, text, &rest, &column, err);

	if (!ret)
		ctl_db_want(table, column);
	return ret;
}

int ctl_column_check_mutable(
	const struct ctl_row *row, const struct ovsdb_column *column, struct errmsg *err)
{
	if (column->index < OVSDB_N_IMPLICIT_COLUMNS || (!column->is_mutable && !row->inserted))
		return errmsg_set(err, EINVAL, "column %s of table %s can't be changed",
			column->name, row->table->schema->name);
	return 0;
}

/* column:key=value: the pair replaces one of the same key. */
static int set_pair(struct ctl_db *db, struct ctl_row *row, const char *text,
	struct ctl_column_arg *arg, struct errmsg *err)
{
	const struct ovsdb_type *type = &arg->column->type;
	const struct ovsdb_datum *old = ctl_row_get(row, arg->column);
	struct ovsdb_datum *pair;
	struct ovsdb_error error;
	union ovsdb_atom value;

	if (ovsdb_atom_from_string(&type->value, arg->value, &db->symbols, &value, &error))
		return bad_value(err, text, &error);
	pair = ovsdb_datum_alloc(type, 1);
	pair->keys[0] = ovsdb_atom_copy(type->key.type, &arg->key);
	pair->values[0] = value;
	ctl_txn_merge(row, arg->column, ovsdb_datum_union(pair, old, type));
	ovsdb_datum_unref(pair, type);
	return 0;
}

static int set_whole(struct ctl_db *db, struct ctl_row *row, const char *text,
	struct ctl_column_arg *arg, struct errmsg *err)
{
	struct ovsdb_datum *datum;
	struct ovsdb_error error;

	if (ovsdb_datum_from_string(&arg->column->type, arg->value, &db->symbols, &datum, &error))
		return bad_column_value(err, text, arg->column, &error);
	ctl_txn_set(row, arg->column, datum);
	return 0;
}

int ctl_column_set(struct ctl_db *db, struct ctl_row *row, const char *text, struct errmsg *err)
{
	struct ctl_column_arg arg;
	int ret = ctl_column_parse(row->table, text, &db->symbols, &arg, err);

	if (ret)
		return ret;
	ret = ctl_column_check_mutable(row, arg.column, err);
	if (!ret && arg.op != CTL_OP_EQ)
		ret = errmsg_set(err, EINVAL, "'%s' is not COLUMN[:KEY]=VALUE", text);
	if (!ret)
		ret = arg.has_key ? set_pair(db, row, text, &arg, err)
				  : set_whole(db, row, text, &arg, err);
	ctl_column_clear(&arg);
	return ret;
}

static bool by_order(int order, enum ctl_operator op)
{
	switch (op) {
	case CTL_OP_EQ:
		return order == 0;
	case CTL_OP_NE:
		return order != 0;
	case CTL_OP_LT:
		return order < 0;
	case CTL_OP_GT:
		return order > 0;
	case CTL_OP_LE:
		return order <= 0;
	default:
		return order >= 0;
	}
}

static bool by_sets(const struct ovsdb_datum *have, const struct ovsdb_datum *want,
	const struct ovsdb_type *type, enum ctl_operator op)
{
	bool equal = ovsdb_datum_equal(have, want, type);

	switch (op) {
	case CTL_OP_SET_EQ:
		return equal;
	case CTL_OP_SET_NE:
		return !equal;
	case CTL_OP_SET_LT:
		return !equal && ovsdb_datum_includes(want, have, type);
	case CTL_OP_SET_GT:
		return !equal && ovsdb_datum_includes(have, want, type);
	case CTL_OP_SET_GE:
		return ovsdb_datum_includes(have, want, type);
	case CTL_OP_NOT_IN:
		return ovsdb_datum_excludes(have, want, type);
	default: /* {<=} and {in} */
		return ovsdb_datum_includes(want, have, type);
	}
}

/* The value that the column has for the key, as a set of at most one, against the operand. */
static int test_pair(struct ctl_db *db, struct ctl_row *row, const char *text,
	struct ctl_column_arg *arg, bool *yes, struct errmsg *err)
{
	const struct ovsdb_datum *map = ctl_row_get(row, arg->column);
	int i = ovsdb_datum_find(map, &arg->column->type, &arg->key);
	struct ovsdb_type type = ctl_type_of_values(&arg->column->type);
	struct ovsdb_datum *have, *want;
	union ovsdb_atom value;
	struct ovsdb_error error;

	if (arg->op < CTL_OP_SET_EQ) {
		if (ovsdb_atom_from_string(&type.key, arg->value, &db->symbols, &value, &error))
			return bad_value(err, text, &error);
		*yes = i >= 0 &&
		       by_order(
			       ovsdb_atom_compare(type.key.type, &map->values[i], &value), arg->op);
		ovsdb_atom_clear(type.key.type, &value);
		return 0;
	}
	if (ovsdb_datum_from_string(&type, arg->value, &db->symbols, &want, &error))
		return bad_value(err, text, &error);
	have = ovsdb_datum_alloc(&type, i >= 0);
	if (i >= 0)
		have->keys[0] = ovsdb_atom_copy(type.key.type, &map->values[i]);
	*yes = by_sets(have, want, &type, arg->op);
	ovsdb_datum_unref(have, &type);
	ovsdb_datum_unref(want, &type);
	return 0;
}

static int test_whole(struct ctl_db *db, struct ctl_row *row, const char *text,
	struct ctl_column_arg *arg, bool *yes, struct errmsg *err)
{
	const struct ovsdb_datum *have = ctl_row_get(row, arg->column);
	struct ovsdb_type type = ctl_type_any_number(&arg->column->type);
	struct ovsdb_datum *want;
	struct ovsdb_error error;

	if (ovsdb_datum_from_string(&type, arg->value, &db->symbols, &want, &error))
		return bad_value(err, text, &error);
	*yes = arg->op < CTL_OP_SET_EQ ? by_order(ovsdb_datum_compare(have, want, &type), arg->op)
				       : by_sets(have, want, &type, arg->op);
	ovsdb_datum_unref(want, &type);
	return 0;
}

int ctl_column_test(
	struct ctl_db *db, struct ctl_row *row, const char *text, bool *yes, struct errmsg *err)
{
	struct ctl_column_arg arg;
	int ret = ctl_column_parse(row->table, text, &db->symbols, &arg, err);

	if (ret)
		return ret;
	if (arg.op == CTL_OP_NONE)
		ret = errmsg_set(err, EINVAL,
			"'%s' is no condition: COLUMN[:KEY], an operator such as = or !=, VALUE",
			text);
	else if (arg.has_key)
		ret = test_pair(db, row, text, &arg, yes, err);
	else
		ret = test_whole(db, row, text, &arg, yes, err);
	ctl_column_clear(&arg);
	return ret;
}
