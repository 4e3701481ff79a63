/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/datapath/pipeline_test.h"

#define TREES 4 /* ports of each form in the mixed bridge */

/* Port 0 is where frames come from; access ports of VLAN 10 and trunks follow, mixed. */
static void begin_mixed(struct pipeline *p, const struct stages *stages, struct vlan_conf in)
{
	pipeline_begin(p, stages, false);
	pipeline_add_port_mtu(p, in, 9000);
	for (int i = 0; i < TREES; i++) {
		pipeline_add_port_mtu(p, vlan_access(10), 9000);
		pipeline_add_port_mtu(p, vlan_trunk_all(), 9000);
	}
	pipeline_add_port_mtu(p, vlan_access(20), 9000);
	pipeline_ready(p);
}

static void expect_mixed(struct pipeline *p, struct words w, uint16_t tci)
{
	for (uint16_t i = 1; i <= 2 * TREES; i++) {
		w.tag[0] = i & 1 ? NO_TAG : TAG(tci);
		expect_words(p, i, w);
	}
}

static void flood_gives_each_port_its_form(void **state)
{
	const uint32_t sizes[] = {
		1, 46, 200, 237, 238, 239, 240, 241, 242, 243, 1500, 2000, 2034, 2035, 4000, 8986};

	for (size_t i = 0; i < RTE_DIM(sizes); i++) {
		struct words w = {MAC_ALL, MAC_A, {NO_TAG, NO_TAG, NO_TAG}, sizes[i]};
		uint64_t bytes = 2 * TREES * (14 + sizes[i]) + TREES * 4;
		struct pipeline p;

		begin_mixed(&p, *state, vlan_access(10));
		send_words(&p, 0, w);
		assert_int_equal(p.worker->port_stats[0].copies, 2 * TREES - 1);
		expect_mixed(&p, w, 10);
		end_with(&p, 0, bytes);

		w.tag[0] = TAG(PCP(3) | 10);
		begin_mixed(&p, *state, vlan_trunk_all());
		send_words(&p, 0, w);
		expect_mixed(&p, w, PCP(3) | 10);
		end_with(&p, 0, bytes);
	}
}

static void flood_copies_chains_of_any_shape(void **state)
{
	const uint32_t firsts[] = {14, 18, 64, 255, 256, 257, 300, 2000};
	const uint32_t furthers[] = {1, 100, 256, 2000};
	struct words w = {MAC_ALL, MAC_A, {TAG(10), NO_TAG, NO_TAG}, 800};

	for (size_t i = 0; i < RTE_DIM(firsts) * RTE_DIM(furthers); i++) {
		uint32_t first = firsts[i / RTE_DIM(furthers)];
		uint32_t further = furthers[i % RTE_DIM(furthers)];
		bool malformed = first < 18;
		const struct bytes *b = make_bytes(&w);
		struct rte_mbuf *frame = pipeline_chain(b->at, b->n, first, further);
		struct pipeline p;

		begin_mixed(&p, *state, vlan_trunk_all());
		pipeline_run(&p, 0, &frame, 1);
		if (malformed) {
			assert_int_equal(pipeline_drops(&p, 0, DROP_MALFORMED), 1);
			end_with(&p, 1, 0);
			continue;
		}
		expect_mixed(&p, w, 10);
		end_with(&p, 0, 2 * TREES * 814 + TREES * 4);
	}
}

/* Copies of a large frame cost headers, not payload. */
static void flood_shares_the_payload_of_large_frames(void **state)
{
	struct words w = {MAC_ALL, MAC_A, {NO_TAG, NO_TAG, NO_TAG}, 8000};
	struct rte_mbuf *plain_frame, *tagged_frame;
	struct pipeline p;

	begin_mixed(&p, *state, vlan_access(10));
	send_words(&p, 0, w);
	plain_frame = p.ports[1]->sent[0];
	tagged_frame = p.ports[2]->sent[0];
	for (uint16_t i = 1; i <= 2 * TREES; i++)
		assert_ptr_equal(p.ports[i]->sent[0], i & 1 ? plain_frame : tagged_frame);
	assert_int_equal(rte_mbuf_refcnt_read(plain_frame->next), TREES + 1);
	assert_ptr_equal(rte_pktmbuf_mtod(plain_frame->next, void *),
		rte_pktmbuf_mtod(tagged_frame->next->next, void *));
	expect_mixed(&p, w, 10);
	end_with(&p, 0, 2 * TREES * 8014 + TREES * 4);
}

