/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/worker.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_lcore.h>

#include "datapath/burst.h"
#include "datapath/clock.h"
#include "datapath/cpus.h"
#include "datapath/log.h"
#include "datapath/pktpool.h"

LOG_MODULE("worker");

/* A worker that finds nothing sleeps longer and longer, by so much a round. */
#define SLEEP_STEP_US 1
/* Rounds without a frame before the first sleep. */
#define SLEEP_AFTER_ROUNDS 1000

struct worker_thread {
	struct worker worker;
	pthread_t thread;
	_Atomic pid_t tid; /* 0: not running */
};

/* The first n_running run; the counters of the others, which ran before, still count. */
static struct worker_thread *threads[WORKER_MAX];
static uint16_t n_threads, n_running;
static _Atomic bool stopping;
static _Atomic uint32_t sleep_max_us;
static struct snapshot *_Atomic published;

static uint16_t ON_WORKER run_pipeline(struct burst *b, const struct snap_rxq *rxq)
{
	struct port *port = rxq->port->port;
	uint16_t received;

	b->n = port->ops->rx(port, rxq->queue, b->frames, WORKER_BURST);
	received = b->n;
	if (!received)
		return 0;
	b->in = rxq->port;
	b->bridge = rxq->port->bridge;
	for (uint16_t i = 0; i < b->bridge->n_stages; i++)
		b->bridge->stages[i](b);
	b->worker->stats.packets += received;
	b->worker->stats.bursts++;
	return received;
}

/* One round over the worker's queues; returns how many frames it found. */
static uint32_t ON_WORKER run_round(struct worker *w)
{
	struct burst b;
	uint32_t n = 0;

	b.worker = w;
	b.snapshot = atomic_load_explicit(&published, memory_order_acquire);
	if (unlikely(!b.snapshot || w->index >= b.snapshot->n_workers))
		return 0;
	b.now = clock_seconds();
	for (uint32_t i = 0; i < b.snapshot->polls[w->index].n; i++)
		n += run_pipeline(&b, &b.snapshot->polls[w->index].rxqs[i]);
	return n;
}

static void ON_WORKER sleep_us(struct worker *w, uint32_t us)
{
	struct timespec ts = {.tv_nsec = us * 1000L};

	rcu_offline(w->index);
	nanosleep(&ts, NULL);
	rcu_online(w->index);
}

/* Sleeps when that is wanted and nothing was found for a while. `idle` counts such rounds. */
static void ON_WORKER maybe_sleep(struct worker *w, uint32_t idle)
{
	uint32_t max = atomic_load_explicit(&sleep_max_us, memory_order_relaxed);

	if (max && idle > SLEEP_AFTER_ROUNDS)
		sleep_us(w, RTE_MIN((idle - SLEEP_AFTER_ROUNDS) * SLEEP_STEP_US, max));
}

static void *worker_main(void *arg)
{
	struct worker_thread *t = arg;
	struct worker *w = &t->worker;
	uint64_t before, after;
	uint32_t idle = 0;

	thread_role_begin(&role_worker);
	t->tid = gettid();
	if (rte_thread_register())
		log_warn("worker %u runs without a packet cache: DPDK has no lcore left", w->index);
	rcu_reader_begin(w->index);
	before = rte_rdtsc();
	while (!atomic_load_explicit(&stopping, memory_order_relaxed)) {
		if (run_round(w)) {
			idle = 0;
			after = rte_rdtsc();
			w->stats.busy_cycles += after - before;
		} else {
			idle = RTE_MIN(idle + 1, UINT32_MAX / 2);
			maybe_sleep(w, idle);
			after = rte_rdtsc();
			w->stats.idle_cycles += after - before;
		}
		before = after;
		rcu_quiescent(w->index);
	}
	rcu_reader_end(w->index);
	rte_thread_unregister();
	t->tid = 0;
	return NULL;
}

/* The node of a CPU, or -1; EAL knows only those of its own lcores. */
static int numa_node_of(uint16_t cpu)
{
	char path[64];

	for (int node = 0; node < RTE_MAX_NUMA_NODES; node++) {
		snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%u/node%d", cpu, node);
		if (access(path, F_OK) == 0)
			return node;
	}
	return -1;
}

static void free_worker(struct worker_thread *t)
{
	if (!t)
		return;
	free(t->worker.port_stats);
	free(t->worker.tx_stages);
	free(t);
}

static struct worker_thread *make_worker(uint16_t index)
{
	struct worker_thread *t =
		aligned_alloc(RTE_CACHE_LINE_SIZE, RTE_ALIGN_CEIL(sizeof(*t), RTE_CACHE_LINE_SIZE));
	size_t stats_size = PORT_MAX * sizeof(struct port_stats);

