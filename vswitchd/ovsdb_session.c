/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/ovsdb_session.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "datapath/log.h"
#include "vswitchd/ovsdb_alloc.h"

LOG_MODULE("ovsdb_session");

#define MAX_SESSIONS 1024
#define MAX_SESSIONS_OF_PROCESS 256
#define ID_FIRST "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
#define ID_REST ID_FIRST "0123456789"

/* The engine's recursion and jansson's trees both grow with what a message holds. */
static const struct jsonrpc_limits limits = {
	.input = {.max_bytes = 64 << 20, .max_values = 8 << 20, .max_depth = 1000},
	.max_output = 64 << 20,
	.stall_s = 60,
};
#define INPUT_BUDGET ((size_t)256 << 20)

void ovsdb_session_refuse(struct ovsdb_session *session, const struct jsonrpc_msg *msg,
	const char *tag, const char *format, ...)
{
	struct ovsdb_error err;
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	ovsdb_error_json(&err, tag, msg->params, "%s", text);
	jsonrpc_send_error(session->rpc, msg->id, ovsdb_error_to_json(&err));
}

struct ovsdb_db *ovsdb_session_db(struct ovsdb_session *session, const struct jsonrpc_msg *msg)
{
	const char *name = json_string_value(json_array_get(msg->params, 0));

	if (!name) {
		ovsdb_session_refuse(session, msg, OVSDB_E_SYNTAX,
			"%s request params must begin with <db-name>", msg->method);
		return NULL;
	}
	for (size_t i = 0; i < OVSDB_N_DBS; i++) {
		if (!strcmp(session->all->dbs[i]->schema->name, name))
			return session->all->dbs[i];
	}
	ovsdb_session_refuse(session, msg, "unknown database",
		"%s request specifies unknown database %.100s", msg->method, name);
	return NULL;
}

static void list_dbs(struct ovsdb_session *session, const struct jsonrpc_msg *msg) ON_CONTROL
{
	json_t *names = json_array();

	for (size_t i = 0; i < OVSDB_N_DBS; i++)
		json_array_append_new(names, json_string(session->all->dbs[i]->schema->name));
	jsonrpc_send_reply(session->rpc, msg->id, names);
}

static void get_schema(struct ovsdb_session *session, const struct jsonrpc_msg *msg) ON_CONTROL
{
	struct ovsdb_db *db = ovsdb_session_db(session, msg);

	if (db)
		jsonrpc_send_reply(session->rpc, msg->id, ovsdb_schema_to_json(db->schema));
}

static void get_server_id(struct ovsdb_session *session, const struct jsonrpc_msg *msg) ON_CONTROL
{
	char text[OVSDB_UUID_LEN + 1];

	jsonrpc_send_reply(session->rpc, msg->id,
		json_string(ovsdb_uuid_format(&session->all->server_id, text)));
}

/* Databases here don't come and go, so there is nothing that a client could be unaware of. */
static void set_db_change_aware(
	struct ovsdb_session *session, const struct jsonrpc_msg *msg) ON_CONTROL
{
	if (json_array_size(msg->params) == 1 && json_is_boolean(json_array_get(msg->params, 0)))
		jsonrpc_send_reply(session->rpc, msg->id, json_object());
	else
		ovsdb_session_refuse(session, msg, OVSDB_E_SYNTAX,
			"set_db_change_aware: true or false parameter expected");
}

static void echo(struct ovsdb_session *session, const struct jsonrpc_msg *msg) ON_CONTROL
{
	jsonrpc_send_reply(session->rpc, msg->id, json_incref(msg->params));
}

/* The name of a lock, the only parameter; NULL when it is none, which was answered. */
static const char *lock_name(
	struct ovsdb_session *session, const struct jsonrpc_msg *msg) ON_CONTROL
{
	const char *name = json_string_value(json_array_get(msg->params, 0));

	if (name && json_array_size(msg->params) == 1 && *name && strchr(ID_FIRST, *name) &&
		strspn(name, ID_REST) == strlen(name))
		return name;
	ovsdb_session_refuse(
		session, msg, OVSDB_E_SYNTAX, "%s request params must be <id>", msg->method);
	return NULL;
}

static void lock_or_steal(struct ovsdb_session *session, const struct jsonrpc_msg *msg) ON_CONTROL
{
	const char *name = lock_name(session, msg);
	int r;

	if (!name)
		return;
	r = ovsdb_locks_acquire(session->all->locks, session, name, !strcmp(msg->method, "steal"));
	if (r == -EEXIST)
		ovsdb_session_refuse(session, msg, OVSDB_E_SYNTAX,
			"must issue \"unlock\" before new \"%s\"", msg->method);
	else if (r < 0)
		ovsdb_session_refuse(
			session, msg, "resources exhausted", "too many locks are asked for");
	else
		jsonrpc_send_reply(session->rpc, msg->id, json_pack("{s:b}", "locked", r));
}

static void unlock(struct ovsdb_session *session, const struct jsonrpc_msg *msg) ON_CONTROL
{
	const char *name = lock_name(session, msg);

	if (!name)
		return;
	if (ovsdb_locks_release(session->all->locks, session, name))
		ovsdb_session_refuse(session, msg, OVSDB_E_SYNTAX,
			"unlock: \"unlock\" without \"lock\" or \"steal\"");
	else
		jsonrpc_send_reply(session->rpc, msg->id, json_object());
}

