/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changes to a frame: its 802.1Q tag, and copies. The frame must be the caller's alone (reference
 * count 1) for a change in place. Worker threads.
 */
#ifndef DATAPATH_FRAME_H
#define DATAPATH_FRAME_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <rte_byteorder.h>
#include <rte_mbuf.h>

#include "datapath/vlan_set.h"

#define FRAME_TAG_OFFSET 12 /* after both addresses */

/* The TCI of a frame that has a tag; host byte order. */
static inline uint16_t frame_tci(const struct rte_mbuf *frame)
{
	const uint16_t *tci =
		rte_pktmbuf_mtod_offset(frame, const uint16_t *, FRAME_TAG_OFFSET + 2);

	return rte_be_to_cpu_16(*tci);
}

static inline void frame_set_tci(struct rte_mbuf *frame, uint16_t tci)
{
	*rte_pktmbuf_mtod_offset(frame, uint16_t *, FRAME_TAG_OFFSET + 2) = rte_cpu_to_be_16(tci);
}

/* A frame with work left on it says how long its layer 2 header is. */
static inline void frame_grow_l2(struct rte_mbuf *frame, int bytes)
{
	if (unlikely(frame->ol_flags & (RTE_MBUF_F_TX_L4_MASK | RTE_MBUF_F_TX_TCP_SEG)))
		frame->l2_len += bytes;
}

/* Inserts a C-tag; the headroom always suffices for one (RTE_PKTMBUF_HEADROOM). */
static inline void frame_push_tag(struct rte_mbuf *frame, uint16_t tci)
{
	char *old = rte_pktmbuf_mtod(frame, char *);
	char *new = rte_pktmbuf_prepend(frame, VLAN_TAG_LEN);
	uint16_t tag[2] = {rte_cpu_to_be_16(VLAN_TPID), rte_cpu_to_be_16(tci)};
	uint64_t first;
	uint32_t last;

	/* Both loads before the first store: the places overlap. */
	memcpy(&first, old, 8);
	memcpy(&last, old + 8, 4);
	memcpy(new, &first, 8);
	memcpy(new + 8, &last, 4);
	memcpy(new + FRAME_TAG_OFFSET, tag, sizeof(tag));
	frame_grow_l2(frame, VLAN_TAG_LEN);
}

/* Removes the tag that a frame has. */
static inline void frame_pop_tag(struct rte_mbuf *frame)
{
	char *old = rte_pktmbuf_mtod(frame, char *);
	uint64_t first;
	uint32_t last;

	memcpy(&first, old, 8);
	memcpy(&last, old + 8, 4);
	memcpy(old + VLAN_TAG_LEN, &first, 8);
	memcpy(old + VLAN_TAG_LEN + 8, &last, 4);
	rte_pktmbuf_adj(frame, VLAN_TAG_LEN);
	frame_grow_l2(frame, -VLAN_TAG_LEN);
}

/* Gives a frame that `has` a tag or not the tag that it leaves with, or takes it away. */
static inline void frame_set_tag(struct rte_mbuf *frame, bool has, bool wants, uint16_t tci)
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

/* Adds `n` references to a frame, its further segments included. */
static inline void frame_share(struct rte_mbuf *frame, uint16_t n)
{
	for (; frame; frame = frame->next)
		rte_mbuf_refcnt_update(frame, (int16_t)n);
}

/* A copy whose header may be changed; the payload of a large frame is shared with the original.
 * NULL when there is no buffer. */
struct rte_mbuf *frame_copy(struct rte_mbuf *frame, struct rte_mempool *pool);

#endif
