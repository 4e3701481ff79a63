/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/burst.h"
#include "datapath/frame.h"
#include "datapath/stage.h"
#include "datapath/tx.h"

#define ETHER_LEN 14
#define MAC_MASK 0xffffffffffffull
#define GROUP_BIT 1ull /* of the first byte of an address, as memory holds it */
#define PREFETCH_AHEAD 4u

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

/* Finds the frame's VLAN, unless its tag must be looked at: `tci` holds that of untagged frames.
 * False with the reason when it may not enter. */
static inline bool admit(const struct burst *b, const struct snap_port *in,
	const struct rte_mbuf *frame, const struct ether_words *ether, uint16_t *tci,
	enum drop_reason *reason)
{
	if (ether->type == RTE_BE16(VLAN_TPID)) {
		if (!classify_tagged(in, frame, tci, reason))
			return false;
	} else if (unlikely(!in->admits_untagged)) {
		*reason = DROP_VLAN_INGRESS;
		return false;
	}
	*reason = DROP_RESERVED;
	return likely((ether->dst & RESERVED_MASK) != RESERVED_MAC) || b->bridge->forward_bpdu;
}

static inline const struct fdb_bucket *find_bucket(const struct fdb_hasher *hasher, uint64_t key)
{
	const struct fdb_bucket *bucket = fdb_bucket(hasher, key);

	rte_prefetch0(bucket);
	return bucket;
}

/* Enters the frame as number `i` of the burst. Frames that follow one another often have the same
 * addresses: then the buckets are those of the frame before. */
static inline void enter(struct burst *b, const struct fdb_hasher *hasher, unsigned int i,
	struct rte_mbuf *frame, const struct ether_words *ether, uint16_t tci)
{
	uint16_t vid = tci & VLAN_VID_MASK;
	uint64_t dst = fdb_key(ether->dst, vid);
	/* A group address can't be a source (IEEE 802.1Q 8.7). */
	uint64_t src = likely(!(ether->src & GROUP_BIT)) ? fdb_key(ether->src, vid) : 0;

	b->frames[i] = frame;
	b->tci[i] = tci;
	b->tag_len[i] = ether->type == RTE_BE16(VLAN_TPID) ? VLAN_TAG_LEN : 0;
	b->dst_key[i] = dst;
	b->src_key[i] = src;
	if (i > 0 && dst == b->dst_key[i - 1])
		b->dst_bucket[i] = b->dst_bucket[i - 1];
	else
		b->dst_bucket[i] = find_bucket(hasher, dst);
	if (i > 0 && src == b->src_key[i - 1])
		b->src_bucket[i] = b->src_bucket[i - 1];
	else
		b->src_bucket[i] = find_bucket(hasher, src);
}

void STAGE_NAME(stage_ingress)(struct burst *b)
{
	const struct snap_port *in = b->in;
	const struct fdb_hasher hasher = b->bridge->fdb->hasher;
	struct port_stats *stats = &b->worker->port_stats[in->index];
	const uint16_t pvid = in->vlan.pvid;
	unsigned int n = b->n, kept = 0;
	uint64_t bytes = 0;

	for (unsigned int i = 0; i < RTE_MIN(n, PREFETCH_AHEAD); i++)
		rte_prefetch0(rte_pktmbuf_mtod(b->frames[i], void *));
	for (unsigned int i = 0; i < n; i++) {
		struct rte_mbuf *frame = b->frames[i];
		enum drop_reason reason = DROP_MALFORMED;
		uint16_t tci = pvid;
		struct ether_words ether;

		if (i + PREFETCH_AHEAD < n)
			rte_prefetch0(rte_pktmbuf_mtod(b->frames[i + PREFETCH_AHEAD], void *));
		bytes += frame->pkt_len;
		if (unlikely(frame->data_len < ETHER_LEN)) {
			tx_drop(b->worker, in->index, reason, frame);
			continue;
		}
		ether = load_ether(frame);
		if (unlikely(!admit(b, in, frame, &ether, &tci, &reason))) {
			tx_drop(b->worker, in->index, reason, frame);
			continue;
		}
		enter(b, &hasher, kept++, frame, &ether, tci);
	}
	stats->rx_packets += n;
	stats->rx_bytes += bytes;
	b->n = kept;
}
