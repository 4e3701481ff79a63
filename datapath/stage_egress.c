/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/burst.h"
#include "datapath/frame.h"
#include "datapath/stage.h"
#include "datapath/tx.h"

static inline bool leaves_tagged(const struct snap_port *out, uint16_t tci)
{
	return (tci & VLAN_VID_MASK) != out->vlan.untagged_vid;
}

/* Gives the frame, which is the caller's alone, the tag that it leaves with, or takes it away. */
static inline void set_tag(struct rte_mbuf *frame, bool has, bool wants, uint16_t tci)
{
	if (wants) {
		if (!has)
			frame_push_tag(frame, tci);
		else if (frame_tci(frame) != tci)
			frame_set_tci(frame, tci);
	} else if (has) {
		frame_pop_tag(frame);
	}
}

/* Sends `n` frames, from number `i` on, that all go to one port: what is counted for each frame
 * stays in registers. */
static void ON_WORKER send_run(
	struct burst *b, unsigned int i, unsigned int n, const struct snap_port *out)
{
	struct tx_stage *stage = tx_room(b->worker, out, n);
	const uint16_t untagged_vid = out->vlan.untagged_vid;
	const uint32_t max_frame = out->max_frame;
	unsigned int staged = stage->n;
	uint32_t bytes = stage->bytes;

	for (; n > 0; n--, i++) {
		struct rte_mbuf *frame = b->frames[i];
		bool wants = (b->tci[i] & VLAN_VID_MASK) != untagged_vid;

		set_tag(frame, b->tag_len[i], wants, b->tci[i]);
		if (likely(!(frame->ol_flags & TX_WORK) &&
			    frame->pkt_len <= max_frame + (wants ? VLAN_TAG_LEN : 0))) {
			stage->frames[staged++] = frame;
			bytes += frame->pkt_len;
			continue;
		}
		stage->n = (uint16_t)staged;
		stage->bytes = bytes;
		tx_enqueue(b->worker, out, frame, wants ? VLAN_TAG_LEN : 0);
		stage = tx_room(b->worker, out, n - 1);
		staged = stage->n;
		bytes = stage->bytes;
	}
	stage->n = (uint16_t)staged;
	stage->bytes = bytes;
}

/* The ports that a frame is flooded to: those that want it untagged at the front of the worker's
 * scratch list, those that want it tagged from the end. A port without a link is passed over, so
 * that no copy is made for it. n[0] and n[1] count them. */
static void gather_targets(struct burst *b, uint16_t tci, uint32_t n[2])
{
	const struct flood_set *set = b->bridge->flood[tci & VLAN_VID_MASK];
	const struct snap_port **list = b->worker->targets;

	n[0] = n[1] = 0;
	for (uint32_t t = 0; set && t < set->n; t++) {
		const struct snap_port *out = set->ports[t];

		if (out == b->in ||
			!atomic_load_explicit(&out->port->link_up, memory_order_relaxed))
			continue;
		if (leaves_tagged(out, tci))
			list[PORT_MAX - ++n[1]] = out;
		else
			list[n[0]++] = out;
	}
}

/* Hands `frame`, which is the caller's alone, to all targets of one form. */
static void ON_WORKER send_shared(struct burst *b, struct rte_mbuf *frame, bool tagged, uint32_t n)
{
	const struct snap_port **list = b->worker->targets + (tagged ? PORT_MAX - n : 0);

	if (n > 1)
		frame_share(frame, n - 1);
	for (uint32_t t = 0; t < n; t++)
		tx_enqueue(b->worker, list[t], frame, tagged ? VLAN_TAG_LEN : 0);
}

static void ON_WORKER flood(struct burst *b, unsigned int i)
{
	struct port_stats *stats = &b->worker->port_stats[b->in->index];
	struct rte_mbuf *frame = b->frames[i], *other = NULL;
	uint32_t n[2];
	bool first;

	gather_targets(b, b->tci[i], n);
	if (n[0] + n[1] == 0) {
		tx_drop(b->worker, b->in->index, DROP_NO_DESTINATION, frame);
		return;
	}
	stats->copies += n[0] + n[1] - 1;
	/* One form takes the frame itself, the other, if wanted too, a copy. */
	first = n[1] && (!n[0] || b->tag_len[i]);
	if (n[!first]) {
		other = frame_copy(frame, b->worker->pool);
		if (!other)
			stats->drops[DROP_NO_BUFFER] += n[!first];
	}
	if (other) {
		set_tag(other, b->tag_len[i], !first, b->tci[i]);
		send_shared(b, other, !first, n[!first]);
	}
	set_tag(frame, b->tag_len[i], first, b->tci[i]);
	send_shared(b, frame, first, n[first]);
}

void STAGE_NAME(stage_egress)(struct burst *b)
{
	const unsigned int n = b->n;
	unsigned int i = 0, end;

	while (i < n) {
		uint16_t out = b->out[i];

		for (end = i + 1; end < n && b->out[end] == out; end++)
			;
		if (likely(out < PORT_MAX)) {
			send_run(b, i, end - i, b->snapshot->ports[out]);
			i = end;
		}
		for (; i < end; i++) {
			if (out == BURST_FLOOD)
				flood(b, i);
			else
				tx_drop(b->worker, b->in->index, DROP_SAME_PORT, b->frames[i]);
		}
	}
	tx_flush(b->worker, b->snapshot);
}
