/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bridge with fake ports, whose stages a test drives by itself: frames go in at a port, and what
 * leaves is compared byte for byte. Every test runs once with each variant of the stages that the
 * CPU can run. At the end the books must balance and every buffer be back.
 */
#ifndef TESTS_UNIT_DATAPATH_PIPELINE_H
#define TESTS_UNIT_DATAPATH_PIPELINE_H

#include <stdlib.h>
#include <string.h>

#include <rte_mbuf.h>

#include "datapath/burst.h"
#include "datapath/stage.h"
#include "tests/unit/datapath/fake_port.h"
#include "tests/unit/datapath/test_eal.h"

#define PIPELINE_PORTS 8
#define PIPELINE_BUFFERS 4095
#define PIPELINE_FRAME_MAX 20000

struct pipeline {
	const struct stages *stages;
	struct worker *worker;
	struct fdb *fdb;
	struct snapshot *snapshot;
	struct snap_bridge *bridge;
	struct fake_port *ports[PORT_MAX]; /* by index */
	uint32_t n_ports;
	uint32_t now;
};

static struct rte_mempool *pipeline_pool;

/* How a port treats tags, as the switch's four modes have it. */
static inline struct vlan_conf vlan_access(uint16_t vid)
{
	struct vlan_conf c = {.pvid = vid, .untagged_vid = vid, .refuse_tagged = true};

	vlan_set_add(&c.members, vid);
	return c;
}

static inline struct vlan_conf vlan_trunk_all(void)
{
	struct vlan_conf c = {0};

	vlan_set_fill(&c.members);
	c.members.bits[63] &= ~(1ull << 63); /* 4095 is reserved */
	return c;
}

/* A trunk of two VLANs; the same one twice for one. */
static inline struct vlan_conf vlan_trunk(uint16_t a, uint16_t b)
{
	struct vlan_conf c = {0};

	vlan_set_add(&c.members, a);
	vlan_set_add(&c.members, b);
	return c;
}

static inline struct vlan_conf vlan_native(uint16_t vid, uint16_t other, bool tagged)
{
	struct vlan_conf c = vlan_trunk(vid, other);

	c.pvid = vid;
	c.untagged_vid = tagged ? SNAPSHOT_NO_VID : vid;
	return c;
}

static inline int pipeline_group_setup(void **state)
{
	if (test_eal_init(64))
		return -1;
	/* No caches: then the number of free buffers is exact. */
	pipeline_pool = rte_pktmbuf_pool_create("pipeline", PIPELINE_BUFFERS, 0, 0, 2048 + 128, 0);
	return pipeline_pool ? 0 : -1;
}

static inline struct worker *pipeline_make_worker(void)
{
	size_t size = RTE_ALIGN_CEIL(sizeof(struct worker), RTE_CACHE_LINE_SIZE);
	struct worker *w = aligned_alloc(RTE_CACHE_LINE_SIZE, size);

	memset(w, 0, size);
	size = PORT_MAX * sizeof(struct port_stats);
	w->port_stats = aligned_alloc(RTE_CACHE_LINE_SIZE, size);
	memset(w->port_stats, 0, size);
	w->tx_stages = calloc(PORT_MAX, sizeof(struct tx_stage));
	w->pool = pipeline_pool;
	return w;
}

static inline void pipeline_begin(
	struct pipeline *p, const struct stages *stages, bool forward_bpdu)
{
	struct snapshot_bridge_args args;

	*p = (struct pipeline){.stages = stages, .now = 100};
	p->worker = pipeline_make_worker();
	p->fdb = fdb_create(FDB_SIZE_MIN * 100);
	p->snapshot = snapshot_create();
	args = (struct snapshot_bridge_args){p->fdb, forward_bpdu};
	p->bridge = snapshot_add_bridge(p->snapshot, &args);
}

static inline struct fake_port *pipeline_add_port_mtu(
	struct pipeline *p, struct vlan_conf vlan, uint16_t mtu)
{
	struct fake_port *port = fake_port_create(p->n_ports);

