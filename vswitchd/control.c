/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/control.h"

#include <errno.h>
#include <event2/event.h>
#include <glob.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "config.h"
#include "datapath/log.h"
#include "vswitchd/daemonize.h"
#include "vswitchd/folder.h"
#include "vswitchd/log_control.h"
#include "vswitchd/options.h"
#include "vswitchd/ovsdb_server.h"
#include "vswitchd/pidfile.h"
#include "vswitchd/sd_notify.h"
#include "vswitchd/unixctl.h"

LOG_MODULE("control");

#define MAX_DESCRIPTORS 65536
#define OVS_SOCKET "/run/openvswitch/db.sock" /* where libvirt's ovs-vsctl looks */

struct daemon {
	struct control control;
	const struct control_hooks *hooks;
	struct pidfile *pidfile, *extra_pidfile;
	struct event *sigterm, *sigint, *sighup;
	struct unixctl_request *exit_request; /* answered when everything has stopped */
	bool started;                         /* the start hook was */
};

void control_stop(const struct control *control)
{
	event_base_loopbreak(control->base);
}

static void on_stop_signal(evutil_socket_t signo, short events, void *arg)
{
	struct daemon *d = arg;

	thread_role_assert(&role_control);
	log_info("stopping on signal %d (%s)", (int)signo, strsignal((int)signo));
	control_stop(&d->control);
}

static void on_hangup(evutil_socket_t signo, short events, void *arg)
{
	int r = log_reopen_file();

	if (r)
		log_err("the log file can't be opened anew: %s", strerror(-r));
}

static void start_exit(
	void *arg, struct unixctl_request *request, int argc, const char *const *argv)
{
	struct daemon *d = arg;

	thread_role_assert(&role_control);
	if (d->exit_request) {
		unixctl_reply_error(request, "already stopping");
		return;
	}
	log_info("stopping on the command \"exit\"");
	d->exit_request = request;
	control_stop(&d->control);
}

static const struct unixctl_command commands[] = {
	{.name = "exit", .usage = "", .help = "Stop the daemon cleanly.", .start = start_exit},
};

/* A switch with a thousand guests needs more than the usual 1024. */
static void raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= MAX_DESCRIPTORS)
		return;
	limit.rlim_cur = limit.rlim_max < MAX_DESCRIPTORS ? limit.rlim_max : MAX_DESCRIPTORS;
	if (setrlimit(RLIMIT_NOFILE, &limit))
		log_warn("the limit of open files stays low: %s", strerror(errno));
}

/* Daemons that crashed left their control sockets; ours is the only one, by the pidfile. */
static void remove_stale_sockets(const char *rundir)
{
	char pattern[PATH_MAX];
	glob_t found;

	snprintf(pattern, sizeof(pattern), "%s/vswitchd.*.ctl", rundir);
	if (glob(pattern, 0, NULL, &found))
		return;
	for (size_t i = 0; i < found.gl_pathc; i++)
		unlink(found.gl_pathv[i]);
	globfree(&found);
}

static int start_rundir(struct daemon *d, struct errmsg *err)
{
	const struct options *o = d->control.options;
	char path[PATH_MAX];
	int r;

	r = folder_make(o->rundir, 0755, err);
	if (r)
		return r;
	snprintf(path, sizeof(path), "%s/vswitchd.pid", o->rundir);
	r = pidfile_create(path, &d->pidfile, err);
	if (r)
		return r;
	if (o->pidfile && strcmp(o->pidfile, path) != 0) {
		r = pidfile_create(o->pidfile, &d->extra_pidfile, err);
		if (r)
			return r;
	}
	remove_stale_sockets(o->rundir);
	return 0;
}