static void flood_goes_nowhere_without_another_port(void **state)
{
	struct pipeline p;

	pipeline_begin(&p, *state, false);
	pipeline_add_port(&p, vlan_access(10));
	pipeline_add_port(&p, vlan_access(20));
	pipeline_add_port(&p, vlan_access(10))->port.link_up = false;
	pipeline_ready(&p);
	/* A port without a link costs no copy and counts no drop, unless it is the only one. */
	send_words(&p, 0, plain(MAC_ALL, MAC_A));
	assert_int_equal(pipeline_drops(&p, 0, DROP_NO_DESTINATION), 1);
	p.ports[2]->port.link_up = true;
	send_words(&p, 0, plain(MAC_ALL, MAC_A));
	expect_words(&p, 2, plain(MAC_ALL, MAC_A));
	end_with(&p, 1, 60);
}

static void flood_without_buffers_sends_what_needs_none(void **state)
{
	struct words w = {MAC_ALL, MAC_A, {NO_TAG, NO_TAG, NO_TAG}, 1000};
	struct rte_mbuf *all[PIPELINE_BUFFERS];
	const struct bytes *b = make_bytes(&w);
	struct rte_mbuf *frame;
	uint32_t n = 0;
	struct pipeline p;

	/* The second time one buffer is left, where two are needed. */
	for (uint32_t left = 0; left < 2; left++) {
		begin_mixed(&p, *state, vlan_access(10));
		frame = pipeline_chain(b->at, b->n, 0, 0);
		for (n = 0; rte_mempool_avail_count(pipeline_pool) > left; n++)
			all[n] = rte_pktmbuf_alloc(pipeline_pool);
		pipeline_run(&p, 0, &frame, 1);
		rte_pktmbuf_free_bulk(all, n);
		assert_int_equal(pipeline_drops(&p, 0, DROP_NO_BUFFER), TREES);
		for (uint16_t i = 1; i <= 2 * TREES; i += 2)
			expect_words(&p, i, w);
		end_with(&p, TREES, TREES * 1014);
	}
}

static void full_bursts_keep_their_order(void **state)
{
	struct rte_mbuf *frames[BURST_MAX];
	struct pipeline p;
	struct words w;

	begin_mixed(&p, *state, vlan_trunk_all());
	learn_at(&p, MAC_B, 10, 2);
	for (unsigned int i = 0; i < BURST_MAX; i++) {
		const struct bytes *b;

		w = tagged(i & 1 ? MAC_B : MAC_ALL, MAC_C + i, TAG(10));
		b = make_bytes(&w);
		frames[i] = pipeline_chain(b->at, b->n, 0, 0);
	}
	pipeline_run(&p, 0, frames, BURST_MAX);
	for (unsigned int i = 0; i < BURST_MAX; i++)
		expect_words(&p, 2, tagged(i & 1 ? MAC_B : MAC_ALL, MAC_C + i, TAG(10)));
	for (uint16_t port = 1; port <= 2 * TREES; port++)
		pipeline_discard(p.ports[port]);
	assert_int_equal(p.worker->port_stats[0].copies, BURST_MAX / 2 * (2 * TREES - 1));
	assert_true(pipeline_balances(&p));
	assert_int_equal(pipeline_end(&p), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flood_gives_each_port_its_form),
		cmocka_unit_test(flood_copies_chains_of_any_shape),
		cmocka_unit_test(flood_shares_the_payload_of_large_frames),
		cmocka_unit_test(flood_goes_nowhere_without_another_port),
		cmocka_unit_test(flood_without_buffers_sends_what_needs_none),
		cmocka_unit_test(full_bursts_keep_their_order),
	};

	return run_with_each_variant(tests, RTE_DIM(tests));
}
