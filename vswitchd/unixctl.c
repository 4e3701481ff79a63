/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/unixctl.h"

#include <errno.h>
#include <event2/event.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

#include "config.h"
#include "datapath/log.h"
#include "vswitchd/jsonrpc.h"
#include "vswitchd/listener.h"

LOG_MODULE("unixctl");

#define MAX_SESSIONS 64
#define MAX_TABLES 32
#define SOCKET_MODE 0660

struct unixctl_session {
	LIST_ENTRY(unixctl_session) node;
	LIST_HEAD(, unixctl_request) requests; /* that were started and not answered yet */
	struct unixctl *ctl;
	struct jsonrpc *rpc;
};

struct unixctl_request {
	LIST_ENTRY(unixctl_request) node;
	struct unixctl_session *session; /* NULL when the client is gone */
	json_t *id;
};

struct table {
	const struct unixctl_command *commands;
	size_t n;
	void *arg;
};

struct unixctl {
	struct event_base *base;
	struct listener *listener;
	LIST_HEAD(, unixctl_session) sessions;
	unsigned int n_sessions;
	struct table tables[MAX_TABLES];
	size_t n_tables;
};

static const struct jsonrpc_limits limits = {
	.input = {.max_bytes = 1 << 20, .max_values = 1000, .max_depth = 8},
	.max_output = 16 << 20,
	.stall_s = 60,
};

static const struct unixctl_command *find_command(
	const struct unixctl *ctl, const char *name, void **arg)
{
	for (size_t t = 0; t < ctl->n_tables; t++) {
		for (size_t i = 0; i < ctl->tables[t].n; i++) {
			if (!strcmp(ctl->tables[t].commands[i].name, name)) {
				*arg = ctl->tables[t].arg;
				return &ctl->tables[t].commands[i];
			}
		}
	}
	return NULL;
}

static int compare_commands(const void *a, const void *b)
{
	const struct unixctl_command *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

/* All commands by name, to be freed; NULL when memory is out. */
static const struct unixctl_command **sorted_commands(const struct unixctl *ctl, size_t *np)
{
	const struct unixctl_command **all;
	size_t n = 0;

	for (size_t t = 0; t < ctl->n_tables; t++)
		n += ctl->tables[t].n;
	*np = n;
	all = calloc(n ? n : 1, sizeof(struct unixctl_command *));
	if (!all)
		return NULL;
	n = 0;
	for (size_t t = 0; t < ctl->n_tables; t++) {
		for (size_t i = 0; i < ctl->tables[t].n; i++)
			all[n++] = &ctl->tables[t].commands[i];
	}
	qsort(all, n, sizeof(struct unixctl_command *), compare_commands);
	return all;
}

static int run_list_commands(
	void *arg, int argc, const char *const *argv, FILE *out, struct errmsg *err)
{
	const struct unixctl_command **all;
	size_t n;

	all = sorted_commands(arg, &n);
	if (!all)
		return errmsg_set(err, ENOMEM, "no memory");
	fputs("The available commands are:\n", out);
	for (size_t i = 0; i < n; i++)
		fprintf(out, "  %-23s %s\n", all[i]->name, all[i]->usage);
	free(all);
	return 0;
}

static int run_help(void *arg, int argc, const char *const *argv, FILE *out, struct errmsg *err)
{
	const struct unixctl_command **all, *command;
	void *unused;
	size_t n;

	if (argc > 1) {
		command = find_command(arg, argv[1], &unused);
		if (!command)
			return errmsg_set(err, ENOENT, "there is no command \"%s\"", argv[1]);
		fprintf(out, "%s%s%s\n  %s\n", command->name, *command->usage ? " " : "",
			command->usage, command->help);
		return 0;
	}
	all = sorted_commands(arg, &n);
	if (!all)
		return errmsg_set(err, ENOMEM, "no memory");
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%s%s%s\n  %s\n", all[i]->name, *all[i]->usage ? " " : "",
			all[i]->usage, all[i]->help);
	free(all);
	return 0;
}

static int run_version(void *arg, int argc, const char *const *argv, FILE *out, struct errmsg *err)
{
	fprintf(out, "vswitchd (%s) %s\n", PACKAGE_NAME, PACKAGE_VERSION);
	return 0;
}

static const struct unixctl_command own_commands[] = {
	{"list-commands", "", "List the commands and their arguments.", 0, 0, run_list_commands},
	{"help", "[COMMAND]", "Explain one command, or all.", 0, 1, run_help},
	{"version", "", "Print the version of the daemon.", 0, 0, run_version},
};

static void close_session(struct unixctl_session *session) ON_CONTROL
{
	struct unixctl_request *request;

	LIST_FOREACH (request, &session->requests, node)
		request->session = NULL;
	LIST_REMOVE(session, node);
	session->ctl->n_sessions--;
	jsonrpc_destroy(session->rpc);
	free(session);
}

static void finish(struct unixctl_request *request) ON_CONTROL
{
	if (request->session)
		LIST_REMOVE(request, node);
	json_decref(request->id);
	free(request);
}

void unixctl_reply(struct unixctl_request *request, const char *text)
{
	if (request->session)
		jsonrpc_send_reply(request->session->rpc, request->id, json_string(text));
	finish(request);
}

void unixctl_reply_error(struct unixctl_request *request, const char *text)
{
	/* ovs-appctl prints it as it is, so it ends its own line. */
	if (request->session)
		jsonrpc_send_error(request->session->rpc, request->id, json_sprintf("%s\n", text));
	finish(request);
}

