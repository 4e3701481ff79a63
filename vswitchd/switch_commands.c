/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/switch_commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <rte_cycles.h>

#include "datapath/clock.h"
#include "datapath/pktpool.h"
#include "ofproto/vswitch.h"
#include "vswitchd/unixctl.h"
#include "vswitchd/view.h"

/* Makes the rows of a view. `name` is the argument, or NULL. 0 or -errno with the reason. */
typedef int make_rows_fn(struct vswitch *v, const char *name, json_t *rows, struct errmsg *err);

static int show(make_rows_fn *make_rows, void *arg, int argc, const char *const *argv, FILE *out,
	struct errmsg *err)
{
	const char *args[UNIXCTL_MAX_ARGS + 1];
	json_t *rows = json_array();
	bool json;
	int error;

	memcpy(args, argv, argc * sizeof(*argv));
	json = view_take_json_option(&argc, args);
	error = make_rows(arg, argc > 1 ? args[1] : NULL, rows, err);
	if (!error && json)
		view_write_json(rows, out);
	else if (!error)
		view_write_table(rows, out);
	json_decref(rows);
	return error;
}

static int ON_CONTROL find_bridge(
	const struct vswitch *v, const char *name, const struct bridge **bridge, struct errmsg *err)
{
	*bridge = bridge_find(v, name);
	return *bridge ? 0 : errmsg_set(err, ENOENT, "no bridge named %s", name);
}

/* Calls `visit` for each open interface, or for the one called `name`. */
static int ON_CONTROL for_each_open(const struct vswitch *v, const char *name,
	void (*visit)(const struct iface *iface, json_t *rows), json_t *rows, struct errmsg *err)
{
	const struct bridge *br;
	const struct bridge_port *p;
	const struct iface *iface;
	bool found = false;

	LIST_FOREACH (br, &v->bridges, next) {
		LIST_FOREACH (p, &br->ports, next) {
			LIST_FOREACH (iface, &p->ifaces, next) {
				if (!iface->port || (name && strcmp(iface->name, name) != 0))
					continue;
				visit(iface, rows);
				found = true;
			}
		}
	}
	if (name && !found)
		return errmsg_set(err, ENOENT, "no open port named %s", name);
	return 0;
}

struct fdb_walk {
	const struct bridge *bridge;
	const char *names[PORT_MAX]; /* by port index */
	int ofports[PORT_MAX];
	json_t *rows; /* or */
	FILE *out;
};

static void start_walk(struct fdb_walk *walk, const struct bridge *br)
{
	const struct bridge_port *p;
	const struct iface *iface;

	memset(walk, 0, sizeof(*walk));
	walk->bridge = br;
	LIST_FOREACH (p, &br->ports, next) {
		LIST_FOREACH (iface, &p->ifaces, next) {
			if (!iface->port)
				continue;
			walk->names[iface->port->index] = iface->name;
			walk->ofports[iface->port->index] = iface->ofport;
		}
	}
}

static void add_entry(const struct fdb_entry *e, void *arg)
{
	struct fdb_walk *walk = arg;
	char mac[18];

	if (e->port >= PORT_MAX || !walk->names[e->port])
		return;
	snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x", e->mac[0], e->mac[1], e->mac[2],
		e->mac[3], e->mac[4], e->mac[5]);
	json_array_append_new(walk->rows,
		json_pack("{ss si ss ss si}", "bridge", walk->bridge->name, "vlan", (int)e->vid,
			"mac", mac, "port", walk->names[e->port], "age", (int)e->age));
}

static int fdb_rows(struct vswitch *v, const char *name, json_t *rows, struct errmsg *err)
{
	struct fdb_walk walk;
	const struct bridge *br;

	thread_role_assert(&role_control);
	if (name && find_bridge(v, name, &br, err))
		return -ENOENT;
	LIST_FOREACH (br, &v->bridges, next) {
		if (name && strcmp(br->name, name) != 0)
			continue;
		start_walk(&walk, br);
		walk.rows = rows;
		fdb_for_each(br->fdb, clock_seconds(), add_entry, &walk);
	}
	return 0;
}

static int run_fdb_list(void *arg, int argc, const char *const *argv, FILE *out, struct errmsg *err)
{
	return show(fdb_rows, arg, argc, argv, out, err);
}

