/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/burst.h"
#include "datapath/flood.h"
#include "datapath/frame.h"
#include "datapath/stage.h"
#include "datapath/tx.h"

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

		frame_set_tag(frame, b->tag_len[i], wants, b->tci[i]);
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

static void ON_WORKER drop_run(struct burst *b, unsigned int i, unsigned int n)
{
	for (; n > 0; n--, i++)
		tx_drop(b->worker, b->in->index, DROP_SAME_PORT, b->frames[i]);
}

void STAGE_NAME(stage_egress)(struct burst *b)
{
	const unsigned int n = b->n;
	unsigned int i = 0, end;

	while (i < n) {
		uint16_t out = b->out[i];

		for (end = i + 1; end < n && b->out[end] == out; end++)
			;
		if (likely(out < PORT_MAX))
			send_run(b, i, end - i, b->snapshot->ports[out]);
		else if (out == BURST_FLOOD)
			STAGE_NAME(flood)(b, i, end - i);
		else
			drop_run(b, i, end - i);
		i = end;
	}
	tx_flush(b->worker, b->snapshot);
}
