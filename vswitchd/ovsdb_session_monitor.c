/* SPDX-License-Identifier: Apache-2.0 */
/* The methods "monitor", "monitor_cond", "monitor_cond_since" and what changes them. */
#include "vswitchd/ovsdb_session.h"

#include <string.h>

#include "vswitchd/ovsdb_alloc.h"
#include "vswitchd/ovsdb_monitor.h"

#define MAX_MONITORS 256 /* of a session */

struct ovsdb_session_monitor {
	LIST_ENTRY(ovsdb_session_monitor) node;
	struct ovsdb_session *session;
	struct ovsdb_monitor *monitor;
};

static void on_flush(struct ovsdb_monitor *monitor, json_t *params, const char *method)
{
	struct ovsdb_session_monitor *m = monitor->arg;

	thread_role_assert(&role_control);
	jsonrpc_send_notify(m->session->rpc, method, params);
}

static struct ovsdb_session_monitor *find_monitor(
	const struct ovsdb_session *session, const json_t *id)
{
	struct ovsdb_session_monitor *m;

	LIST_FOREACH (m, &session->monitors, node) {
		if (json_equal(m->monitor->id, id))
			return m;
	}
	return NULL;
}

static void free_monitor(struct ovsdb_session_monitor *m) ON_CONTROL
{
	LIST_REMOVE(m, node);
	m->session->n_monitors--;
	ovsdb_monitor_destroy(m->monitor);
	free(m);
}

static enum ovsdb_monitor_kind kind_of(const char *method)
{
	if (!strcmp(method, "monitor_cond"))
		return OVSDB_MONITOR_COND;
	if (!strcmp(method, "monitor_cond_since"))
		return OVSDB_MONITOR_COND_SINCE;
	return OVSDB_MONITOR;
}

/* Answers with an error about one of the parameters. */
static void refuse_param(struct ovsdb_session *session, const struct jsonrpc_msg *msg, size_t i,
	const char *details) ON_CONTROL
{
	struct ovsdb_error err;

	ovsdb_error_json(&err, OVSDB_E_SYNTAX, json_array_get(msg->params, i), "%s", details);
	jsonrpc_send_error(session->rpc, msg->id, ovsdb_error_to_json(&err));
}

void ovsdb_session_monitor(struct ovsdb_session *session, const struct jsonrpc_msg *msg)
{
	struct ovsdb_db *db = ovsdb_session_db(session, msg);
	enum ovsdb_monitor_kind kind = kind_of(msg->method);
	const json_t *id = json_array_get(msg->params, 1);
	struct ovsdb_session_monitor *m;
	struct ovsdb_error err;

	if (!db)
		return;
	if (json_array_size(msg->params) != (kind == OVSDB_MONITOR_COND_SINCE ? 4 : 3)) {
		ovsdb_session_refuse(session, msg, OVSDB_E_SYNTAX, "invalid parameters");
		return;
	}
	if (find_monitor(session, id)) {
		refuse_param(session, msg, 1, "duplicate monitor ID");
		return;
	}
	if (session->n_monitors >= MAX_MONITORS) {
		ovsdb_session_refuse(
			session, msg, "resources exhausted", "too many monitors are asked for");
		return;
	}
	m = ovsdb_zalloc(1, sizeof(*m));
	m->session = session;
	if (ovsdb_monitor_create(
		    db, kind, id, json_array_get(msg->params, 2), on_flush, m, &m->monitor, &err)) {
		jsonrpc_send_error(session->rpc, msg->id, ovsdb_error_to_json(&err));
		free(m);
		return;
	}
	LIST_INSERT_HEAD(&session->monitors, m, node);
	session->n_monitors++;
	jsonrpc_send_reply(session->rpc, msg->id, ovsdb_monitor_reply(m->monitor));
}

void ovsdb_session_monitor_cond_change(struct ovsdb_session *session, const struct jsonrpc_msg *msg)
{
	const json_t *old_id = json_array_get(msg->params, 0);
	const json_t *new_id = json_array_get(msg->params, 1);
	struct ovsdb_session_monitor *m, *other;
	struct ovsdb_error err;

	if (json_array_size(msg->params) != 3) {
		ovsdb_session_refuse(session, msg, OVSDB_E_SYNTAX, "invalid parameters");
		return;
	}
	m = find_monitor(session, old_id);
	if (!m) {
		refuse_param(session, msg, 0, "unknown monitor session");
		return;
	}
	other = find_monitor(session, new_id);
	if (other && other != m) {
		refuse_param(session, msg, 1, "duplicate monitor ID");
		return;
	}
	if (ovsdb_monitor_change(m->monitor, new_id, json_array_get(msg->params, 2), &err))
		jsonrpc_send_error(session->rpc, msg->id, ovsdb_error_to_json(&err));
	else
		jsonrpc_send_reply(session->rpc, msg->id, json_object());
}

void ovsdb_session_monitor_cancel(struct ovsdb_session *session, const struct jsonrpc_msg *msg)
{
	struct ovsdb_session_monitor *m = find_monitor(session, json_array_get(msg->params, 0));

	if (json_array_size(msg->params) != 1) {
		ovsdb_session_refuse(session, msg, OVSDB_E_SYNTAX, "invalid parameters");
		return;
	}
	if (!m) {
		jsonrpc_send_error(session->rpc, msg->id, json_string("unknown monitor"));
		return;
	}
	free_monitor(m);
	jsonrpc_send_reply(session->rpc, msg->id, json_object());
}

void ovsdb_session_drop_monitors(struct ovsdb_session *session)
{
	struct ovsdb_session_monitor *m, *next;

	for (m = LIST_FIRST(&session->monitors); m; m = next) {
		next = LIST_NEXT(m, node);
		free_monitor(m);
	}
}
