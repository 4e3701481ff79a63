/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The datapath as the layer above sees it: start and stop, ports with their counters, and the one
 * call by which a new configuration takes effect. Control thread, except where noted.
 */
#ifndef DATAPATH_DATAPATH_H
#define DATAPATH_DATAPATH_H

#include <stdint.h>

#include "datapath/eal.h"
#include "datapath/port.h"
#include "datapath/snapshot.h"
#include "datapath/worker.h"

struct datapath_args {
	struct eal_args eal;
	const char *worker_mask; /* pmd-cpu-mask, as cpus_choose() takes it */
	const char *other_mask;  /* dpdk-lcore-mask: all other threads; NULL: what is left */
	/* Called on any thread when something about a port changed by itself; it must only wake
	 * control, which then calls datapath_take_notified(). */
	void (*wake)(void *arg);
	void *wake_arg;
};

/* Starts DPDK, the workers and netlink: control's loop watches netlink_fd() and then calls
 * netlink_handle(). 0 or -errno with the reason; then the process must end. */
int datapath_start(const struct datapath_args *args, struct errmsg *err) ON_CONTROL;

/* Moves the workers to the CPUs of another mask. The configuration must be published anew after,
 * since it says which worker polls what. 0, or -errno with the reason when those that ran go on. */
int datapath_set_workers(const char *mask, struct errmsg *err) ON_CONTROL;

/* Stops the workers and closes all ports. What the last snapshot named outlives this. */
void datapath_stop(void) ON_CONTROL;

/* True when packet memory is on hugepages. */
bool datapath_has_hugepages(void) ON_CONTROL;

/* Opens a port with `ops`. 0 or -errno with the reason: -EEXIST when its name is taken. No worker
 * polls it before a snapshot names it. */
int datapath_open_port(const struct port_ops *ops, const struct port_args *args, struct port **port,
	struct errmsg *err) ON_CONTROL;

/* Closes a port that no published snapshot names, a grace period from now. `purge(arg, index)`,
 * which may be NULL, runs just before, when no worker can see the port any more and its index is
 * not used again yet. Its counts stay in the total. */
void datapath_close_port(
	struct port *port, void (*purge)(void *arg, uint16_t index), void *arg) ON_CONTROL;

/* The ports that said that something changed since the last call; each once. NULL: no more. */
struct port *datapath_take_notified(void) ON_CONTROL;

/* Makes a finished snapshot the configuration; the one before is freed a grace period later. */
void datapath_publish(struct snapshot *snapshot) ON_CONTROL;

/* Everything that was counted for a port, or for all ports there ever were. */
struct datapath_totals {
	struct port_stats stats; /* by the workers, what a back end undid taken off */
	struct port_counters counters;
};

void datapath_port_totals(struct port *port, struct datapath_totals *totals) ON_CONTROL;
void datapath_all_totals(struct datapath_totals *totals) ON_CONTROL;

/* Frees what has passed its grace period; call it every few milliseconds while it returns true. */
bool datapath_poll(void) ON_CONTROL;

#endif
