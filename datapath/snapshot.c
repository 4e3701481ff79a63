/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include <rte_common.h>

#define ETHER_LEN 14

/* Running on with half a configuration is no choice. */
static void *must_alloc(size_t size)
{
	size_t rounded = RTE_ALIGN_CEIL(size, RTE_CACHE_LINE_SIZE);
	void *mem = aligned_alloc(RTE_CACHE_LINE_SIZE, rounded);

	if (!mem)
		abort();
	return memset(mem, 0, rounded);
}

/* Room for one element more. */
static void *must_grow(void *list, size_t n, size_t size)
{
	void *mem = reallocarray(list, n + 1, size);

	if (!mem)
		abort();
	return mem;
}

struct snapshot *snapshot_create(void)
{
	return must_alloc(sizeof(struct snapshot));
}

static void free_flood_sets(struct snap_bridge *bridge)
{
	const struct flood_set *last = NULL;

	/* Neighbouring VLANs share a set when it is the same. */
	for (int vid = 0; vid < VLAN_N; vid++) {
		if (bridge->flood[vid] != last)
			free((void *)(uintptr_t)last);
		last = bridge->flood[vid];
	}
	free((void *)(uintptr_t)last);
}

void snapshot_destroy(struct snapshot *s)
{
	if (!s)
		return;
	for (uint32_t i = 0; i < s->n_bridges; i++) {
		free_flood_sets(s->bridges[i]);
		free(s->bridges[i]->ports);
		free(s->bridges[i]);
	}
	for (uint32_t i = 0; i < PORT_MAX; i++)
		free(s->ports[i]);
	for (uint32_t i = 0; i < s->n_workers; i++)
		free(s->polls[i].rxqs);
	free(s->polls);
	free(s->bridges);
	free(s);
}

/* The stages that a bridge's configuration needs, in the order of the pipeline. */
static void list_stages(struct snap_bridge *bridge)
{
	const struct stages *stages = stages_get();

	bridge->stages[bridge->n_stages++] = stages->ingress;
	bridge->stages[bridge->n_stages++] = stages->learn;
	bridge->stages[bridge->n_stages++] = stages->forward;
	bridge->stages[bridge->n_stages++] = stages->egress;
}

struct snap_bridge *snapshot_add_bridge(struct snapshot *s, const struct snapshot_bridge_args *args)
{
	struct snap_bridge *bridge = must_alloc(sizeof(*bridge));

	bridge->fdb = args->fdb;
	bridge->forward_bpdu = args->forward_bpdu;
	list_stages(bridge);
	s->bridges = must_grow(s->bridges, s->n_bridges, sizeof(*s->bridges));
	s->bridges[s->n_bridges++] = bridge;
	return bridge;
}

void snapshot_add_port(struct snapshot *s, struct snap_bridge *bridge, struct port *port,
	const struct vlan_conf *vlan, uint16_t mtu)
{
	struct snap_port *p = must_alloc(sizeof(*p));

	p->port = port;
	p->bridge = bridge;
	p->index = port->index;
	p->max_frame = RTE_MIN(mtu + ETHER_LEN, UINT16_MAX);
	p->vlan = *vlan;
	p->admits_untagged = vlan_set_has(&vlan->members, vlan->pvid);
	s->ports[p->index] = p;
	bridge->ports = must_grow(bridge->ports, bridge->n_ports, sizeof(*bridge->ports));
	bridge->ports[bridge->n_ports++] = p;
}

/* Marks the VLANs whose members may differ from those of the VLAN before. */
static void find_changes(const struct snap_bridge *bridge, struct vlan_set *changes)
{
	vlan_set_clear(changes);
	vlan_set_add(changes, 0);
	for (uint32_t i = 0; i < bridge->n_ports; i++) {
		const uint64_t *bits = bridge->ports[i]->vlan.members.bits;
		uint64_t carry = bits[0] & 1;

		for (int w = 0; w < VLAN_N / 64; w++) {
			changes->bits[w] |= bits[w] ^ (bits[w] << 1 | carry);
			carry = bits[w] >> 63;
		}
	}
}

static const struct flood_set *make_flood_set(const struct snap_bridge *bridge, uint16_t vid)
{
	struct flood_set *set = must_alloc(sizeof(*set) + bridge->n_ports * sizeof(set->ports[0]));

	for (uint32_t i = 0; i < bridge->n_ports; i++) {
		if (vlan_set_has(&bridge->ports[i]->vlan.members, vid))
			set->ports[set->n++] = bridge->ports[i];
	}
	if (set->n)
		return set;
	free(set);
	return NULL;
}

static void make_flood_sets(struct snap_bridge *bridge)
{
	struct vlan_set changes;

	find_changes(bridge, &changes);
	for (uint16_t vid = 0; vid < VLAN_N; vid++)
		bridge->flood[vid] = vlan_set_has(&changes, vid) ? make_flood_set(bridge, vid)
								 : bridge->flood[vid - 1];
}

static void add_poll(struct snap_polls *polls, const struct snap_port *port, uint16_t queue)
{
	polls->rxqs = must_grow(polls->rxqs, polls->n, sizeof(*polls->rxqs));
	polls->rxqs[polls->n++] = (struct snap_rxq){port, queue};
}

/* Deals the receive queues out in turn. */
static void deal_queues(struct snapshot *s)
{
	uint32_t next = 0;

	/* No worker could be started: nobody polls. */
	for (uint32_t i = 0; i < PORT_MAX && s->n_workers; i++) {
		const struct snap_port *p = s->ports[i];
		uint16_t n = p ? atomic_load(&p->port->n_rxq) : 0;

		for (uint16_t queue = 0; queue < n; queue++)
			add_poll(&s->polls[next++ % s->n_workers], p, queue);
	}
}

void snapshot_finish(struct snapshot *s, uint32_t n_workers)
{
	for (uint32_t i = 0; i < s->n_bridges; i++)
		make_flood_sets(s->bridges[i]);
	s->n_workers = n_workers;
	s->polls = must_alloc(RTE_MAX(n_workers, 1u) * sizeof(*s->polls));
	deal_queues(s);
}
