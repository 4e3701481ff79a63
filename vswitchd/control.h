/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon's life on the control thread: start in order, one event loop, stop in reverse.
 *
 *   rundir and pidfile, control socket -> database -> the switch's start hook -> listen -> ready
 *
 * SIGTERM, SIGINT and the command `exit` stop it; SIGHUP opens the log file anew.
 */
#ifndef VSWITCHD_CONTROL_H
#define VSWITCHD_CONTROL_H

#include "datapath/errmsg.h"
#include "datapath/thread_role.h"

struct event_base;
struct options;
struct ovsdb_server;
struct unixctl;

/* What the parts of the daemon share; all of it lives from before `start` until after `stop`. */
struct control {
	struct event_base *base;
	const struct options *options;
	struct unixctl *unixctl;
	struct ovsdb_server *server;
};

/* The switch. */
struct control_hooks {
	/* Called when the database is loaded, before anybody can connect to it. A failure, with
	 * the reason, ends the daemon. */
	int (*start)(void *arg, const struct control *control, struct errmsg *err);
	/* Called when nobody can connect any more; only after a successful start. */
	void (*stop)(void *arg);
	void *arg;
};

/* Makes the calling thread the control thread and runs the daemon. Returns the exit status. */
int control_run(const struct options *options, const struct control_hooks *hooks);

/* Ends the event loop after the events under way. */
void control_stop(const struct control *control) ON_CONTROL;

#endif
