/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/burst.h"
#include "datapath/stage.h"

#define GROUP_BIT 1ull

/* Where a frame for a learned address goes. An entry may outlive its port's place in the bridge or
 * in the VLAN for a moment: then it counts as unknown. */
static inline uint16_t known_port(struct burst *b, uint16_t i, uint32_t value)
{
	uint16_t index = fdb_value_port(value);
	const struct snap_port *out = b->snapshot->ports[index];

	if (unlikely(!out || out->bridge != b->bridge ||
		     !vlan_set_has(&out->vlan.members, b->tci[i] & VLAN_VID_MASK)))
		return BURST_FLOOD;
	if (unlikely(out == b->in)) {
		b->worker->port_stats[b->in->index].drops[DROP_SAME_PORT]++;
		return BURST_DROP;
	}
	return index;
}

void stage_forward(struct burst *b)
{
	for (uint16_t i = 0; i < b->n; i++) {
		uint32_t value;

		b->out[i] = BURST_FLOOD;
		if (unlikely(b->dst_key[i] & GROUP_BIT))
			continue;
		value = fdb_find(b->bridge->fdb, b->dst_key[i], b->dst_hash[i]);
		if (likely(value != FDB_MISS))
			b->out[i] = known_port(b, i, value);
	}
}