static void print_entry(const struct fdb_entry *e, void *arg)
{
	struct fdb_walk *walk = arg;
	char port[16];

	if (e->port >= PORT_MAX || !walk->names[e->port])
		return;
	if (walk->ofports[e->port] == BRIDGE_OFPORT_LOCAL)
		snprintf(port, sizeof(port), "LOCAL");
	else
		snprintf(port, sizeof(port), "%d", walk->ofports[e->port]);
	fprintf(walk->out, "%5s  %4d  %02x:%02x:%02x:%02x:%02x:%02x  %3u\n", port, e->vid,
		e->mac[0], e->mac[1], e->mac[2], e->mac[3], e->mac[4], e->mac[5], e->age);
}

static int run_fdb_show(void *arg, int argc, const char *const *argv, FILE *out, struct errmsg *err)
{
	struct fdb_walk walk;
	const struct bridge *br;

	thread_role_assert(&role_control);
	if (find_bridge(arg, argv[1], &br, err))
		return -ENOENT;
	start_walk(&walk, br);
	walk.out = out;
	fprintf(out, " port  VLAN  MAC                Age\n");
	fdb_for_each(br->fdb, clock_seconds(), print_entry, &walk);
	return 0;
}

static int run_fdb_flush(
	void *arg, int argc, const char *const *argv, FILE *out, struct errmsg *err)
{
	struct vswitch *v = arg;
	const struct bridge *br;

	thread_role_assert(&role_control);
	if (argc > 1 && find_bridge(v, argv[1], &br, err))
		return -ENOENT;
	LIST_FOREACH (br, &v->bridges, next) {
		if (argc == 1 || !strcmp(br->name, argv[1]))
			fdb_flush(br->fdb, UINT32_MAX, UINT32_MAX);
	}
	fprintf(out, "table successfully flushed\n");
	return 0;
}

static int run_fdb_stats(
	void *arg, int argc, const char *const *argv, FILE *out, struct errmsg *err)
{
	const struct bridge *br;

	thread_role_assert(&role_control);
	if (find_bridge(arg, argv[1], &br, err))
		return -ENOENT;
	fprintf(out, "Statistics for bridge \"%s\":\n", br->name);
	fprintf(out, "  Current/maximum MAC entries in the table: %u/%u\n", br->fdb->n_entries,
		br->fdb->max_entries);
	fprintf(out, "  Total number of learned MAC entries     : %" PRIu64 "\n", br->fdb->learned);
	fprintf(out, "  Total number of expired MAC entries     : %" PRIu64 "\n", br->fdb->expired);
	fprintf(out, "  Total number of evicted MAC entries     : %" PRIu64 "\n", br->fdb->evicted);
	fprintf(out, "  Total number of port moved MAC entries  : %" PRIu64 "\n", br->fdb->moved);
	fprintf(out, "  Total number of refused MAC entries     : %" PRIu64 "\n", br->fdb->refused);
	return 0;
}

static uint64_t sum_drops(const struct port_stats *stats)
{
	uint64_t sum = 0;

	for (int i = 0; i < DROP_N_REASONS; i++)
		sum += stats->drops[i];
	return sum;
}

static json_t *stats_row(const char *port, const struct datapath_totals *t)
{
	return json_pack("{ss sI sI sI sI sI sI sI sI sI}", "port", port, "rx_packets",
		(json_int_t)t->stats.rx_packets, "rx_bytes", (json_int_t)t->stats.rx_bytes,
		"tx_packets", (json_int_t)t->stats.tx_packets, "tx_bytes",
		(json_int_t)t->stats.tx_bytes, "copies", (json_int_t)t->stats.copies, "drops",
		(json_int_t)sum_drops(&t->stats), "held", (json_int_t)t->counters.held, "rx_missed",
		(json_int_t)t->counters.rx_missed, "rx_errors", (json_int_t)t->counters.rx_errors);
}

static void add_stats(const struct iface *iface, json_t *rows)
{
	struct datapath_totals t;

	thread_role_assert(&role_control);
	datapath_port_totals(iface->port, &t);
	json_array_append_new(rows, stats_row(iface->name, &t));
}

static int stats_rows(struct vswitch *v, const char *name, json_t *rows, struct errmsg *err)
{
	struct datapath_totals t;
	int error;

	thread_role_assert(&role_control);
	error = for_each_open(v, name, add_stats, rows, err);
	if (!error && !name) {
		datapath_all_totals(&t);
		json_array_append_new(rows, stats_row("(all, removed ports included)", &t));
	}
	return error;
}

static int run_port_stats(
	void *arg, int argc, const char *const *argv, FILE *out, struct errmsg *err)
{
	return show(stats_rows, arg, argc, argv, out, err);
}

