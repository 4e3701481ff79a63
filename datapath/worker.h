/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Workers: the threads that poll receive queues and run the pipeline, one for each chosen CPU.
 *
 * A worker loads the snapshot once a round, takes each of its queues' bursts through the stages of
 * the port's bridge, and says that it is quiescent. Its counters are its own; control adds up.
 */
#ifndef DATAPATH_WORKER_H
#define DATAPATH_WORKER_H

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <rte_common.h>
#include <rte_mempool.h>

#include "datapath/drop.h"
#include "datapath/errmsg.h"
#include "datapath/port.h"
#include "datapath/rcu.h"
#include "datapath/thread_role.h"

#define WORKER_MAX RCU_READERS_MAX
#define WORKER_BURST 32 /* frames received and sent at a time */

/* What a worker counts for a port; written by that worker alone. */
struct port_stats {
	uint64_t rx_packets;
	uint64_t rx_bytes;
	uint64_t tx_packets;
	uint64_t tx_bytes;
	uint64_t copies; /* frames that a flood made more of, beyond the one received */
	uint64_t drops[DROP_N_REASONS];
} __rte_cache_aligned;

struct worker_stats {
	uint64_t packets;
	uint64_t bursts;      /* that held at least one frame */
	uint64_t busy_cycles; /* of rounds that found frames */
	uint64_t idle_cycles; /* of the others, sleep included */
};

/* Frames of the current burst that wait for their port's transmit call. */
struct tx_stage {
	uint16_t n;
	bool is_pending; /* listed among the worker's pending ports */
	uint32_t bytes;
	struct rte_mbuf *frames[WORKER_BURST];
};

struct snap_port;

struct worker {
	uint16_t index;
	uint16_t cpu;
	struct rte_mempool *pool; /* of the worker's own node, for copies */
	struct worker_stats stats;
	struct port_stats *port_stats; /* by port index */
	struct tx_stage *tx_stages;    /* by port index */
	uint16_t n_pending;
	uint16_t pending[PORT_MAX];                /* ports with a stage that isn't empty */
	const struct snap_port *targets[PORT_MAX]; /* scratch of a flood */
};

struct snapshot;

/* Starts one worker for each CPU of the set, after stopping those that ran on others, and keeps the
 * daemon's other threads to `rest`. Counters go on. While workers change, frames wait in the
 * receive queues. 0 or -errno with the reason; then some of them may run, or none. */
int worker_start(const cpu_set_t *cpus, const cpu_set_t *rest, struct errmsg *err) ON_CONTROL;

/* The CPUs of those that run. */
void worker_get_cpus(cpu_set_t *cpus) ON_CONTROL;

/* Stops all of them and forgets their counters. */
void worker_stop(void) ON_CONTROL;

uint16_t worker_count(void) ON_CONTROL;
const struct worker *worker_get(uint16_t index) ON_CONTROL;

/* True when the kernel's thread `tid` is a worker. */
bool worker_is_thread(pid_t tid) ON_CONTROL;

/* Longest sleep of a worker that finds nothing, in microseconds; 0: it polls on. */
void worker_set_sleep_max(uint32_t us) ON_CONTROL;

/* Makes `snapshot` the one that workers use; returns the one before, which must be retired. */
struct snapshot *worker_publish(struct snapshot *snapshot) ON_CONTROL;

/* Adds up what workers counted for a port; zeroes it when no worker can see the port any more. */
void worker_port_stats(uint16_t port, struct port_stats *sum) ON_CONTROL;
void worker_port_stats_clear(uint16_t port) ON_CONTROL;

#endif
