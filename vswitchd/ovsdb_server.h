/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The database server of the daemon: the file, the database in memory, the log writer, the
 * sockets and their clients. The daemon itself reads the committed rows (ovsdb_access.h), writes
 * by transactions that it submits here, and is told of every commit.
 *
 * Control thread only.
 */
#ifndef VSWITCHD_OVSDB_SERVER_H
#define VSWITCHD_OVSDB_SERVER_H

#include "datapath/errmsg.h"
#include "datapath/thread_role.h"
#include "vswitchd/ovsdb_pipeline.h"

struct event_base;
struct ovsdb_server;
struct unixctl;

/* Opens or makes the database file and loads it. Nobody can connect yet. */
int ovsdb_server_create(struct event_base *base, const char *path, struct ovsdb_server **server,
	struct errmsg *err) ON_CONTROL __attribute__((warn_unused_result));

/* Ends the clients, makes durable what was committed, closes the file. NULL is allowed. */
void ovsdb_server_destroy(struct ovsdb_server *server) ON_CONTROL;

/* Serves "punix:PATH" from now on. */
int ovsdb_server_listen(struct ovsdb_server *server, const char *remote,
	struct errmsg *err) ON_CONTROL __attribute__((warn_unused_result));

/* Accepts no more clients and removes the sockets. */
void ovsdb_server_stop_listening(struct ovsdb_server *server) ON_CONTROL;

/* The database "Open_vSwitch". */
struct ovsdb_db *ovsdb_server_db(struct ovsdb_server *server) ON_CONTROL;

/*
 * Commits the prepared transaction `txn` of the daemon, through the disk unless only ephemeral
 * columns changed, in order with those of clients. An empty one isn't submitted but aborted.
 * `done`, which may be NULL, gets a NULL result, and an error when the disk refused it: the
 * transaction is undone then.
 */
void ovsdb_server_submit(struct ovsdb_server *server, struct ovsdb_txn *txn,
	ovsdb_request_done done, void *arg) ON_CONTROL;

/* `changed` is called from the event loop after one or several commits; it may submit. One
 * receiver; NULL ends it. */
void ovsdb_server_on_commit(
	struct ovsdb_server *server, void (*changed)(void *arg), void *arg) ON_CONTROL;

/* Registers ovsdb-server/compact. */
void ovsdb_server_register(struct ovsdb_server *server, struct unixctl *ctl) ON_CONTROL;

#endif