static void append_drops(const char *port, const struct datapath_totals *t, json_t *rows)
{
	for (int i = 0; i < DROP_N_REASONS; i++) {
		if (t->stats.drops[i])
			json_array_append_new(rows, json_pack("{ss ss sI ss}", "port", port,
							    "reason", drop_infos[i].name, "packets",
							    (json_int_t)t->stats.drops[i],
							    "meaning", drop_infos[i].meaning));
	}
}

static void add_drops(const struct iface *iface, json_t *rows)
{
	struct datapath_totals t;

	thread_role_assert(&role_control);
	datapath_port_totals(iface->port, &t);
	append_drops(iface->name, &t, rows);
}

static int drop_rows(struct vswitch *v, const char *name, json_t *rows, struct errmsg *err)
{
	thread_role_assert(&role_control);
	return for_each_open(v, name, add_drops, rows, err);
}

static int run_port_drops(
	void *arg, int argc, const char *const *argv, FILE *out, struct errmsg *err)
{
	return show(drop_rows, arg, argc, argv, out, err);
}

static int worker_rows(struct vswitch *v, const char *name, json_t *rows, struct errmsg *err)
{
	thread_role_assert(&role_control);
	for (uint16_t i = 0; i < worker_count(); i++) {
		const struct worker *w = worker_get(i);
		const struct worker_stats s = w->stats;
		uint64_t all = s.busy_cycles + s.idle_cycles;

		json_array_append_new(rows,
			json_pack("{si si sf sf sI sI sI sI sI}", "worker", (int)w->index, "core",
				(int)w->cpu, "cycles_per_packet",
				s.packets ? (double)s.busy_cycles / (double)s.packets : 0.0,
				"busy_percent",
				all ? 100.0 * (double)s.busy_cycles / (double)all : 0.0, "packets",
				(json_int_t)s.packets, "bursts", (json_int_t)s.bursts,
				"busy_cycles", (json_int_t)s.busy_cycles, "idle_cycles",
				(json_int_t)s.idle_cycles, "tsc_hz", (json_int_t)rte_get_tsc_hz()));
	}
	return 0;
}

static int run_worker_list(
	void *arg, int argc, const char *const *argv, FILE *out, struct errmsg *err)
{
	return show(worker_rows, arg, argc, argv, out, err);
}

static int run_memory_show(
	void *arg, int argc, const char *const *argv, FILE *out, struct errmsg *err)
{
	uint32_t used, size;

	thread_role_assert(&role_control);
	pktpool_usage(&used, &size);
	fprintf(out, "packet buffers: %u in use of %u\n", used, size);
	return 0;
}

static int run_time_warp(
	void *arg, int argc, const char *const *argv, FILE *out, struct errmsg *err)
{
	char *end;
	unsigned long ms = strtoul(argv[1], &end, 10);

	thread_role_assert(&role_control);
	if (end == argv[1] || *end)
		return errmsg_set(err, EINVAL, "'%s' is no number of milliseconds", argv[1]);
	clock_warp(ms);
	fprintf(out, "warped\n");
	return 0;
}

void switch_commands_register(struct unixctl *unixctl, struct vswitch *vswitch)
{
	static const struct unixctl_command commands[] = {
		{"fdb/list", "[BRIDGE] [--json]", "the addresses learned, of all bridges or one", 0,
			2, run_fdb_list, NULL},
		{"fdb/show", "BRIDGE", "the same the way ovs-appctl shows it", 1, 1, run_fdb_show,
			NULL},
		{"fdb/flush", "[BRIDGE]", "forgets all addresses", 0, 1, run_fdb_flush, NULL},
		{"fdb/stats-show", "BRIDGE", "how full the table is, and what became of entries", 1,
			1, run_fdb_stats, NULL},
		{"port/stats", "[PORT] [--json]", "packets and bytes of each port and of all", 0, 2,
			run_port_stats, NULL},
		{"port/drops", "[PORT] [--json]", "why packets went nowhere, by port and reason", 0,
			2, run_port_drops, NULL},
		{"worker/list", "[--json]", "cycles per packet and load of each worker", 0, 1,
			run_worker_list, NULL},
		{"memory/show", "", "packet buffers in use", 0, 0, run_memory_show, NULL},
		{"time/warp", "MSECS", "moves the daemon's clock forward, for tests", 1, 1,
			run_time_warp, NULL},
	};

	unixctl_register(unixctl, commands, RTE_DIM(commands), vswitch);
}
