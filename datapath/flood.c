/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/flood.h"

#include "datapath/frame.h"
#include "datapath/tx.h"

/* Frames of one VLAN in one form, tagged or not, and what decides how they are handed over. */
struct batch {
	struct rte_mbuf *frames[BURST_MAX];
	unsigned int n;
	bool tagged;
	bool any_work;    /* a checksum or a large segment is unfinished */
	uint32_t bytes;   /* of all of them */
	uint32_t longest; /* in bytes */
};

static uint16_t vid_of(const struct burst *b, unsigned int i)
{
	return b->tci[i] & VLAN_VID_MASK;
}

/* The ports that a VLAN is flooded to: those that want it untagged at the front of the worker's
 * scratch list, those that want it tagged from the end. A port without a link is passed over, so
 * that no copy is made for it. n[0] and n[1] count them. */
static void gather_targets(struct burst *b, uint16_t vid, uint32_t n[2])
{
	const struct flood_set *set = b->bridge->flood[vid];
	const struct snap_port **list = b->worker->targets;

	n[0] = n[1] = 0;
	for (uint32_t t = 0; set && t < set->n; t++) {
		const struct snap_port *out = set->ports[t];

		if (out == b->in ||
			!atomic_load_explicit(&out->port->link_up, memory_order_relaxed))
			continue;
		if (vid != out->vlan.untagged_vid)
			list[PORT_MAX - ++n[1]] = out;
		else
			list[n[0]++] = out;
	}
}

/* Adds a frame that is the caller's alone, in the form that the batch is for. */
static void add(
	struct batch *batch, struct rte_mbuf *frame, bool has_tag, uint16_t tci, uint32_t n_targets)
{
	frame_set_tag(frame, has_tag, batch->tagged, tci);
	if (n_targets > 1)
		frame_share(frame, (uint16_t)(n_targets - 1));
	batch->frames[batch->n++] = frame;
	batch->bytes += frame->pkt_len;
	batch->longest = RTE_MAX(batch->longest, frame->pkt_len);
	batch->any_work |= (frame->ol_flags & TX_WORK) != 0;
}

static void ON_WORKER send_to_port(
	struct worker *w, const struct batch *batch, const struct snap_port *out)
{
	uint32_t tag_len = batch->tagged ? VLAN_TAG_LEN : 0;
	struct tx_stage *stage;

	if (unlikely(batch->any_work || batch->longest > out->max_frame + tag_len)) {
		for (unsigned int i = 0; i < batch->n; i++)
			tx_enqueue(w, out, batch->frames[i], tag_len);
		return;
	}
	stage = tx_room(w, out, batch->n);
	memcpy(stage->frames + stage->n, batch->frames, batch->n * sizeof(struct rte_mbuf *));
	stage->n += batch->n;
	stage->bytes += batch->bytes;
}

static void ON_WORKER send_batch(struct worker *w, const struct batch *batch, uint32_t n_targets)
{
	const struct snap_port **list = w->targets + (batch->tagged ? PORT_MAX - n_targets : 0);

	if (batch->n == 0)
		return;
	for (uint32_t t = 0; t < n_targets; t++)
		send_to_port(w, batch, list[t]);
}

/* Floods frames that are all in VLAN `vid`. */
static void ON_WORKER flood_vlan(struct burst *b, unsigned int i, unsigned int n, uint16_t vid)
{
	struct port_stats *stats = &b->worker->port_stats[b->in->index];
	struct batch as_is = {.n = 0}, other = {.n = 0};
	uint32_t targets[2], copies;

	gather_targets(b, vid, targets);
	if (targets[0] + targets[1] == 0) {
		for (; n > 0; n--, i++)
			tx_drop(b->worker, b->in->index, DROP_NO_DESTINATION, b->frames[i]);
		return;
	}
	stats->copies += (uint64_t)n * (targets[0] + targets[1] - 1);
	/* One form takes the frames themselves, the other, if wanted too, copies. */
	as_is.tagged = targets[1] && (!targets[0] || b->tag_len[i]);
	other.tagged = !as_is.tagged;
	copies = targets[other.tagged];
	for (; n > 0; n--, i++) {
		struct rte_mbuf *copy = copies ? frame_copy(b->frames[i], b->worker->pool) : NULL;

		if (copy)
			add(&other, copy, b->tag_len[i], b->tci[i], copies);
		else
			stats->drops[DROP_NO_BUFFER] += copies;
		add(&as_is, b->frames[i], b->tag_len[i], b->tci[i], targets[as_is.tagged]);
	}
	send_batch(b->worker, &other, copies);
	send_batch(b->worker, &as_is, targets[as_is.tagged]);
}

void STAGE_NAME(flood)(struct burst *b, unsigned int i, unsigned int n)
{
	unsigned int end, last = i + n;

	for (; i < last; i = end) {
		uint16_t vid = vid_of(b, i);

		for (end = i + 1; end < last && vid_of(b, end) == vid; end++)
			;
		flood_vlan(b, i, end - i, vid);
	}
}
