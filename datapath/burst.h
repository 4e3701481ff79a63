/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A burst on its way through the pipeline: up to 32 frames of one receive queue, with the facts
 * that the stages find out about each in arrays beside them. Worker threads.
 *
 * Each array has one writer, named below; stages after it only read.
 */
#ifndef DATAPATH_BURST_H
#define DATAPATH_BURST_H

#include <stdint.h>

#include <rte_mbuf.h>

#include "datapath/snapshot.h"
#include "datapath/worker.h"

#define BURST_MAX 32

#define BURST_FLOOD UINT16_MAX
#define BURST_SAME_PORT (UINT16_MAX - 1) /* the destination is where it came from: a drop */

struct burst {
	struct worker *worker;
	const struct snapshot *snapshot;
	const struct snap_bridge *bridge;
	const struct snap_port *in;
	uint32_t now; /* clock_seconds() */
	uint16_t n;
	struct rte_mbuf *frames[BURST_MAX]; /* by ingress, which leaves out what it drops */
	uint64_t src_key[BURST_MAX]; /* by ingress: key of the MAC table; 0: not to be learned */
	uint64_t dst_key[BURST_MAX]; /* by ingress; the group bit makes it a flood */
	uint16_t tci[BURST_MAX];     /* by ingress: VID as classified, PCP and DEI as received */
	uint8_t tag_len[BURST_MAX];  /* by ingress: bytes of 802.1Q tag at offset 12: 0 or 4 */
	const struct fdb_bucket *src_bucket[BURST_MAX]; /* by ingress, which prefetches them */
	const struct fdb_bucket *dst_bucket[BURST_MAX];
	uint16_t out[BURST_MAX]; /* by forward: index of a port, or BURST_... */
};

#endif