static void on_lock_event(void *owner, const char *name, enum ovsdb_lock_event event)
{
	struct ovsdb_session *session = owner;

	thread_role_assert(&role_control);
	jsonrpc_send_notify(session->rpc, event == OVSDB_LOCK_STOLEN ? "stolen" : "locked",
		json_pack("[s]", name));
}

static const struct method {
	const char *name;
	enum jsonrpc_type type;
	void (*run)(struct ovsdb_session *session, const struct jsonrpc_msg *msg);
} methods[] = {
	{"transact", JSONRPC_REQUEST, ovsdb_session_transact},
	{"cancel", JSONRPC_NOTIFY, ovsdb_session_cancel},
	{"echo", JSONRPC_REQUEST, echo},
	{"monitor", JSONRPC_REQUEST, ovsdb_session_monitor},
	{"monitor_cond", JSONRPC_REQUEST, ovsdb_session_monitor},
	{"monitor_cond_since", JSONRPC_REQUEST, ovsdb_session_monitor},
	{"monitor_cond_change", JSONRPC_REQUEST, ovsdb_session_monitor_cond_change},
	{"monitor_cancel", JSONRPC_REQUEST, ovsdb_session_monitor_cancel},
	{"get_schema", JSONRPC_REQUEST, get_schema},
	{"list_dbs", JSONRPC_REQUEST, list_dbs},
	{"lock", JSONRPC_REQUEST, lock_or_steal},
	{"steal", JSONRPC_REQUEST, lock_or_steal},
	{"unlock", JSONRPC_REQUEST, unlock},
	{"get_server_id", JSONRPC_REQUEST, get_server_id},
	{"set_db_change_aware", JSONRPC_REQUEST, set_db_change_aware},
};

static void on_message(void *arg, const struct jsonrpc_msg *msg)
{
	struct ovsdb_session *session = arg;

	thread_role_assert(&role_control);
	if (msg->type == JSONRPC_REPLY || msg->type == JSONRPC_ERROR)
		return; /* we ask nothing */
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (msg->type == methods[i].type && !strcmp(msg->method, methods[i].name)) {
			methods[i].run(session, msg);
			return;
		}
	}
	if (msg->type == JSONRPC_REQUEST)
		jsonrpc_send_error(session->rpc, msg->id, json_string("unknown method"));
}

static void close_session(struct ovsdb_session *session) ON_CONTROL
{
	ovsdb_session_drop_txns(session);
	ovsdb_session_drop_monitors(session);
	ovsdb_locks_release_all(session->all->locks, session);
	LIST_REMOVE(session, node);
	session->all->n--;
	jsonrpc_destroy(session->rpc);
	free(session);
}

static void on_closed(void *arg, const char *reason)
{
	thread_role_assert(&role_control);
	if (reason)
		log_limited(LOG_LEVEL_WARN, "a client was cut off: %s", reason);
	close_session(arg);
}

struct ovsdb_sessions *ovsdb_sessions_create(struct event_base *base,
	struct ovsdb_db *const dbs[OVSDB_N_DBS], struct ovsdb_pipeline *pipeline)
{
	struct ovsdb_sessions *all = ovsdb_zalloc(1, sizeof(*all));

	all->base = base;
	memcpy(all->dbs, dbs, sizeof(all->dbs));
	all->pipeline = pipeline;
	all->locks = ovsdb_locks_create(on_lock_event);
	all->server_id = ovsdb_uuid_generate();
	all->budget.max = INPUT_BUDGET;
	LIST_INIT(&all->list);
	return all;
}

void ovsdb_sessions_destroy(struct ovsdb_sessions *all)
{
	struct ovsdb_session *session, *next;

	if (!all)
		return;
	for (session = LIST_FIRST(&all->list); session; session = next) {
		next = LIST_NEXT(session, node);
		close_session(session);
	}
	ovsdb_locks_destroy(all->locks);
	free(all);
}

/* So that one process can't use up the places of all. */
static bool has_place(const struct ovsdb_sessions *all, pid_t pid) ON_CONTROL
{
	const struct ovsdb_session *session;
	unsigned int n = 0;

	if (all->n >= MAX_SESSIONS) {
		log_limited(LOG_LEVEL_WARN, "a client is refused: %u are connected", all->n);
		return false;
	}
	LIST_FOREACH (session, &all->list, node)
		n += pid && session->pid == pid;
	if (n < MAX_SESSIONS_OF_PROCESS)
		return true;
	log_limited(LOG_LEVEL_WARN, "process %d is refused: it has %u connections", (int)pid, n);
	return false;
}

void ovsdb_sessions_accept(struct ovsdb_sessions *all, int fd)
{
	static const struct jsonrpc_callbacks callbacks = {on_message, on_closed};
	struct jsonrpc_limits with_budget = limits;
	struct ovsdb_session *session;
	struct ucred peer = {.pid = 0};
	socklen_t len = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len))
		peer.pid = 0;
	if (!has_place(all, peer.pid)) {
		close(fd);
		return;
	}
	session = ovsdb_zalloc(1, sizeof(*session));
	session->all = all;
	session->pid = peer.pid;
	LIST_INIT(&session->txns);
	LIST_INIT(&session->monitors);
	with_budget.budget = &all->budget;
	session->rpc = jsonrpc_create(all->base, fd, &with_budget, &callbacks, session);
	if (!session->rpc) {
		free(session);
		return;
	}
	LIST_INSERT_HEAD(&all->list, session, node);
	all->n++;
}
