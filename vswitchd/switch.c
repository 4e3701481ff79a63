/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/switch.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <event2/event.h>

#include "datapath/clock.h"
#include "datapath/log.h"
#include "datapath/netlink.h"
#include "ofproto/vswitch.h"
#include "vswitchd/options.h"
#include "vswitchd/ovsdb_access.h"
#include "vswitchd/ovsdb_server.h"
#include "vswitchd/reconfigure.h"
#include "vswitchd/status.h"
#include "vswitchd/switch_commands.h"

LOG_MODULE("switch");

#define TICK_MS 250
#define POLL_US 500 /* between two looks at a grace period */
#define STATS_INTERVAL_MS 5000
#define STATS_INTERVAL_MIN_MS 1000
#define SLEEP_MAX_US 10000
#define RETRY_MS 1000 /* between attempts to open what couldn't be opened */

struct switch_state {
	const struct control *control;
	struct ovsdb_db *db;
	struct vswitch *vswitch;
	struct event *tick, *poll, *notified, *links;
	int notify_fd;
	char *worker_mask; /* pmd-cpu-mask in force; NULL: not set */

	bool dirty;          /* the database may want something else than is applied */
	bool settling;       /* applied, and the workers' grace period runs */
	bool status_due;     /* there may be something to write back */
	bool writing;        /* a status transaction is on its way */
	int64_t applied_cfg; /* next_cfg of what was applied last */
	uint64_t seen;       /* generation of the database that was applied */
	uint64_t stats_due_ms;

	bool retry_wanted; /* links changed since the last attempt to open everything */
	uint64_t retry_after_ms;
};

static struct switch_state state = {.notify_fd = -1};

static void ON_CONTROL run(struct switch_state *s);

static void arm_poll(struct switch_state *s)
{
	static const struct timeval soon = {.tv_usec = POLL_US};

	event_add(s->poll, &soon);
}

