/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The database "_Server" (ovsdb-server(5)), which tells clients what is served. Control thread.
 */
#ifndef VSWITCHD_OVSDB_SERVER_DB_H
#define VSWITCHD_OVSDB_SERVER_DB_H

#include "vswitchd/ovsdb_db.h"

/* A row for `db` and one for the new database itself. The caller destroys it. */
struct ovsdb_db *ovsdb_server_db_create(const struct ovsdb_db *db);

#endif