static void run_command(struct unixctl_request *request, const struct unixctl_command *command,
	void *arg, int argc, const char *const *argv) ON_CONTROL
{
	struct errmsg err = {""};
	char *text = NULL;
	size_t len = 0;
	FILE *out;
	int r;

	out = open_memstream(&text, &len);
	if (!out) {
		unixctl_reply_error(request, "no memory");
		return;
	}
	r = command->run(arg, argc, argv, out, &err);
	fclose(out);
	if (r)
		unixctl_reply_error(request, *err.text ? err.text : strerror(-r));
	else
		unixctl_reply(request, text ? text : "");
	free(text);
}

/* Returns NULL, or what is wrong with the arguments. */
static const char *collect_args(const struct jsonrpc_msg *msg, const char **argv, int *argc)
{
	size_t n = json_array_size(msg->params);

	if (n > UNIXCTL_MAX_ARGS)
		return "too many arguments";
	argv[0] = msg->method;
	for (size_t i = 0; i < n; i++) {
		argv[i + 1] = json_string_value(json_array_get(msg->params, i));
		if (!argv[i + 1])
			return "an argument is not a string";
	}
	*argc = (int)n + 1;
	return NULL;
}

static void reply_usage(struct unixctl_request *request, const struct unixctl_command *command,
	int n_args) ON_CONTROL
{
	char text[512];

	snprintf(text, sizeof(text), "\"%s\" takes %s %d argument%s: %s %s", command->name,
		n_args < command->min_args ? "at least" : "at most",
		n_args < command->min_args ? command->min_args : command->max_args,
		(n_args < command->min_args ? command->min_args : command->max_args) == 1 ? ""
											  : "s",
		command->name, command->usage);
	unixctl_reply_error(request, text);
}

static void on_message(void *arg, const struct jsonrpc_msg *msg)
{
	struct unixctl_session *session = arg;
	const struct unixctl_command *command;
	const char *argv[UNIXCTL_MAX_ARGS + 1];
	struct unixctl_request *request;
	const char *problem;
	void *command_arg;
	char text[256];
	int argc;

	thread_role_assert(&role_control);
	if (msg->type != JSONRPC_REQUEST)
		return;
	request = calloc(1, sizeof(*request));
	if (!request)
		return;
	request->session = session;
	request->id = json_incref(msg->id);
	LIST_INSERT_HEAD(&session->requests, request, node);
	command = find_command(session->ctl, msg->method, &command_arg);
	if (!command) {
		snprintf(text, sizeof(text),
			"\"%.100s\" is not a valid command (use "
			"\"list-commands\" to see a list of valid commands)",
			msg->method);
		unixctl_reply_error(request, text);
		return;
	}
	problem = collect_args(msg, argv, &argc);
	if (problem)
		unixctl_reply_error(request, problem);
	else if (argc - 1 < command->min_args || argc - 1 > command->max_args)
		reply_usage(request, command, argc - 1);
	else if (command->start)
		command->start(command_arg, request, argc, argv);
	else
		run_command(request, command, command_arg, argc, argv);
}

static void on_closed(void *arg, const char *reason)
{
	struct unixctl_session *session = arg;

	thread_role_assert(&role_control);
	if (reason)
		log_limited(LOG_LEVEL_WARN, "control connection dropped: %s", reason);
	close_session(session);
}

static void on_accepted(void *arg, int fd)
{
	static const struct jsonrpc_callbacks callbacks = {on_message, on_closed};
	struct unixctl *ctl = arg;
	struct unixctl_session *session;

	thread_role_assert(&role_control);
	session = ctl->n_sessions < MAX_SESSIONS ? calloc(1, sizeof(*session)) : NULL;
	if (!session) {
		log_limited(
			LOG_LEVEL_WARN, "control connection refused: %u are open", ctl->n_sessions);
		close(fd);
		return;
	}
	session->ctl = ctl;
	session->rpc = jsonrpc_create(ctl->base, fd, &limits, &callbacks, session);
	if (!session->rpc) {
		free(session);
		return;
	}
	LIST_INIT(&session->requests);
	LIST_INSERT_HEAD(&ctl->sessions, session, node);
	ctl->n_sessions++;
}

int unixctl_create(
	struct event_base *base, const char *path, struct unixctl **ctlp, struct errmsg *err)
{
	struct unixctl *ctl = calloc(1, sizeof(*ctl));
	int r;

	if (!ctl)
		return errmsg_set(err, ENOMEM, "no memory");
	ctl->base = base;
	LIST_INIT(&ctl->sessions);
	r = listener_create(base, path, SOCKET_MODE, on_accepted, ctl, &ctl->listener, err);
	if (r) {
		free(ctl);
		return r;
	}
	unixctl_register(ctl, own_commands, sizeof(own_commands) / sizeof(own_commands[0]), ctl);
	*ctlp = ctl;
	return 0;
}

void unixctl_destroy(struct unixctl *ctl)
{
	struct unixctl_session *session, *next;

	if (!ctl)
		return;
	listener_destroy(ctl->listener);
	for (session = LIST_FIRST(&ctl->sessions); session; session = next) {
		next = LIST_NEXT(session, node);
		close_session(session);
	}
	free(ctl);
}

void unixctl_register(
	struct unixctl *ctl, const struct unixctl_command *commands, size_t n, void *arg)
{
	if (ctl->n_tables == MAX_TABLES)
		abort(); /* the number of tables is fixed when the program is written */
	ctl->tables[ctl->n_tables++] = (struct table){commands, n, arg};
}
