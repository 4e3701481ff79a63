/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conditions on rows (RFC 7047 section 5.1, <condition>), and finding the rows that meet them.
 * The thread that owns the database.
 */
#ifndef VSWITCHD_OVSDB_CONDITION_H
#define VSWITCHD_OVSDB_CONDITION_H

#include "vswitchd/ovsdb_db.h"

enum ovsdb_function {
	OVSDB_F_FALSE, /* the literals that monitor_cond knows */
	OVSDB_F_TRUE,
	OVSDB_F_LT,
	OVSDB_F_LE,
	OVSDB_F_EQ,
	OVSDB_F_NE,
	OVSDB_F_GE,
	OVSDB_F_GT,
	OVSDB_F_INCLUDES,
	OVSDB_F_EXCLUDES,
};

struct ovsdb_clause {
	enum ovsdb_function function;
	const struct ovsdb_column *column; /* NULL for a literal */
	struct ovsdb_type type;            /* of the argument: refers to the column's */
	struct ovsdb_datum *argument;
};

struct ovsdb_condition {
	struct ovsdb_clause *clauses;
	unsigned int n;
};

/* Parses an array of conditions. 0 or -EINVAL; the caller clears it. */
int ovsdb_condition_from_json(struct ovsdb_condition *condition,
	const struct ovsdb_table_schema *table, const json_t *json, struct ovsdb_symtab *symtab,
	struct ovsdb_error *err);
void ovsdb_condition_clear(struct ovsdb_condition *condition);

/* Whether all conditions hold, as in "where"; an empty list does. */
bool ovsdb_condition_match_all(
	const struct ovsdb_condition *condition, const struct ovsdb_version *version);

/* Whether one condition at least holds, as in monitor_cond; an empty list does. */
bool ovsdb_condition_match_any(
	const struct ovsdb_condition *condition, const struct ovsdb_version *version);

/* The rows whose current version meets all conditions, NULL after the last; to free(). Finds by
 * _uuid or an index where it can. */
struct ovsdb_row **ovsdb_condition_select(
	const struct ovsdb_condition *condition, struct ovsdb_table *table);

#endif
