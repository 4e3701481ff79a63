/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Takes apart a frame that carries many UDP datagrams of one flow at once, as Linux passes them
 * over veths (UDP_SEGMENT; QUIC servers use it) to receivers that never asked for it.
 *
 * Pure but for the pool; any thread.
 */
#ifndef DATAPATH_UDP_SPLIT_H
#define DATAPATH_UDP_SPLIT_H

#include <stdint.h>

#include <rte_mbuf.h>
#include <rte_mempool.h>

/*
 * Makes a frame of each tso_segsz bytes of payload of `frame`, which vnet_hdr_to_mbuf() marked with
 * RTE_MBUF_F_TX_UDP_SEG, with headers that fit and the checksum left to be done as port.h says.
 * Puts them into `out`, which has room for VNET_HDR_DATAGRAMS_MAX, and returns their number: all,
 * or 0 when `pool` is empty. They are the caller's; so `frame` stays.
 */
uint16_t udp_split(const struct rte_mbuf *frame, struct rte_mempool *pool, struct rte_mbuf **out);

#endif
