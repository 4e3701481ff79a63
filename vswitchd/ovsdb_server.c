/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/ovsdb_server.h"

#include <errno.h>
#include <event2/event.h>
#include <string.h>

#include "datapath/log.h"
#include "vswitchd/listener.h"
#include "vswitchd/ovsdb_alloc.h"
#include "vswitchd/ovsdb_server_db.h"
#include "vswitchd/ovsdb_session.h"
#include "vswitchd/ovsdb_storage.h"
#include "vswitchd/ovsdb_writer.h"
#include "vswitchd/unixctl.h"

LOG_MODULE("ovsdb_server");

#define MAX_LISTENERS 32
#define SOCKET_MODE 0660

struct ovsdb_server {
	struct event_base *base;
	struct ovsdb_db *db, *server_db;
	struct ovsdb_writer *writer;
	struct ovsdb_pipeline *pipeline;
	struct ovsdb_sessions *sessions;
	struct listener *listeners[MAX_LISTENERS];
	unsigned int n_listeners;
	struct event *changed_event;
	void (*changed)(void *arg);
	void *changed_arg;
};

static void on_changed(evutil_socket_t fd, short events, void *arg)
{
	struct ovsdb_server *server = arg;

	thread_role_assert(&role_control);
	if (server->changed)
		server->changed(server->changed_arg);
}

static void on_committed(void *arg)
{
	struct ovsdb_server *server = arg;

	/* However many commits there are in this turn of the loop, it is told once. */
	event_active(server->changed_event, EV_TIMEOUT, 0);
}

int ovsdb_server_create(struct event_base *base, const char *path, struct ovsdb_server **serverp,
	struct errmsg *err)
{
	struct ovsdb_server *server = ovsdb_zalloc(1, sizeof(*server));
	struct ovsdb_log *log = NULL;
	int r;

	r = ovsdb_storage_open(path, &log, &server->db, err);
	if (r) {
		free(server);
		return r;
	}
	r = ovsdb_writer_create(base, log, &server->writer, err);
	if (r) {
		ovsdb_db_destroy(server->db);
		free(server);
		return r;
	}
	server->base = base;
	server->server_db = ovsdb_server_db_create(server->db);
	server->changed_event = ovsdb_must(event_new(base, -1, 0, on_changed, server));
	server->pipeline =
		ovsdb_pipeline_create(base, server->db, server->writer, on_committed, server);
	server->sessions = ovsdb_sessions_create(base,
		(struct ovsdb_db *[OVSDB_N_DBS]){server->db, server->server_db}, server->pipeline);
	*serverp = server;
	return 0;
}

void ovsdb_server_stop_listening(struct ovsdb_server *server)
{
	while (server->n_listeners)
		listener_destroy(server->listeners[--server->n_listeners]);
}

void ovsdb_server_destroy(struct ovsdb_server *server)
{
	if (!server)
		return;
	ovsdb_server_stop_listening(server);
	ovsdb_pipeline_stop(server->pipeline);
	/* What is with the disk is still committed and answered. */
	ovsdb_writer_destroy(server->writer);
	event_base_loop(server->base, EVLOOP_NONBLOCK);
	ovsdb_sessions_destroy(server->sessions);
	ovsdb_pipeline_destroy(server->pipeline);
	event_free(server->changed_event);
	ovsdb_db_destroy(server->server_db);
	ovsdb_db_destroy(server->db);
	free(server);
}

static void on_accepted(void *arg, int fd)
{
	struct ovsdb_server *server = arg;

	thread_role_assert(&role_control);
	ovsdb_sessions_accept(server->sessions, fd);
}

int ovsdb_server_listen(struct ovsdb_server *server, const char *remote, struct errmsg *err)
{
	static const char prefix[] = "punix:";
	int r;

	if (strncmp(remote, prefix, strlen(prefix)) != 0)
		return errmsg_set(err, EINVAL, "%s: only punix:PATH can be served", remote);
	if (server->n_listeners == MAX_LISTENERS)
		return errmsg_set(err, ENOSPC, "%s: too many sockets", remote);
	r = listener_create(server->base, remote + strlen(prefix), SOCKET_MODE, on_accepted, server,
		&server->listeners[server->n_listeners], err);
	if (!r) {
		server->n_listeners++;
		log_info("serving the database at %s", remote);
	}
	return r;
}

struct ovsdb_db *ovsdb_server_db(struct ovsdb_server *server)
{
	return server->db;
}

void ovsdb_server_submit(
	struct ovsdb_server *server, struct ovsdb_txn *txn, ovsdb_request_done done, void *arg)
{
	ovsdb_pipeline_submit(server->pipeline, txn, done, arg);
}

void ovsdb_server_on_commit(struct ovsdb_server *server, void (*changed)(void *arg), void *arg)
{
	server->changed = changed;
	server->changed_arg = arg;
}

static void on_compacted(void *arg, int error, const char *reason)
{
	struct unixctl_request *request = arg;

	thread_role_assert(&role_control);
	if (error)
		unixctl_reply_error(request, reason);
	else
		unixctl_reply(request, "");
}

static void start_compact(
	void *arg, struct unixctl_request *request, int argc, const char *const *argv)
{
	struct ovsdb_server *server = arg;

	thread_role_assert(&role_control);
	if (argc > 1 && strcmp(argv[1], server->db->schema->name) != 0) {
		unixctl_reply_error(request, "there is no such database with a file");
		return;
	}
	ovsdb_writer_compact(server->writer, on_compacted, request);
}

static const struct unixctl_command commands[] = {
	{.name = "ovsdb-server/compact",
		.usage = "[DATABASE]",
		.help = "Rewrite the database file with just the present state.",
		.max_args = 1,
		.start = start_compact},
};

void ovsdb_server_register(struct ovsdb_server *server, struct unixctl *ctl)
{
	unixctl_register(ctl, commands, sizeof(commands) / sizeof(commands[0]), server);
}
