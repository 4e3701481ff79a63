/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control socket: a command's name and string arguments in, text out, as JSON-RPC 1.0, the
 * way `ovs-appctl -t SOCKET COMMAND ARG...` speaks.
 *
 * Control thread only. Commands are rows of tables; help, list-commands and completion come from
 * the rows, so a command without a usage and a help line doesn't exist.
 */
#ifndef VSWITCHD_UNIXCTL_H
#define VSWITCHD_UNIXCTL_H

#include <stdio.h>

#include "datapath/errmsg.h"
#include "datapath/thread_role.h"

struct event_base;
struct unixctl;
struct unixctl_request;

#define UNIXCTL_MAX_ARGS 64

struct unixctl_command {
	const char *name;
	const char *usage; /* the arguments, "" for none */
	const char *help;  /* one line */
	int min_args, max_args;
	/* Answers at once: writes the text to `out` and returns 0, or fills `err` and returns
	 * -errno. argv[0] is the command's name; argc counts it. */
	int (*run)(void *arg, int argc, const char *const *argv, FILE *out, struct errmsg *err);
	/* Or answers later, by unixctl_reply() or unixctl_reply_error(), exactly once. */
	void (*start)(
		void *arg, struct unixctl_request *request, int argc, const char *const *argv);
};

/* Listens on the unix socket `path`, replacing a stale one, and registers the commands about
 * itself (list-commands, help, version, vlog/...). */
int unixctl_create(struct event_base *base, const char *path, struct unixctl **ctl,
	struct errmsg *err) ON_CONTROL __attribute__((warn_unused_result));

/* Closes and removes the socket. Requests that weren't answered may still be, to nobody. */
void unixctl_destroy(struct unixctl *ctl) ON_CONTROL;

/* Adds `n` commands; the table must live as long as `ctl`. `arg` is passed to them. */
void unixctl_register(struct unixctl *ctl, const struct unixctl_command *commands, size_t n,
	void *arg) ON_CONTROL;

/* Answers a request of a `start` command and drops it. */
void unixctl_reply(struct unixctl_request *request, const char *text) ON_CONTROL;
void unixctl_reply_error(struct unixctl_request *request, const char *text) ON_CONTROL;

#endif
