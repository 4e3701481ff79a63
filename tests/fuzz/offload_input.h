/* SPDX-License-Identifier: Apache-2.0 */
/* Frames for the fuzz targets about checksums and large segments: a chain of buffers made from the
 * input, and a count of buffers that must be the same at the end. */
#ifndef TESTS_FUZZ_OFFLOAD_INPUT_H
#define TESTS_FUZZ_OFFLOAD_INPUT_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <rte_mbuf.h>

#include "tests/unit/datapath/test_eal.h"

/* As a target's input begins; the frame's bytes follow. */
struct offload_input {
	uint8_t kind; /* the target's own meaning */
	uint8_t caps;
	uint8_t segment; /* bytes in each further buffer of the chain, 32 or more; 0: many */
	uint8_t l2_len;
	uint16_t l3_len;
	uint8_t l4_len;
	uint8_t repeat; /* how often the last 256 bytes are there */
	uint16_t segsz;
} __attribute__((packed));

static struct rte_mempool *offload_pool;

static inline void offload_start(void)
{
	if (offload_pool)
		return;
	if (test_eal_init(64))
		abort();
	offload_pool = rte_pktmbuf_pool_create("fuzz", 4095, 0, 0, 2048 + 128, 0);
	if (!offload_pool)
		abort();
}

static inline void offload_append(
	struct rte_mbuf *head, const uint8_t *data, size_t size, size_t room)
{
	struct rte_mbuf *tail = rte_pktmbuf_lastseg(head);
	size_t n;

	while (size > 0) {
		n = rte_pktmbuf_tailroom(tail);
		if (tail != head && room)
			n = room > tail->data_len ? room - tail->data_len : 0;
		n = RTE_MIN(n, size);
		if (n == 0) {
			tail = rte_pktmbuf_alloc(offload_pool);
			if (!tail || rte_pktmbuf_chain(head, tail))
				abort();
			continue;
		}
		memcpy(rte_pktmbuf_mtod_offset(tail, void *, tail->data_len), data, n);
		tail->data_len += n;
		head->pkt_len += n;
		data += n;
		size -= n;
	}
}

/* NULL when the input is too short. */
static inline struct rte_mbuf *offload_frame(
	const uint8_t *data, size_t size, struct offload_input *in)
{
	struct rte_mbuf *m;
	size_t last;

	if (size < sizeof(*in) || size > 65536)
		return NULL;
	memcpy(in, data, sizeof(*in));
	if (in->segment)
		in->segment = RTE_MAX(in->segment, 32);
	data += sizeof(*in);
	size -= sizeof(*in);
	last = RTE_MIN(size, 256u);
	m = rte_pktmbuf_alloc(offload_pool);
	if (!m)
		abort();
	offload_append(m, data, size, in->segment);
	for (int i = 0; i < in->repeat && m->pkt_len < 65536; i++)
		offload_append(m, data + size - last, last, in->segment);
	return m;
}

/* Frames may not be broken, nor buffers be lost. */
static inline void offload_check_and_free(struct rte_mbuf **frames, int n)
{
	for (int i = 0; i < n; i++) {
		rte_mbuf_sanity_check(frames[i], 1);
		rte_pktmbuf_free(frames[i]);
	}
	if (rte_mempool_avail_count(offload_pool) != 4095)
		abort();
}

#endif
