/* SPDX-License-Identifier: Apache-2.0 */
/* What a monitor follows of one table; inside of ovsdb_monitor. */
#ifndef VSWITCHD_OVSDB_MONITOR_TABLE_H
#define VSWITCHD_OVSDB_MONITOR_TABLE_H

#include "vswitchd/ovsdb_condition.h"
#include "vswitchd/ovsdb_monitor.h"

/* <monitor-select>: what a row or column is reported for. */
enum ovsdb_monitor_select {
	OVSDB_SELECT_INITIAL = 1,
	OVSDB_SELECT_INSERT = 2,
	OVSDB_SELECT_DELETE = 4,
	OVSDB_SELECT_MODIFY = 8,
	OVSDB_SELECT_ALL = 15,
};

struct ovsdb_monitor_table {
	const struct ovsdb_table_schema *schema;
	unsigned int select;              /* of all requests for this table */
	unsigned int *columns;            /* each column's select; 0: not followed */
	struct ovsdb_condition condition; /* one of its clauses must hold */
};

/* Parses the requests for one table. 0 or -EINVAL. */
int ovsdb_monitor_table_create(const struct ovsdb_table_schema *schema,
	enum ovsdb_monitor_kind kind, const json_t *requests, struct ovsdb_monitor_table **table,
	struct ovsdb_error *err);
void ovsdb_monitor_table_destroy(struct ovsdb_monitor_table *table);

/* Parses the requests for one table of monitor_cond_change. The caller clears the condition. */
int ovsdb_monitor_table_parse_change(const struct ovsdb_monitor_table *table,
	const json_t *requests, struct ovsdb_condition *condition, struct ovsdb_error *err);

/*
 * The row update from `old` to `new`, each NULL for a row that isn't (or wasn't) in view; a new
 * reference, or NULL when there is nothing to report. `initial`: for the reply to the request.
 */
json_t *ovsdb_monitor_table_update(const struct ovsdb_monitor_table *table,
	enum ovsdb_monitor_kind kind, const struct ovsdb_version *old,
	const struct ovsdb_version *new, bool initial);

#endif
