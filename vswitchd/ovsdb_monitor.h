/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Monitors: the contents of tables that a client wants to follow, at first and with each commit
 * (RFC 7047 sections 4.1.5 and 4.1.6; ovsdb-server(7) 4.1.12 to 4.1.14 for conditions and the
 * shorter updates). They see what is committed. Here is only the computing; sending is others'
 * work. The thread that owns the database.
 */
#ifndef VSWITCHD_OVSDB_MONITOR_H
#define VSWITCHD_OVSDB_MONITOR_H

#include "vswitchd/ovsdb_db.h"

enum ovsdb_monitor_kind {
	OVSDB_MONITOR,            /* "monitor", notified by "update" */
	OVSDB_MONITOR_COND,       /* "monitor_cond", by "update2" */
	OVSDB_MONITOR_COND_SINCE, /* "monitor_cond_since", by "update3" */
};

struct ovsdb_monitor;
struct ovsdb_monitor_table;

/* Takes over `params`, the parameters of a notification of that method. Called in a commit or a
 * change of conditions; it may destroy this monitor, but no other. */
typedef void ovsdb_monitor_flush(struct ovsdb_monitor *monitor, json_t *params, const char *method);

struct ovsdb_monitor {
	struct ovsdb_observer observer; /* the first member */
	struct ovsdb_db *db;
	enum ovsdb_monitor_kind kind;
	json_t *id;                          /* any JSON value, the client's name for the monitor */
	struct ovsdb_monitor_table **tables; /* by the tables' index; NULL: not followed */
	ovsdb_monitor_flush *flush;
	void *arg; /* the owner's */
};

/*
 * `requests` is the object of <monitor-requests>; a request may stand without its array. 0 or
 * -EINVAL. The caller destroys it. Until ovsdb_monitor_reply() is sent, no commit may come.
 */
int ovsdb_monitor_create(struct ovsdb_db *db, enum ovsdb_monitor_kind kind, const json_t *id,
	const json_t *requests, ovsdb_monitor_flush *flush, void *arg,
	struct ovsdb_monitor **monitor, struct ovsdb_error *err);

/* The result of the request: the initial contents; a new reference. */
json_t *ovsdb_monitor_reply(const struct ovsdb_monitor *monitor);

/*
 * "monitor_cond_change": new conditions for the tables that `requests` names, and a new id. What
 * comes into view and leaves it is flushed before this returns, under the new id. 0, or -EINVAL
 * with nothing changed.
 */
int ovsdb_monitor_change(struct ovsdb_monitor *monitor, const json_t *id, const json_t *requests,
	struct ovsdb_error *err);

void ovsdb_monitor_destroy(struct ovsdb_monitor *monitor);

#endif