static const char *ON_CONTROL config(const struct switch_state *s, const char *key)
{
	const struct ovsdb_row *root = reconfigure_root(s->db);

	return root ? ovsdb_row_map_text(root, "other_config", key, NULL) : NULL;
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/* Settings of the whole switch that can change while it runs. */
static void ON_CONTROL apply_globals(struct switch_state *s)
{
	const struct ovsdb_row *root = reconfigure_root(s->db);
	const char *mask = config(s, "pmd-cpu-mask");
	struct errmsg err;
	int64_t sleep_max = root ? ovsdb_row_map_int(root, "other_config", "pmd-sleep-max", 0) : 0;

	sleep_max = RTE_MIN(sleep_max, SLEEP_MAX_US);
	worker_set_sleep_max((uint32_t)RTE_MAX(sleep_max, 0));
	if (same_text(mask, s->worker_mask))
		return;
	free(s->worker_mask);
	s->worker_mask = mask ? strdup(mask) : NULL;
	if (datapath_set_workers(mask, &err))
		log_warn("other_config:pmd-cpu-mask: %s; workers stay where they are", err.text);
	s->vswitch->changed = true;
}

/* True when the database's configuration is applied; false while something is being closed. */
static bool ON_CONTROL reconfigure(struct switch_state *s)
{
	const struct ovsdb_row *root = reconfigure_root(s->db);

	reconfigure_remove(s->db, s->vswitch);
	vswitch_commit(s->vswitch);
	if (vswitch_is_closing(s->vswitch))
		return false;
	s->seen = s->db->generation;
	s->applied_cfg = root ? ovsdb_row_get_int(root, "next_cfg", 0) : 0;
	apply_globals(s);
	reconfigure_apply(s->db, s->vswitch);
	vswitch_commit(s->vswitch);
	return true;
}

static void on_written(void *arg, json_t *result, int error)
{
	struct switch_state *s = arg;

	thread_role_assert(&role_control);
	s->writing = false;
	if (error)
		log_limited(LOG_LEVEL_WARN, "status can't be written to the database: %s",
			strerror(-error));
	/* Nothing but our own columns changed: there is nothing to apply. */
	else if (s->db->generation == s->seen + 1)
		s->seen++;
	if (s->status_due)
		arm_poll(s);
}

static void ON_CONTROL submit(struct switch_state *s, struct ovsdb_txn *txn)
{
	struct ovsdb_error error;

	if (ovsdb_txn_prepare(txn, &error)) {
		log_limited(LOG_LEVEL_ERR, "status doesn't fit the schema: %s: %s", error.tag,
			error.details);
		ovsdb_txn_abort(txn);
	} else if (ovsdb_txn_is_empty(txn)) {
		ovsdb_txn_abort(txn);
	} else {
		s->writing = true;
		ovsdb_server_submit(s->control->server, txn, on_written, s);
	}
}

static void ON_CONTROL write_system(struct switch_state *s)
{
	struct ovsdb_txn *txn = ovsdb_txn_begin(s->db);

	status_write_system(txn, s->db);
	submit(s, txn);
}

static void ON_CONTROL write_status(struct switch_state *s)
{
	uint64_t now = clock_ms();
	struct ovsdb_txn *txn;

	s->status_due = false;
	txn = ovsdb_txn_begin(s->db);
	status_write_switch(txn, s->db, s->vswitch);
	if (now >= s->stats_due_ms) {
		int64_t interval = STATS_INTERVAL_MS;

		if (reconfigure_root(s->db))
			interval = ovsdb_row_map_int(reconfigure_root(s->db), "other_config",
				"stats-update-interval", STATS_INTERVAL_MS);
		s->stats_due_ms = now + RTE_MAX(interval, STATS_INTERVAL_MIN_MS);
		status_write_statistics(txn, s->db, s->vswitch);
	}
	if (!s->dirty)
		status_write_cur_cfg(txn, s->db, s->applied_cfg);
	submit(s, txn);
}

/* Does what there is to do; whatever has to wait is looked at again from the poll timer. */
static void ON_CONTROL run(struct switch_state *s)
{
	bool waiting = datapath_poll();

	if (s->dirty && !vswitch_is_closing(s->vswitch) && reconfigure(s)) {
		s->dirty = false;
		s->settling = true;
		waiting = datapath_poll();
	}
	if (s->settling && !waiting) {
		s->settling = false;
		s->status_due = true;
	}
	if (s->status_due && !s->settling && !s->dirty && !s->writing)
		write_status(s);
	if (waiting || s->dirty)
		arm_poll(s);
}

static void on_commit(void *arg)
{
	struct switch_state *s = arg;

	thread_role_assert(&role_control);
	if (s->db->generation == s->seen)
		return;
	s->dirty = true;
	run(s);
}

static void on_poll(evutil_socket_t fd, short what, void *arg)
{
	thread_role_assert(&role_control);
	run(arg);
}

static void on_notified(evutil_socket_t fd, short what, void *arg)
{
	struct switch_state *s = arg;
	uint64_t n;

	thread_role_assert(&role_control);
	if (read(fd, &n, sizeof(n)) != sizeof(n))
		return;
	if (!vswitch_take_notified(s->vswitch))
		return;
	vswitch_commit(s->vswitch);
	s->status_due = true;
	run(s);
}

/* An interface that a port waits for may be there now. The attempt may change links itself (a tap
 * is made and refuses its MTU), so it isn't repeated at once. */
static void ON_CONTROL retry_unopened(struct switch_state *s)
{
	uint64_t now = clock_ms();

	if (!s->retry_wanted || now < s->retry_after_ms)
		return;
	s->retry_wanted = false;
	s->retry_after_ms = now + RETRY_MS;
	if (vswitch_has_unopened(s->vswitch))
		s->dirty = true;
}

static void on_links(evutil_socket_t fd, short what, void *arg)
{
	struct switch_state *s = arg;

	thread_role_assert(&role_control);
	netlink_handle();
	s->retry_wanted = true;
	retry_unopened(s);
	run(s);
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct switch_state *s = arg;

	thread_role_assert(&role_control);
	vswitch_run(s->vswitch);
	retry_unopened(s);
	if (clock_ms() >= s->stats_due_ms)
		s->status_due = true;
	run(s);
}

/* On any thread. The counter of an eventfd can't overflow by ones. */
static void wake(void *arg)
{
	static const uint64_t one = 1;

	if (write(state.notify_fd, &one, sizeof(one)) != sizeof(one))
		log_limited(LOG_LEVEL_ERR, "control can't be woken: %s", strerror(errno));
}

static int make_socket_folder(const char *rundir, struct errmsg *err)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/vhost", rundir);
	if (mkdir(path, 0755) && errno != EEXIST)
		return errmsg_set(
			err, errno, "the folder %s can't be made: %s", path, strerror(errno));
	return 0;
}

