/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/burst.h"
#include "datapath/frame.h"
#include "datapath/stage.h"
#include "datapath/tx.h"

#define ETHER_LEN 14
#define MAC_MASK 0xffffffffffffull
#define GROUP_BIT 1ull /* of the first byte of an address, as memory holds it */
#define PREFETCH_AHEAD 4

/* 01:80:c2:00:00:00 to :0f, which no bridge forwards; an address as memory holds it. */
#define RESERVED_MASK 0xf0ffffffffffull
#define RESERVED_MAC 0x000000c28001ull

/* The first 16 bytes of a frame as two words: the destination (with two bytes of source above) and
 * the source (with the EtherType above). */
struct ether_words {
	uint64_t dst;
	uint64_t src;
	uint16_t type; /* as memory holds it */
};

static inline struct ether_words load_ether(const struct rte_mbuf *frame)
{
	const char *data = rte_pktmbuf_mtod(frame, const char *);
	uint64_t low, high;

	memcpy(&low, data, 8);
	memcpy(&high, data + 6, 8);
	return (struct ether_words){low & MAC_MASK, high & MAC_MASK, (uint16_t)(high >> 48)};
}

/* Finds the VLAN of a frame that carries a tag. False with the reason when it may not enter. */
static inline bool classify_tagged(const struct snap_port *in, const struct rte_mbuf *frame,
	uint16_t *tci, enum drop_reason *reason)
{
	uint16_t vid;

	if (unlikely(frame->data_len < ETHER_LEN + VLAN_TAG_LEN)) {
		*reason = DROP_MALFORMED;
		return false;
	}
	*tci = frame_tci(frame);
	vid = *tci & VLAN_VID_MASK;
	*reason = DROP_VLAN_INGRESS;
	if (vid == 0) {
		/* A priority tag: it has no VLAN of its own. */
		*tci |= in->vlan.pvid;
		vid = in->vlan.pvid;
	} else if (in->vlan.refuse_tagged) {
		return false;
	}
	return vlan_set_has(&in->vlan.members, vid);
}

static inline bool admit(const struct burst *b, const struct rte_mbuf *frame,
	const struct ether_words *ether, uint16_t *tci, uint8_t *tag_len, enum drop_reason *reason)
{
	if (ether->type == RTE_BE16(VLAN_TPID)) {
		*tag_len = VLAN_TAG_LEN;
		if (!classify_tagged(b->in, frame, tci, reason))
			return false;
	} else {
		*tag_len = 0;
		*tci = b->in->vlan.pvid;
		*reason = DROP_VLAN_INGRESS;
		if (unlikely(!vlan_set_has(&b->in->vlan.members, *tci)))
			return false;
	}
	*reason = DROP_RESERVED;
	return likely((ether->dst & RESERVED_MASK) != RESERVED_MAC) || b->bridge->forward_bpdu;
}

void stage_ingress(struct burst *b)
{
	struct port_stats *stats = &b->worker->port_stats[b->in->index];
	const struct fdb *fdb = b->bridge->fdb;
	uint16_t kept = 0;
	uint64_t bytes = 0;

	for (uint16_t i = 0; i < RTE_MIN(b->n, PREFETCH_AHEAD); i++)
		rte_prefetch0(rte_pktmbuf_mtod(b->frames[i], void *));
	for (uint16_t i = 0; i < b->n; i++) {
		struct rte_mbuf *frame = b->frames[i];
		enum drop_reason reason = DROP_MALFORMED;
		struct ether_words ether;
		uint16_t vid;

		if (i + PREFETCH_AHEAD < b->n)
			rte_prefetch0(rte_pktmbuf_mtod(b->frames[i + PREFETCH_AHEAD], void *));
		bytes += frame->pkt_len;
		if (unlikely(frame->data_len < ETHER_LEN)) {
			tx_drop(b->worker, b->in->index, reason, frame);
			continue;
		}
		ether = load_ether(frame);
		if (unlikely(!admit(b, frame, &ether, &b->tci[kept], &b->tag_len[kept], &reason))) {
			tx_drop(b->worker, b->in->index, reason, frame);
			continue;
		}
		vid = b->tci[kept] & VLAN_VID_MASK;
		b->frames[kept] = frame;
		b->dst_key[kept] = fdb_key(ether.dst, vid);
		b->dst_hash[kept] = fdb_hash(fdb, b->dst_key[kept]);
		rte_prefetch0(fdb_first(fdb, b->dst_hash[kept]));
		/* A group address can't be a source (IEEE 802.1Q 8.7). */
		b->src_key[kept] = likely(!(ether.src & GROUP_BIT)) ? fdb_key(ether.src, vid) : 0;
		b->src_hash[kept] = fdb_hash(fdb, b->src_key[kept]);
		rte_prefetch0(fdb_first(fdb, b->src_hash[kept]));
		kept++;
	}
	stats->rx_packets += b->n;
	stats->rx_bytes += bytes;
	b->n = kept;
}
