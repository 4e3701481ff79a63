/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <rte_mbuf.h>

#include "datapath/clock.h"
#include "datapath/datapath.h"
#include "datapath/fdb.h"
#include "datapath/pktpool.h"

#define N_PORTS 8
#define CHANGES 400
#define FRAMES_A_CHANGE 500
#define DEADLINE_MS 60000

/* A port that makes frames when it is polled and takes what it is sent: now all, now not. */
struct generator {
	struct port port;
	_Atomic uint64_t made;
	_Atomic uint64_t taken;
	_Atomic uint32_t users; /* calls of rx and tx that run now */
	_Atomic bool closed;
	_Atomic uint64_t random;
};

static _Atomic uint64_t all_made, all_taken;
static _Atomic uint64_t n_made; /* so far, open ports included */
static _Atomic uint32_t n_open;
static _Atomic bool quiet; /* nothing more is made */

static const struct port_ops generator_ops;

static uint32_t draw(struct generator *g, uint32_t n)
{
	uint64_t r =
		atomic_fetch_add_explicit(&g->random, 0x9e3779b97f4a7c15ull, memory_order_relaxed);

	r ^= r >> 31;
	r *= 0xbf58476d1ce4e5b9ull;
	return (uint32_t)(r >> 33) % n;
}

static int generator_open(const struct port_args *args, struct port **port, struct errmsg *err)
{
	struct generator *g = calloc(1, sizeof(*g));

	if (!g)
		abort();
	g->port.ops = &generator_ops;
	snprintf(g->port.name, sizeof(g->port.name), "%s", args->name);
	g->port.n_rxq = 2;
	g->port.link_up = true;
	g->random = (uintptr_t)g;
	n_open++;
	*port = &g->port;
	return 0;
}

/* A worker that is still in here, or comes again, would be a broken grace period. */
static void generator_close(struct port *port)
{
	struct generator *g = (struct generator *)port;

	g->closed = true;
	if (g->users)
		abort();
	all_made += g->made;
	all_taken += g->taken;
	n_open--;
	free(g);
}

static void generator_get_counters(struct port *port, struct port_counters *counters)
{
	memset(counters, 0, sizeof(*counters));
}

static void fill(struct generator *g, struct rte_mbuf *frame)
{
	uint8_t *bytes = (uint8_t *)rte_pktmbuf_append(frame, 64 + draw(g, 1000));

	memset(bytes, 0, 64);
	bytes[0] = draw(g, 4) ? 0x02 : 0xff;
	bytes[5] = (uint8_t)draw(g, 64);
	bytes[6] = 0x02;
	bytes[11] = (uint8_t)draw(g, 64);
	if (draw(g, 2)) {
		bytes[12] = 0x81;
		bytes[15] = (uint8_t)draw(g, 4);
	}
}

static uint16_t generator_rx(
	struct port *port, uint16_t queue, struct rte_mbuf **frames, uint16_t n)
{
	struct generator *g = (struct generator *)port;
	uint16_t want = (uint16_t)draw(g, n + 1u);

	g->users++;
	if (g->closed)
		abort();
	if (quiet || rte_pktmbuf_alloc_bulk(pktpool_get(0), frames, want))
		want = 0;
	for (uint16_t i = 0; i < want; i++)
		fill(g, frames[i]);
	g->made += want;
	n_made += want;
	g->users--;
	return want;
}

static uint16_t generator_tx(
	struct port *port, uint16_t worker, struct rte_mbuf **frames, uint16_t n)
{
	struct generator *g = (struct generator *)port;
	uint16_t accepted = draw(g, 8) ? n : (uint16_t)draw(g, n + 1u);

	g->users++;
	if (g->closed)
		abort();
	rte_pktmbuf_free_bulk(frames, accepted);
	g->taken += accepted;
	g->users--;
	return accepted;
}

static const struct port_ops generator_ops = {
	.name = "generator",
	.open = generator_open,
	.close = generator_close,
	.get_counters = generator_get_counters,
	.rx = generator_rx,
	.tx = generator_tx,
};

static struct fdb *fdb;
static struct port *ports[N_PORTS];