static int ON_CONTROL start_datapath(struct switch_state *s, struct errmsg *err)
{
	const struct ovsdb_row *root = reconfigure_root(s->db);
	struct datapath_args args = {
		.eal =
			{
				.no_huge = s->control->options->no_huge,
				.rundir = s->control->options->rundir,
				.socket_mem = config(s, "dpdk-socket-mem"),
				.socket_limit = config(s, "dpdk-socket-limit"),
				.hugepage_dir = config(s, "dpdk-hugepage-dir"),
				.extra = config(s, "dpdk-extra"),
			},
		.worker_mask = config(s, "pmd-cpu-mask"),
		.other_mask = config(s, "dpdk-lcore-mask"),
		.wake = wake,
	};

	if (root)
		args.eal.alloc_mem_mb =
			ovsdb_row_map_int(root, "other_config", "dpdk-alloc-mem", 0);
	if (args.worker_mask)
		s->worker_mask = strdup(args.worker_mask);
	return datapath_start(&args, err);
}

static int ON_CONTROL start_events(struct switch_state *s, struct errmsg *err)
{
	static const struct timeval tick = {.tv_usec = TICK_MS * 1000};
	struct event_base *base = s->control->base;

	s->tick = event_new(base, -1, EV_PERSIST, on_tick, s);
	s->poll = event_new(base, -1, 0, on_poll, s);
	s->notified = event_new(base, s->notify_fd, EV_READ | EV_PERSIST, on_notified, s);
	s->links = event_new(base, netlink_fd(), EV_READ | EV_PERSIST, on_links, s);
	if (!s->tick || !s->poll || !s->notified || !s->links)
		return errmsg_set(err, ENOMEM, "no memory for the control loop's events");
	event_add(s->tick, &tick);
	event_add(s->notified, NULL);
	event_add(s->links, NULL);
	return 0;
}

static int start(void *arg, const struct control *control, struct errmsg *err)
{
	struct switch_state *s = arg;
	int error;

	thread_role_assert(&role_control);
	s->control = control;
	s->db = ovsdb_server_db(control->server);
	s->notify_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (s->notify_fd < 0)
		return errmsg_set(err, errno, "eventfd: %s", strerror(errno));
	error = make_socket_folder(control->options->rundir, err);
	if (!error)
		error = start_datapath(s, err);
	if (error)
		return error;
	s->vswitch = vswitch_create(control->options->rundir);
	error = start_events(s, err);
	if (error)
		return error;
	switch_commands_register(control->unixctl, s->vswitch);
	ovsdb_server_on_commit(control->server, on_commit, s);
	write_system(s);
	/* The ports are there when the daemon says that it is ready. */
	s->dirty = true;
	run(s);
	return 0;
}

static void stop(void *arg)
{
	struct switch_state *s = arg;
	struct event *const events[] = {s->tick, s->poll, s->notified, s->links};

	thread_role_assert(&role_control);
	ovsdb_server_on_commit(s->control->server, NULL, NULL);
	s->status_due = false;
	vswitch_destroy(s->vswitch);
	for (size_t i = 0; i < RTE_DIM(events); i++)
		event_free(events[i]);
	datapath_stop();
	close(s->notify_fd);
	free(s->worker_mask);
}

const struct control_hooks switch_hooks = {start, stop, &state};
