/* SPDX-License-Identifier: Apache-2.0 */
/* What tests of the stages say with cmocka: frames made from a few words, and what must leave. */
#ifndef TESTS_UNIT_DATAPATH_PIPELINE_TEST_H
#define TESTS_UNIT_DATAPATH_PIPELINE_TEST_H

#include "tests/unit/datapath/pipeline.h"

#define MAC_A 0x020000000001ull
#define MAC_B 0x020000000002ull
#define MAC_C 0x020000000003ull
#define MAC_ALL 0xffffffffffffull
#define NO_TAG UINT32_MAX
#define TAG(TCI) (0x81000000u | (TCI))
#define S_TAG(TCI) (0x88a80000u | (TCI))
#define PCP(N) ((N) << 13)
#define DEI (1 << 12)

/* A frame in words: addresses, up to three tags, and so many bytes after the EtherType. */
struct words {
	uint64_t dst;
	uint64_t src;
	uint32_t tag[3]; /* TPID << 16 | TCI; NO_TAG: none */
	uint32_t payload;
};

struct bytes {
	uint32_t n;
	uint8_t at[PIPELINE_FRAME_MAX];
};

static inline void put_be(struct bytes *b, uint64_t value, int n)
{
	while (n-- > 0)
		b->at[b->n++] = (uint8_t)(value >> 8 * n);
}

static inline const struct bytes *make_bytes(const struct words *w)
{
	static struct bytes b;

	b.n = 0;
	put_be(&b, w->dst, 6);
	put_be(&b, w->src, 6);
	for (int i = 0; i < 3; i++) {
		if (w->tag[i] != NO_TAG)
			put_be(&b, w->tag[i], 4);
	}
	put_be(&b, 0x88b5, 2);
	for (uint32_t i = 0; i < w->payload; i++)
		put_be(&b, i * 7 + (i >> 8) + w->src, 1);
	return &b;
}

static inline struct words plain(uint64_t dst, uint64_t src)
{
	return (struct words){dst, src, {NO_TAG, NO_TAG, NO_TAG}, 46};
}

static inline struct words tagged(uint64_t dst, uint64_t src, uint32_t tag)
{
	return (struct words){dst, src, {tag, NO_TAG, NO_TAG}, 46};
}

static inline void send_words(struct pipeline *p, uint16_t in, struct words w)
{
	const struct bytes *b = make_bytes(&w);

	pipeline_send(p, in, b->at, b->n);
}

/* Enters an address as if a frame had come from it. */
static inline void learn_at(struct pipeline *p, uint64_t mac, uint16_t vid, uint16_t port)
{
	uint64_t key = fdb_key(__builtin_bswap64(mac) >> 16, vid);

	fdb_learn(p->fdb, key, fdb_bucket(&p->fdb->hasher, key), port, p->now);
}

/* The next frame that left by `out` is this one. */
static inline void expect_words(struct pipeline *p, uint16_t out, struct words w)
{
	static uint8_t copy[PIPELINE_FRAME_MAX];
	const struct bytes *b = make_bytes(&w);
	struct rte_mbuf *frame = fake_port_take(p->ports[out]);

	assert_non_null(frame);
	rte_mbuf_sanity_check(frame, 1);
	assert_int_equal(frame->pkt_len, b->n);
	assert_memory_equal(rte_pktmbuf_read(frame, 0, b->n, copy), b->at, b->n);
	rte_pktmbuf_free(frame);
}

static inline void expect_nothing(struct pipeline *p, uint16_t out)
{
	assert_int_equal(p->ports[out]->n_sent, 0);
}

/* Nothing more left anywhere, exactly these drops happened in all, the books balance, the bytes
 * are `tx_bytes`, and no buffer is missing. */
static inline void end_with(struct pipeline *p, uint64_t drops, uint64_t tx_bytes)
{
	uint64_t dropped = 0, bytes = 0;

	for (uint32_t i = 0; i < p->n_ports; i++) {
		expect_nothing(p, i);
		bytes += p->worker->port_stats[i].tx_bytes;
		for (int r = 0; r < DROP_N_REASONS; r++)
			dropped += pipeline_drops(p, i, r);
	}
	assert_int_equal(dropped, drops);
	assert_int_equal(bytes, tx_bytes);
	assert_true(pipeline_balances(p));
	assert_int_equal(pipeline_end(p), 0);
}

#define PIPELINE_TESTS_MAX 64

/* Runs each test with each variant of the stages, which it finds in *state. */
static inline int run_with_each_variant(const struct CMUnitTest *tests, size_t n)
{
	static struct CMUnitTest all[PIPELINE_TESTS_MAX * STAGES_MAX];
	static char names[PIPELINE_TESTS_MAX * STAGES_MAX][128];
	const struct stages *list[STAGES_MAX];
	unsigned int n_variants = stages_list(list);
	size_t n_all = 0;

	for (unsigned int v = 0; v < n_variants; v++) {
		for (size_t i = 0; i < n; i++, n_all++) {
			snprintf(names[n_all], sizeof(names[0]), "%s: %s", list[v]->variant,
				tests[i].name);
			all[n_all] = tests[i];
			all[n_all].name = names[n_all];
			all[n_all].initial_state = (void *)(uintptr_t)list[v];
		}
	}
	return _cmocka_run_group_tests("pipeline", all, n_all, pipeline_group_setup, NULL);
}

#endif
