/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clients of the database: each connection is a session with its monitors, locks and transactions
 * under way (RFC 7047 section 4 and the extensions of ovsdb-server(7)).
 *
 * Control thread only.
 */
#ifndef VSWITCHD_OVSDB_SESSION_H
#define VSWITCHD_OVSDB_SESSION_H

#include <sys/queue.h>
#include <sys/types.h>

#include "datapath/thread_role.h"
#include "vswitchd/jsonrpc.h"
#include "vswitchd/ovsdb_db.h"
#include "vswitchd/ovsdb_lock.h"
#include "vswitchd/ovsdb_pipeline.h"

#define OVSDB_N_DBS 2

struct ovsdb_session_monitor;
struct ovsdb_session_txn;

struct ovsdb_session {
	LIST_ENTRY(ovsdb_session) node;
	struct ovsdb_sessions *all;
	pid_t pid; /* of the client's process; 0 when it isn't known */
	struct jsonrpc *rpc;
	LIST_HEAD(, ovsdb_session_txn) txns; /* not answered yet */
	unsigned int n_txns;
	size_t txn_bytes; /* of their texts */
	LIST_HEAD(, ovsdb_session_monitor) monitors;
	unsigned int n_monitors;
};

/* All sessions, and what they share. */
struct ovsdb_sessions {
	struct event_base *base;
	struct ovsdb_db *dbs[OVSDB_N_DBS]; /* what is served, in the order of list_dbs */
	struct ovsdb_pipeline *pipeline;
	struct ovsdb_locks *locks;
	struct ovsdb_uuid server_id;
	struct jsonrpc_budget budget; /* what arrives */
	size_t txn_bytes;             /* what arrived and isn't answered yet */
	LIST_HEAD(, ovsdb_session) list;
	unsigned int n;
};

/* `dbs` and `pipeline` must outlive the sessions. */
struct ovsdb_sessions *ovsdb_sessions_create(struct event_base *base,
	struct ovsdb_db *const dbs[OVSDB_N_DBS], struct ovsdb_pipeline *pipeline) ON_CONTROL;

/* Closes all of them. NULL is allowed. */
void ovsdb_sessions_destroy(struct ovsdb_sessions *sessions) ON_CONTROL;

/* Serves the connected socket `fd`; refuses it when there are too many. */
void ovsdb_sessions_accept(struct ovsdb_sessions *sessions, int fd) ON_CONTROL;

/* The methods that are in files of their own; msg->params is an array. */
void ovsdb_session_transact(
	struct ovsdb_session *session, const struct jsonrpc_msg *msg) ON_CONTROL;
void ovsdb_session_cancel(struct ovsdb_session *session, const struct jsonrpc_msg *msg) ON_CONTROL;
void ovsdb_session_drop_txns(struct ovsdb_session *session) ON_CONTROL;
void ovsdb_session_monitor(struct ovsdb_session *session, const struct jsonrpc_msg *msg) ON_CONTROL;
void ovsdb_session_monitor_cond_change(
	struct ovsdb_session *session, const struct jsonrpc_msg *msg) ON_CONTROL;
void ovsdb_session_monitor_cancel(
	struct ovsdb_session *session, const struct jsonrpc_msg *msg) ON_CONTROL;
void ovsdb_session_drop_monitors(struct ovsdb_session *session) ON_CONTROL;

/* The database that the first parameter names; NULL when there is none, which was answered. */
struct ovsdb_db *ovsdb_session_db(
	struct ovsdb_session *session, const struct jsonrpc_msg *msg) ON_CONTROL;

/* Answers with an error of that tag about the request's parameters. */
void ovsdb_session_refuse(struct ovsdb_session *session, const struct jsonrpc_msg *msg,
	const char *tag, const char *format, ...) ON_CONTROL __attribute__((format(printf, 4, 5)));

#endif
