/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A virtio-net header and the frame after it, as anyone on the other end of a veth can send them.
 * What is accepted must describe the frame truly enough to be written back.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <rte_mbuf.h>

#include "datapath/vnet_hdr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct virtio_net_hdr hdr;
	struct vnet_hdr_tx tx;
	struct rte_mbuf mbuf;
	size_t len = size - sizeof(hdr);
	uint8_t *frame;

	if (size < sizeof(hdr) + 14 || size > 65535)
		return 0;
	memcpy(&hdr, data, sizeof(hdr));
	/* Exactly as long as the frame, so that a sanitizer sees a step beyond. */
	frame = malloc(len);
	if (!frame)
		return 0;
	memcpy(frame, data + sizeof(hdr), len);
	mbuf = (struct rte_mbuf){.buf_addr = frame,
		.buf_len = len,
		.data_len = len,
		.pkt_len = len,
		.nb_segs = 1,
		.refcnt = 1};
	if (!vnet_hdr_to_mbuf(&hdr, &mbuf)) {
		if (vnet_hdr_from_mbuf(&mbuf, &tx))
			abort();
		if (mbuf.ol_flags && mbuf.l2_len + mbuf.l3_len != hdr.csum_start)
			abort();
	}
	free(frame);
	return 0;
}