	if (!t)
		return NULL;
	memset(t, 0, sizeof(*t));
	t->worker.index = index;
	t->worker.port_stats = aligned_alloc(RTE_CACHE_LINE_SIZE, stats_size);
	t->worker.tx_stages = calloc(PORT_MAX, sizeof(struct tx_stage));
	if (!t->worker.port_stats || !t->worker.tx_stages) {
		free_worker(t);
		return NULL;
	}
	memset(t->worker.port_stats, 0, stats_size);
	return t;
}

static int start_thread(struct worker_thread *t, uint16_t cpu, struct errmsg *err)
{
	pthread_attr_t attr;
	sigset_t all;
	cpu_set_t cpus;
	char name[16];
	int error;

	t->worker.cpu = cpu;
	t->worker.pool = pktpool_get(numa_node_of(cpu));
	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	pthread_attr_init(&attr);
	pthread_attr_setaffinity_np(&attr, sizeof(cpus), &cpus);
	/* Signals are control's to handle. */
	sigfillset(&all);
	pthread_attr_setsigmask_np(&attr, &all);
	error = pthread_create(&t->thread, &attr, worker_main, t);
	pthread_attr_destroy(&attr);
	if (error)
		return errmsg_set(
			err, error, "worker on CPU %u can't start: %s", cpu, strerror(error));
	/* Its number is needed before the other threads are moved. */
	while (!t->tid)
		sched_yield();
	snprintf(name, sizeof(name), "worker%u", t->worker.index);
	pthread_setname_np(t->thread, name);
	log_info("worker %u polls on CPU %u", t->worker.index, cpu);
	return 0;
}

static void ON_CONTROL join_all(void)
{
	atomic_store(&stopping, true);
	for (uint16_t i = 0; i < n_running; i++)
		pthread_join(threads[i]->thread, NULL);
	n_running = 0;
	atomic_store(&stopping, false);
}

static bool ON_CONTROL run_already(const cpu_set_t *cpus)
{
	for (uint16_t i = 0; i < n_running; i++) {
		if (!CPU_ISSET(threads[i]->worker.cpu, cpus))
			return false;
	}
	return n_running == CPU_COUNT(cpus);
}

void worker_get_cpus(cpu_set_t *cpus)
{
	CPU_ZERO(cpus);
	for (uint16_t i = 0; i < n_running; i++)
		CPU_SET(threads[i]->worker.cpu, cpus);
}

int worker_start(const cpu_set_t *cpus, const cpu_set_t *rest, struct errmsg *err)
{
	int error;

	if (run_already(cpus))
		return 0;
	join_all();
	for (uint16_t cpu = 0; cpu < CPU_SETSIZE && n_running < WORKER_MAX; cpu++) {
		if (!CPU_ISSET(cpu, cpus))
			continue;
		if (n_running == n_threads) {
			threads[n_threads] = make_worker(n_threads);
			if (!threads[n_threads])
				return errmsg_set(
					err, ENOMEM, "no memory for worker %u", n_threads);
			n_threads++;
		}
		error = start_thread(threads[n_running], cpu, err);
		if (error)
			return error;
		n_running++;
	}
	cpus_move_others(rest);
	return 0;
}

void worker_stop(void)
{
	join_all();
	for (uint16_t i = 0; i < n_threads; i++)
		free_worker(threads[i]);
	n_threads = 0;
}

uint16_t worker_count(void)
{
	return n_running;
}

const struct worker *worker_get(uint16_t index)
{
	return &threads[index]->worker;
}

bool worker_is_thread(pid_t tid)
{
	for (uint16_t i = 0; i < n_running; i++) {
		if (threads[i]->tid == tid)
			return true;
	}
	return false;
}

void worker_set_sleep_max(uint32_t us)
{
	atomic_store(&sleep_max_us, us);
}

struct snapshot *worker_publish(struct snapshot *snapshot)
{
	return atomic_exchange(&published, snapshot);
}

void worker_port_stats(uint16_t port, struct port_stats *sum)
{
	memset(sum, 0, sizeof(*sum));
	for (uint16_t i = 0; i < n_threads; i++) {
		const struct port_stats *s = &threads[i]->worker.port_stats[port];

		sum->rx_packets += s->rx_packets;
		sum->rx_bytes += s->rx_bytes;
		sum->tx_packets += s->tx_packets;
		sum->tx_bytes += s->tx_bytes;
		sum->copies += s->copies;
		for (int reason = 0; reason < DROP_N_REASONS; reason++)
			sum->drops[reason] += s->drops[reason];
	}
}

void worker_port_stats_clear(uint16_t port)
{
	for (uint16_t i = 0; i < n_threads; i++)
		memset(&threads[i]->worker.port_stats[port], 0, sizeof(struct port_stats));
}
