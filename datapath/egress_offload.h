/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finishes in software what a frame's flags (see port.h) leave to a port that can't do it: TCP and
 * UDP checksums (RFC 1071, RFC 8200 section 8.1) and the cutting of a large TCP segment.
 *
 * Works on IPv4 and IPv6 behind any tags, and on chains of buffers whose first holds all headers.
 * Pure on mbufs; any thread that may allocate from the frame's pool.
 */
#ifndef DATAPATH_EGRESS_OFFLOAD_H
#define DATAPATH_EGRESS_OFFLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_mbuf.h>

#define EGRESS_OFFLOAD_IPV6_LEN 40 /* of IPv6's first header */

/* As many frames as the largest segment makes at the smallest MSS (48) that is passed on. */
#define EGRESS_OFFLOAD_MAX 1366

/* Whether the frame is to be finished here whatever the port can do: behind IPv6's first header,
 * DPDK and many devices take another header for TCP's or UDP's. */
static inline bool egress_offload_is_ours(const struct rte_mbuf *frame)
{
	return (frame->ol_flags & RTE_MBUF_F_TX_IPV6) && frame->l3_len != EGRESS_OFFLOAD_IPV6_LEN;
}

/*
 * Turns `frame` into frames that a port with `tx_caps` (enum port_tx_cap) takes, at most `out_max`.
 * Returns how many stand in `out`, in the order in which they must be sent, or
 *   -EINVAL  the flags don't fit the frame,
 *   -E2BIG   more than `out_max` frames,
 *   -ENOMEM  no buffer.
 * After success the frames in `out` are the caller's and `frame` isn't (it may be among them);
 * after a failure `frame` still is. A frame that is shared is not written to: a copy is returned.
 *
 * Of a large segment each frame gets its own IPv4 identification (counting up), lengths and
 * sequence number; CWR stays on the first and FIN and PSH on the last. Where the port takes
 * checksums, they are left to it.
 */
int egress_offload_finish(struct rte_mbuf *frame, uint32_t tx_caps, struct rte_mbuf **out,
	uint16_t out_max) __attribute__((warn_unused_result));

/* Writes the checksum that the flags leave undone into `frame`, which is not shared, and clears
 * the flags. 0, or -EINVAL when the flags don't fit the frame; large segments are not for it. */
int egress_offload_checksum(struct rte_mbuf *frame) __attribute__((warn_unused_result));

#endif