static int start_loop(struct daemon *d, struct errmsg *err) ON_CONTROL
{
	struct event_base *base = event_base_new();
	char path[PATH_MAX];
	int r;

	d->control.base = base;
	if (!base)
		return errmsg_set(err, ENOMEM, "no event loop");
	signal(SIGPIPE, SIG_IGN);
	d->sigterm = evsignal_new(base, SIGTERM, on_stop_signal, d);
	d->sigint = evsignal_new(base, SIGINT, on_stop_signal, d);
	d->sighup = evsignal_new(base, SIGHUP, on_hangup, d);
	if (!d->sigterm || !d->sigint || !d->sighup || event_add(d->sigterm, NULL) ||
		event_add(d->sigint, NULL) || event_add(d->sighup, NULL))
		return errmsg_set(err, ENOMEM, "no signal events");
	snprintf(path, sizeof(path), "%s/vswitchd.%d.ctl", d->control.options->rundir,
		(int)getpid());
	r = unixctl_create(base, path, &d->control.unixctl, err);
	if (r)
		return r;
	unixctl_register(d->control.unixctl, commands, sizeof(commands) / sizeof(commands[0]), d);
	log_control_register(d->control.unixctl);
	return 0;
}

static int start_listening(struct daemon *d, struct errmsg *err) ON_CONTROL
{
	const struct options *o = d->control.options;
	struct errmsg ignored;
	int r;

	for (unsigned int i = 0; i < o->n_remotes; i++) {
		r = ovsdb_server_listen(d->control.server, o->remotes[i], err);
		if (r)
			return r;
	}
	if (strcmp(o->rundir, VSWITCH_RUNDIR) != 0)
		return 0;
	r = folder_make_parent(OVS_SOCKET, 0755, &ignored);
	if (!r)
		r = ovsdb_server_listen(d->control.server, "punix:" OVS_SOCKET, &ignored);
	if (r)
		log_info("not serving at " OVS_SOCKET ": %s", ignored.text);
	return 0;
}

static int start(struct daemon *d, struct errmsg *err) ON_CONTROL
{
	int r;

	raise_descriptor_limit();
	r = start_rundir(d, err);
	if (!r)
		r = start_loop(d, err);
	if (!r)
		r = ovsdb_server_create(
			d->control.base, d->control.options->db, &d->control.server, err);
	if (r)
		return r;
	ovsdb_server_register(d->control.server, d->control.unixctl);
	if (d->hooks) {
		r = d->hooks->start(d->hooks->arg, &d->control, err);
		d->started = !r;
	}
	return r ? r : start_listening(d, err);
}

static void free_event(struct event *event)
{
	if (event)
		event_free(event);
}

static void stop(struct daemon *d) ON_CONTROL
{
	if (d->control.server)
		ovsdb_server_stop_listening(d->control.server);
	if (d->started)
		d->hooks->stop(d->hooks->arg);
	ovsdb_server_destroy(d->control.server);
	if (d->exit_request) {
		unixctl_reply(d->exit_request, "");
		event_base_loop(d->control.base, EVLOOP_NONBLOCK); /* sends the reply */
	}
	unixctl_destroy(d->control.unixctl);
	free_event(d->sigterm);
	free_event(d->sigint);
	free_event(d->sighup);
	if (d->control.base)
		event_base_free(d->control.base);
	pidfile_destroy(d->extra_pidfile);
	pidfile_destroy(d->pidfile);
}

int control_run(const struct options *options, const struct control_hooks *hooks)
{
	struct daemon d = {.control.options = options, .hooks = hooks};
	struct errmsg err = {""};
	int r;

	thread_role_begin(&role_control);
	log_info("vswitchd %s, process %d, run directory %s", PACKAGE_VERSION, (int)getpid(),
		options->rundir);
	r = start(&d, &err);
	if (r) {
		daemonize_failed(*err.text ? err.text : strerror(-r));
		stop(&d);
		return 1;
	}
	daemonize_ready();
	if (sd_notify_send("READY=1") < 0)
		log_warn("the service manager can't be told that the daemon is ready");
	log_info("ready");
	event_base_dispatch(d.control.base);
	sd_notify_send("STOPPING=1");
	stop(&d);
	log_info("stopped");
	return 0;
}
