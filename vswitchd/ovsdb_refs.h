/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keeps count of which row refers to which, as transactions come and go. The thread that owns the
 * database.
 */
#ifndef VSWITCHD_OVSDB_REFS_H
#define VSWITCHD_OVSDB_REFS_H

#include "vswitchd/ovsdb_txn.h"

/* Rows that a change of references leaves something to do for. */
struct ovsdb_row_list {
	struct ovsdb_row **rows;
	unsigned int n, room;
};

struct ovsdb_refs_work {
	struct ovsdb_row_list unreferenced; /* nothing refers to them strongly any more */
	struct ovsdb_row_list dangling;     /* refer weakly to a row that isn't there */
	bool broken;                        /* a strong reference to a row that isn't there */
	struct ovsdb_error *err;            /* the first of those */
};

void ovsdb_row_list_push(struct ovsdb_row_list *list, struct ovsdb_row *row);

/* Makes the counts stand for `version` of the row (NULL: it is gone) instead of
 * txn_row->counted. `work` may be NULL when nothing is to be found out. */
void ovsdb_refs_count(
	struct ovsdb_txn_row *txn_row, struct ovsdb_version *version, struct ovsdb_refs_work *work);

/* The next row of work->dangling, or NULL. */
struct ovsdb_row *ovsdb_refs_pop_dangling(struct ovsdb_refs_work *work);

void ovsdb_refs_work_clear(struct ovsdb_refs_work *work);

#endif