static void publish(void)
{
	struct snapshot *s = snapshot_create();
	const struct snapshot_bridge_args args = {.fdb = fdb};
	struct snap_bridge *bridge = snapshot_add_bridge(s, &args);

	for (int i = 0; i < N_PORTS; i++) {
		struct vlan_conf vlan = {.pvid = (uint16_t)(i % 3),
			.untagged_vid = (uint16_t)(i % 3),
			.refuse_tagged = i % 2};

		vlan_set_add(&vlan.members, vlan.pvid);
		if (!vlan.refuse_tagged)
			vlan_set_fill(&vlan.members);
		if (ports[i])
			snapshot_add_port(s, bridge, ports[i], &vlan, 1500);
	}
	snapshot_finish(s, worker_count());
	datapath_publish(s);
}

static void open_one(int i)
{
	static int n; /* the one before may still be closing */
	struct port_args args = {0};
	struct errmsg err;
	char name[16];

	snprintf(name, sizeof(name), "g%d", n++);
	args.name = name;
	assert_int_equal(datapath_open_port(&generator_ops, &args, &ports[i], &err), 0);
	publish();
}

static void purge(void *arg, uint16_t index)
{
	fdb_flush(fdb, index, UINT32_MAX);
}

static void close_one(int i)
{
	struct port *port = ports[i];

	if (!port)
		return;
	ports[i] = NULL;
	publish();
	datapath_close_port(port, purge, NULL);
}

/* Until every retired thing is gone. */
static void settle(void)
{
	uint64_t end = clock_ms() + DEADLINE_MS;

	while (datapath_poll()) {
		assert_true(clock_ms() < end);
		usleep(100);
	}
}

/* Until workers have carried some frames since the last change. */
static void wait_for_traffic(void)
{
	uint64_t end = clock_ms() + DEADLINE_MS, goal = n_made + FRAMES_A_CHANGE;

	while (n_made < goal) {
		assert_true(clock_ms() < end);
		datapath_poll();
		usleep(20);
	}
}

static int start(void **state)
{
	struct datapath_args args = {
		.eal = {.no_huge = true, .rundir = "/tmp"}, .worker_mask = "0x3"};
	struct errmsg err;

	thread_role_begin(&role_control);
	if (sysconf(_SC_NPROCESSORS_ONLN) < 2) {
		printf("SKIP: one CPU only\n");
		exit(77);
	}
	if (datapath_start(&args, &err)) {
		fprintf(stderr, "%s\n", err.text);
		return -1;
	}
	worker_set_sleep_max(50);
	fdb = fdb_create(100);
	return 0;
}

static int stop(void **state)
{
	datapath_stop();
	fdb_destroy(fdb);
	return 0;
}

static uint64_t sum_of_drops(const struct port_stats *stats)
{
	uint64_t sum = 0;

	for (int r = 0; r < DROP_N_REASONS; r++)
		sum += stats->drops[r];
	return sum;
}

/* Ports come and go, snapshots follow one another, tables are flushed, aged and read, and workers
 * change, while two workers learn and forward. */
static void changes_under_traffic_lose_nothing(void **state)
{
	struct datapath_totals totals;
	uint32_t age_next = 0, used, size;
	struct errmsg err;

	for (int i = 0; i < CHANGES; i++) {
		int n = i % N_PORTS;

		if (!ports[n])
			open_one(n);
		else if (i % 3)
			close_one(n);
		clock_warp(1000);
		age_next = fdb_age(fdb, clock_seconds(), 5, age_next, 8);
		if (i % 16 == 0)
			fdb_flush(fdb, UINT32_MAX, (uint32_t)i % 4);
		if (i % 100 == 50) {
			assert_int_equal(
				datapath_set_workers(i % 200 == 50 ? "0x1" : "0x3", &err), 0);
			publish();
		}
		datapath_all_totals(&totals);
		wait_for_traffic();
	}
	quiet = true;
	for (int i = 0; i < N_PORTS; i++)
		close_one(i);
	settle();
	assert_int_equal(n_open, 0);
	datapath_all_totals(&totals);
	assert_true(totals.stats.rx_packets >= CHANGES * FRAMES_A_CHANGE);
	assert_int_equal(totals.stats.rx_packets, all_made);
	assert_int_equal(totals.stats.tx_packets, all_taken);
	assert_int_equal(totals.stats.rx_packets + totals.stats.copies,
		totals.stats.tx_packets + sum_of_drops(&totals.stats));
	pktpool_usage(&used, &size);
	assert_int_equal(used, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_under_traffic_lose_nothing),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
