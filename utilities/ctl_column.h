/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The argument form COLUMN[:KEY][OPERATOR VALUE] of the database commands. One thread. 0 or -errno
 * with the reason in `err`.
 */
#ifndef UTILITIES_CTL_COLUMN_H
#define UTILITIES_CTL_COLUMN_H

#include "utilities/ctl_db.h"

enum ctl_operator {
	CTL_OP_NONE,
	CTL_OP_EQ,
	CTL_OP_NE,
	CTL_OP_LT,
	CTL_OP_GT,
	CTL_OP_LE,
	CTL_OP_GE,
	CTL_OP_SET_EQ,
	CTL_OP_SET_NE,
	CTL_OP_SET_LT,
	CTL_OP_SET_GT,
	CTL_OP_SET_LE,
	CTL_OP_SET_GE,
	CTL_OP_IN,
	CTL_OP_NOT_IN
};

struct ctl_column_arg {
	const struct ovsdb_column *column;
	bool has_key;
	union ovsdb_atom key;
	enum ctl_operator op;
	const char *value; /* what follows the operator; borrowed from the argument */
};

/* Parses `text`, whose column is one of `table`. The caller clears `arg` after success. */
int ctl_column_parse(const struct ctl_db_table *table, const char *text,
	struct ovsdb_symtab *symbols, struct ctl_column_arg *arg, struct errmsg *err);
void ctl_column_clear(struct ctl_column_arg *arg);

/* Before the watch: asks for the column that `text` names. */
int ctl_column_want(struct ctl_db_table *table, const char *text, struct errmsg *err);

/* Makes what COLUMN[:KEY]=VALUE says of the row. */
int ctl_column_set(struct ctl_db *db, struct ctl_row *row, const char *text, struct errmsg *err);

/* Whether the row satisfies the condition `text`: `*yes`. */
int ctl_column_test(
	struct ctl_db *db, struct ctl_row *row, const char *text, bool *yes, struct errmsg *err);

/* -EINVAL when the schema doesn't allow the column of an existing row to change. */
int ctl_column_check_mutable(
	const struct ctl_row *row, const struct ovsdb_column *column, struct errmsg *err);

/* Like `type` but for any number of elements. Refers to, and must not outlive, it. */
struct ovsdb_type ctl_type_any_number(const struct ovsdb_type *type);

/* Like `type` with only the keys, or only the values, of a map, as a set of any number. */
struct ovsdb_type ctl_type_of_values(const struct ovsdb_type *type);

#endif
