/* SPDX-License-Identifier: Apache-2.0 */
/* The methods "transact" and "cancel" of a session. */
#include "vswitchd/ovsdb_session.h"

#include <string.h>

#include "vswitchd/ovsdb_alloc.h"

/* Of a session; more are left unread until some are answered. */
#define MAX_QUEUED 64
#define MAX_QUEUED_BYTES ((size_t)16 << 20)
/* Of all sessions; more are refused. */
#define MAX_BYTES ((size_t)256 << 20)

struct ovsdb_session_txn {
	LIST_ENTRY(ovsdb_session_txn) node;
	struct ovsdb_session *session;
	struct ovsdb_request *request;
	json_t *id;
	size_t size;
};

static bool has_enough(const struct ovsdb_session *session)
{
	return session->n_txns >= MAX_QUEUED || session->txn_bytes >= MAX_QUEUED_BYTES;
}

static void free_txn(struct ovsdb_session_txn *txn) ON_CONTROL
{
	struct ovsdb_session *session = txn->session;

	LIST_REMOVE(txn, node);
	session->n_txns--;
	session->txn_bytes -= txn->size;
	session->all->txn_bytes -= txn->size;
	if (!has_enough(session))
		jsonrpc_resume(session->rpc);
	json_decref(txn->id);
	free(txn);
}

static void on_done(void *arg, json_t *result, int error)
{
	struct ovsdb_session_txn *txn = arg;

	thread_role_assert(&role_control);
	if (result)
		jsonrpc_send_reply(txn->session->rpc, txn->id, result);
	free_txn(txn);
}

static bool owns_lock(void *arg, const char *lock)
{
	struct ovsdb_session *session = arg;

	thread_role_assert(&role_control);
	return ovsdb_locks_owns(session->all->locks, session, lock);
}

static struct ovsdb_session_txn *find_txn(const struct ovsdb_session *session, const json_t *id)
{
	struct ovsdb_session_txn *txn;

	LIST_FOREACH (txn, &session->txns, node) {
		if (json_equal(txn->id, id))
			return txn;
	}
	return NULL;
}

void ovsdb_session_transact(struct ovsdb_session *session, const struct jsonrpc_msg *msg)
{
	struct ovsdb_exec_ctx ctx = {.owns_lock = owns_lock, .arg = session};
	struct ovsdb_db *db = ovsdb_session_db(session, msg);
	struct ovsdb_session_txn *txn;

	if (!db)
		return;
	if (find_txn(session, msg->id)) {
		ovsdb_session_refuse(
			session, msg, OVSDB_E_SYNTAX, "transact: duplicate request ID");
		return;
	}
	if (session->all->txn_bytes + msg->size > MAX_BYTES) {
		ovsdb_session_refuse(session, &(struct jsonrpc_msg){.id = msg->id},
			"resources exhausted", "too many transactions wait");
		return;
	}
	/* What is served first is the database; the other one tells about it and is ours. */
	ctx.read_only = db != session->all->dbs[0];
	txn = ovsdb_zalloc(1, sizeof(*txn));
	txn->session = session;
	txn->id = json_incref(msg->id);
	txn->size = msg->size;
	LIST_INSERT_HEAD(&session->txns, txn, node);
	session->n_txns++;
	session->txn_bytes += txn->size;
	session->all->txn_bytes += txn->size;
	if (has_enough(session))
		jsonrpc_pause(session->rpc);
	json_array_remove(msg->params, 0);
	txn->request = ovsdb_pipeline_transact(
		session->all->pipeline, db, json_incref(msg->params), &ctx, on_done, txn);
}

void ovsdb_session_cancel(struct ovsdb_session *session, const struct jsonrpc_msg *msg)
{
	struct ovsdb_session_txn *txn = find_txn(session, json_array_get(msg->params, 0));

	if (!txn || json_array_size(msg->params) != 1 || !ovsdb_pipeline_cancel(txn->request))
		return;
	jsonrpc_send_error(session->rpc, txn->id, json_string("canceled"));
	free_txn(txn);
}

void ovsdb_session_drop_txns(struct ovsdb_session *session)
{
	struct ovsdb_session_txn *txn, *next;

	for (txn = LIST_FIRST(&session->txns); txn; txn = next) {
		next = LIST_NEXT(txn, node);
		ovsdb_pipeline_forget(txn->request);
		free_txn(txn);
	}
}