	snapshot_add_port(p->snapshot, p->bridge, &port->port, &vlan, mtu);
	p->ports[p->n_ports++] = port;
	return port;
}

static inline struct fake_port *pipeline_add_port(struct pipeline *p, struct vlan_conf vlan)
{
	return pipeline_add_port_mtu(p, vlan, PORT_MTU_DEFAULT);
}

/* No more ports. */
static inline void pipeline_ready(struct pipeline *p)
{
	snapshot_finish(p->snapshot, 1);
}

/* Takes a burst, as if received at port `in`, through the stages. */
static inline void pipeline_run(
	struct pipeline *p, uint16_t in, struct rte_mbuf **frames, uint16_t n)
{
	struct burst b;

	/* What a stage does not write it must not read. */
	memset(&b, 0xa5, sizeof(b));
	b.worker = p->worker;
	b.snapshot = p->snapshot;
	b.in = p->snapshot->ports[in];
	b.bridge = b.in->bridge;
	b.now = p->now;
	b.n = n;
	memcpy(b.frames, frames, n * sizeof(frames[0]));
	p->stages->ingress(&b);
	p->stages->learn(&b);
	p->stages->forward(&b);
	p->stages->egress(&b);
}

static inline uint32_t pipeline_fill(
	struct rte_mbuf *m, const char *bytes, uint32_t n, uint32_t max)
{
	n = RTE_MIN(n, (uint32_t)rte_pktmbuf_tailroom(m));
	if (max)
		n = RTE_MIN(n, max);
	memcpy(rte_pktmbuf_append(m, n), bytes, n);
	return n;
}

/* A frame of `bytes` in a chain whose first buffer holds `first` of them and the others `further`
 * (0: as many as fit). */
static inline struct rte_mbuf *pipeline_chain(
	const void *bytes, uint32_t length, uint32_t first, uint32_t further)
{
	struct rte_mbuf *head = rte_pktmbuf_alloc(pipeline_pool), *m;
	uint32_t done;

	if (!head)
		abort();
	done = pipeline_fill(head, bytes, length, first);
	while (done < length) {
		m = rte_pktmbuf_alloc(pipeline_pool);
		if (!m)
			abort();
		done += pipeline_fill(m, (const char *)bytes + done, length - done, further);
		if (rte_pktmbuf_chain(head, m))
			abort();
	}
	return head;
}

static inline void pipeline_send(
	struct pipeline *p, uint16_t in, const void *bytes, uint32_t length)
{
	struct rte_mbuf *frame = pipeline_chain(bytes, length, 0, 0);

	pipeline_run(p, in, &frame, 1);
}

static inline uint64_t pipeline_drops(const struct pipeline *p, uint16_t port, enum drop_reason r)
{
	return p->worker->port_stats[port].drops[r];
}

/* Takes all frames away that left by a port; returns how many. */
static inline uint32_t pipeline_discard(struct fake_port *port)
{
	struct rte_mbuf *frame;
	uint32_t n = 0;

	for (; (frame = fake_port_take(port)); n++)
		rte_pktmbuf_free(frame);
	return n;
}

/* rx + copies = tx + drops, over all ports. */
static inline bool pipeline_balances(const struct pipeline *p)
{
	uint64_t in = 0, out = 0;

	for (uint32_t i = 0; i < p->n_ports; i++) {
		const struct port_stats *s = &p->worker->port_stats[i];

		in += s->rx_packets + s->copies;
		out += s->tx_packets;
		for (int r = 0; r < DROP_N_REASONS; r++)
			out += s->drops[r];
	}
	return in == out && p->worker->n_pending == 0;
}

/* Frees everything; returns how many buffers are still missing. */
static inline uint32_t pipeline_end(struct pipeline *p)
{
	for (uint32_t i = 0; i < p->n_ports; i++)
		fake_port_destroy(p->ports[i]);
	snapshot_destroy(p->snapshot);
	fdb_destroy(p->fdb);
	free(p->worker->port_stats);
	free(p->worker->tx_stages);
	free(p->worker);
	return PIPELINE_BUFFERS - rte_mempool_avail_count(pipeline_pool);
}

#endif
