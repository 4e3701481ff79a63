/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/frame.h"

/* Copying this much costs less than an indirect buffer; it holds every header that is changed. */
#define FRAME_COPY_MAX 256

static struct rte_mbuf *copy_header(struct rte_mbuf *frame, struct rte_mempool *pool)
{
	uint16_t length = RTE_MIN(frame->data_len, FRAME_COPY_MAX);
	struct rte_mbuf *header = rte_pktmbuf_copy(frame, pool, 0, length);
	struct rte_mbuf *rest = header ? rte_pktmbuf_clone(frame, pool) : NULL;

	if (!rest) {
		rte_pktmbuf_free(header);
		return NULL;
	}
	if (length == rest->data_len) {
		struct rte_mbuf *first = rest;

		rest = rest->next;
		first->next = NULL;
		first->nb_segs = 1;
		rte_pktmbuf_free_seg(first);
	} else {
		rest->data_off += length;
		rest->data_len -= length;
	}
	header->next = rest;
	header->nb_segs = 1;
	for (; rest; rest = rest->next)
		header->nb_segs++;
	header->pkt_len = frame->pkt_len;
	return header;
}

struct rte_mbuf *frame_copy(struct rte_mbuf *frame, struct rte_mempool *pool)
{
	if (frame->pkt_len <= FRAME_COPY_MAX)
		return rte_pktmbuf_copy(frame, pool, 0, UINT32_MAX);
	return copy_header(frame, pool);
}
