/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The virtio-net header that taps and packet sockets put before a frame, to and from the mbuf's
 * form of the same facts (see port.h): an unfinished checksum, a large TCP segment.
 *
 * Pure functions on their arguments; any thread. The header is in the host's byte order, as Linux
 * has it unless told otherwise, and in its short form (virtio 1.2, 5.1.6, without num_buffers).
 * Linux keeps the length in the pseudo-header's sum of a large segment, the mbuf form leaves it
 * out: reading takes it out in place, writing puts it back beside the frame, which may be shared.
 */
#ifndef DATAPATH_VNET_HDR_H
#define DATAPATH_VNET_HDR_H

#include <stdint.h>

#include <linux/virtio_net.h>
#include <rte_mbuf.h>

#define VNET_HDR_LEN sizeof(struct virtio_net_hdr)
#define VNET_HDR_GSO_UDP_L4 5      /* virtio 1.2, 5.1.6: many datagrams of one flow in one */
#define VNET_HDR_DATAGRAMS_MAX 128 /* as many as Linux makes */

/* What goes before and, for a large segment, into a frame on its way to the kernel. */
struct vnet_hdr_tx {
	struct virtio_net_hdr hdr;
	uint16_t csum; /* network order: stands in the frame at csum_at instead of what is there */
	uint32_t csum_at; /* offset of the two bytes in the frame; 0: nothing to replace */
};

/*
 * Says in `frame` what `hdr`, which came with it, leaves to be done. The frame is the caller's
 * alone, its headers in the first segment. A checksum that isn't TCP's or UDP's of the outermost
 * headers is completed at once, SCTP's too. Datagrams in one frame are marked
 * RTE_MBUF_F_TX_UDP_SEG, with l4_len and tso_segsz, for udp_split(): ports don't know them.
 * 0, or -EBADMSG when the header contradicts the frame, -EOPNOTSUPP for a kind of large segment
 * that the mbuf form doesn't know.
 */
int vnet_hdr_to_mbuf(const struct virtio_net_hdr *hdr, struct rte_mbuf *frame)
	__attribute__((warn_unused_result));

/* The reverse; `frame` isn't written to. 0, or -EBADMSG when its lengths contradict the frame. */
int vnet_hdr_from_mbuf(const struct rte_mbuf *frame, struct vnet_hdr_tx *tx)
	__attribute__((warn_unused_result));

#endif
