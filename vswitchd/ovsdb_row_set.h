/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A set of rows reduced to some columns, in which equal ones are one. The thread that owns the
 * database.
 */
#ifndef VSWITCHD_OVSDB_ROW_SET_H
#define VSWITCHD_OVSDB_ROW_SET_H

#include "vswitchd/ovsdb_key.h"
#include "vswitchd/ovsdb_row.h"

struct ovsdb_row_set_element;

struct ovsdb_row_set {
	struct ovsdb_row_set_element *rows; /* NULL when empty; zeroed memory is an empty set */
	struct ovsdb_key scratch;
};

/* Adds the row. False when an equal one was there. All calls for a set name the same columns. */
bool ovsdb_row_set_add(struct ovsdb_row_set *set, const struct ovsdb_version *version,
	const struct ovsdb_columns *columns);

bool ovsdb_row_set_has(struct ovsdb_row_set *set, const struct ovsdb_version *version,
	const struct ovsdb_columns *columns);

unsigned int ovsdb_row_set_count(const struct ovsdb_row_set *set);

/* Empties the set. */
void ovsdb_row_set_clear(struct ovsdb_row_set *set);

#endif
