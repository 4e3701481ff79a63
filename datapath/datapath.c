/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/datapath.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "datapath/bigmem.h"
#include "datapath/clock.h"
#include "datapath/cpus.h"
#include "datapath/dpdk_log.h"
#include "datapath/log.h"
#include "datapath/netlink.h"
#include "datapath/pktpool.h"
#include "datapath/port_kernel.h"

LOG_MODULE("datapath");

static struct datapath_args started_with;
static struct eal_plan plan;
static cpu_set_t other_cpus;         /* empty: what the workers leave */
static struct port *ports[PORT_MAX]; /* open, whether published or not */
static struct datapath_totals removed;

struct closing {
	struct port *port;
	void (*purge)(void *arg, uint16_t index);
	void *arg;
};

static int ON_CONTROL choose_cpus(
	const char *mask, cpu_set_t *workers, cpu_set_t *rest, struct errmsg *err)
{
	int error = cpus_choose(mask, workers, rest, err);

	if (!error && CPU_COUNT(&other_cpus) > 0)
		*rest = other_cpus;
	return error;
}

int datapath_start(const struct datapath_args *args, struct errmsg *err)
{
	cpu_set_t workers, rest;
	int error;

	started_with = *args;
	clock_tick();
	if (args->other_mask && cpus_parse_mask(args->other_mask, &other_cpus, err))
		return -EINVAL;
	error = dpdk_log_init();
	if (error)
		return errmsg_set(err, -error, "DPDK's log can't be taken over");
	error = choose_cpus(args->worker_mask, &workers, &rest, err);
	if (!error)
		error = eal_start(&args->eal, &rest, &plan, err);
	if (error)
		return error;
	bigmem_use_eal(plan.hugepages);
	error = rcu_init();
	if (error)
		return errmsg_set(err, -error, "no memory for the workers' grace periods");
	error = pktpool_init(plan.n_packets, err);
	if (!error)
		error = netlink_init(err);
	if (error)
		return error;
	port_kernel_init();
	return worker_start(&workers, &rest, err);
}

static void ON_CONTROL tell_ports_of_workers(uint16_t n)
{
	for (int i = 0; i < PORT_MAX; i++) {
		if (ports[i] && ports[i]->ops->set_workers)
			ports[i]->ops->set_workers(ports[i], n);
	}
}

int datapath_set_workers(const char *mask, struct errmsg *err)
{
	cpu_set_t before, workers, rest;
	struct errmsg ignored;
	int error = choose_cpus(mask, &workers, &rest, err);

	if (error)
		return error;
	worker_get_cpus(&before);
	tell_ports_of_workers(RTE_MAX(worker_count(), CPU_COUNT(&workers)));
	error = worker_start(&workers, &rest, err);
	/* A CPU that was there at start may be offline by now; those from before are not. */
	if (error && worker_start(&before, &rest, &ignored))
		log_err("no frame is forwarded until workers can run: %s", ignored.text);
	tell_ports_of_workers(worker_count());
	return error;
}

bool datapath_has_hugepages(void)
{
	return plan.hugepages;
}

static void destroy_snapshot(void *arg)
{
	thread_role_assert(&role_control);
	snapshot_destroy(arg);
}

void datapath_publish(struct snapshot *snapshot)
{
	struct snapshot *old = worker_publish(snapshot);

	if (old)
		rcu_retire(destroy_snapshot, old);
}

static void on_port_notify(struct port *port)
{
	started_with.wake(started_with.wake_arg);
}

static int find_index(void)
{
	for (int i = 0; i < PORT_MAX; i++) {
		if (!ports[i])
			return i;
	}
	return -1;
}

/* A device may let itself be opened twice, as a packet socket does. */
static bool ON_CONTROL is_open(const char *name)
{
	for (int i = 0; i < PORT_MAX; i++) {
		if (ports[i] && !strcmp(ports[i]->name, name))
			return true;
	}
	return false;
}

int datapath_open_port(const struct port_ops *ops, const struct port_args *args,
	struct port **portp, struct errmsg *err)
{
	struct port_args a = *args;
	int index = find_index(), error;

