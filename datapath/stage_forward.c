/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/burst.h"
#include "datapath/stage.h"

#define GROUP_BIT 1ull

/* Where a frame for a learned address goes. An entry may outlive its port's place in the bridge or
 * in the VLAN for a moment: then it counts as unknown. */
static inline uint16_t known_port(const struct burst *b, uint16_t vid, uint32_t value)
{
	uint16_t index = fdb_value_port(value);
	const struct snap_port *out = b->snapshot->ports[index];

	if (unlikely(!out || out->bridge != b->bridge || !vlan_set_has(&out->vlan.members, vid)))
		return BURST_FLOOD;
	return likely(out != b->in) ? index : BURST_SAME_PORT;
}

static inline uint16_t find_out(const struct burst *b, const struct fdb *fdb, unsigned int i)
{
	uint32_t value;

	if (unlikely(b->dst_key[i] & GROUP_BIT))
		return BURST_FLOOD;
	value = fdb_find(fdb, b->dst_key[i], b->dst_bucket[i]);
	return likely(value != FDB_MISS) ? known_port(b, b->tci[i] & VLAN_VID_MASK, value)
					 : BURST_FLOOD;
}

void STAGE_NAME(stage_forward)(struct burst *b)
{
	const struct fdb *fdb = b->bridge->fdb;
	const unsigned int n = b->n;
	uint64_t last = 0; /* no key */
	uint16_t out = BURST_FLOOD;

	for (unsigned int i = 0; i < n; i++) {
		if (b->dst_key[i] != last) {
			last = b->dst_key[i];
			out = find_out(b, fdb, i);
		}
		b->out[i] = out;
	}
}