	if (index < 0)
		return errmsg_set(err, ENOSPC, "the switch has %d ports, its limit", PORT_MAX);
	if (is_open(args->name))
		return errmsg_set(err, EEXIST, "a port named %s is open already", args->name);
	a.n_workers = worker_count();
	error = ops->open(&a, portp, err);
	if (error)
		return error;
	(*portp)->index = index;
	(*portp)->notify = on_port_notify;
	/* What was said before is said again now that somebody listens. */
	if (atomic_load(&(*portp)->notified))
		on_port_notify(*portp);
	ports[index] = *portp;
	log_info("port %s opened (%s)", args->name, ops->name);
	return 0;
}

static void add_totals(struct datapath_totals *sum, const struct datapath_totals *t)
{
	sum->stats.rx_packets += t->stats.rx_packets;
	sum->stats.rx_bytes += t->stats.rx_bytes;
	sum->stats.tx_packets += t->stats.tx_packets;
	sum->stats.tx_bytes += t->stats.tx_bytes;
	sum->stats.copies += t->stats.copies;
	for (int i = 0; i < DROP_N_REASONS; i++)
		sum->stats.drops[i] += t->stats.drops[i];
	sum->counters.rx_missed += t->counters.rx_missed;
	sum->counters.rx_errors += t->counters.rx_errors;
	sum->counters.tx_undone += t->counters.tx_undone;
	sum->counters.held += t->counters.held;
	sum->counters.tx_retries += t->counters.tx_retries;
}

void datapath_port_totals(struct port *port, struct datapath_totals *t)
{
	uint64_t late;

	memset(t, 0, sizeof(*t));
	/* What a back end undid is read first, so that it is never more than what was sent. */
	port->ops->get_counters(port, &t->counters);
	worker_port_stats(port->index, &t->stats);
	late = t->counters.tx_undone + t->counters.held;
	t->stats.tx_packets -= RTE_MIN(late, t->stats.tx_packets);
	t->stats.drops[DROP_TX_UNDONE] += t->counters.tx_undone;
}

void datapath_all_totals(struct datapath_totals *sum)
{
	struct datapath_totals t;

	*sum = removed;
	for (int i = 0; i < PORT_MAX; i++) {
		if (!ports[i])
			continue;
		datapath_port_totals(ports[i], &t);
		add_totals(sum, &t);
	}
}

/* Frames that still wait in a closed port's ring will not be sent. */
static void ON_CONTROL count_removed(struct port *port)
{
	struct datapath_totals t;

	datapath_port_totals(port, &t);
	t.stats.drops[DROP_TX_UNDONE] += t.counters.held;
	t.counters.tx_undone += t.counters.held;
	t.counters.held = 0;
	add_totals(&removed, &t);
	worker_port_stats_clear(port->index);
}

static void close_port(void *arg)
{
	struct closing *c = arg;
	struct port *port = c->port;

	thread_role_assert(&role_control);
	if (c->purge)
		c->purge(c->arg, port->index);
	count_removed(port);
	ports[port->index] = NULL;
	log_info("port %s closed", port->name);
	port->ops->close(port);
	free(c);
}

void datapath_close_port(struct port *port, void (*purge)(void *arg, uint16_t index), void *arg)
{
	struct closing *c = malloc(sizeof(*c));

	if (!c)
		abort();
	*c = (struct closing){port, purge, arg};
	rcu_retire(close_port, c);
}

struct port *datapath_take_notified(void)
{
	for (int i = 0; i < PORT_MAX; i++) {
		if (ports[i] && atomic_exchange(&ports[i]->notified, false))
			return ports[i];
	}
	return NULL;
}

bool datapath_poll(void)
{
	return rcu_poll();
}

void datapath_stop(void)
{
	struct snapshot *last = worker_publish(NULL);

	worker_stop();
	snapshot_destroy(last);
	rcu_fini();
	for (int i = 0; i < PORT_MAX; i++) {
		if (ports[i])
			ports[i]->ops->close(ports[i]);
		ports[i] = NULL;
	}
	port_kernel_fini();
	netlink_fini();
	pktpool_fini();
	eal_stop();
	dpdk_log_fini();
}
