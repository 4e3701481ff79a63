/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/datapath/pipeline_test.h"

#define RESERVED 0x0180c2000000ull

/* Two ports in VLAN 10. */
static void begin_pair(struct pipeline *p, const struct stages *stages, bool forward_bpdu)
{
	pipeline_begin(p, stages, forward_bpdu);
	pipeline_add_port(p, vlan_access(10));
	pipeline_add_port(p, vlan_access(10));
	pipeline_ready(p);
}

static void unknown_then_known(void **state)
{
	struct pipeline p;

	pipeline_begin(&p, *state, false);
	for (int i = 0; i < 3; i++)
		pipeline_add_port(&p, vlan_access(10));
	pipeline_ready(&p);
	send_words(&p, 0, plain(MAC_B, MAC_A));
	expect_words(&p, 1, plain(MAC_B, MAC_A));
	expect_words(&p, 2, plain(MAC_B, MAC_A));
	send_words(&p, 1, plain(MAC_A, MAC_B));
	expect_words(&p, 0, plain(MAC_A, MAC_B));
	send_words(&p, 0, plain(MAC_B, MAC_A));
	expect_words(&p, 1, plain(MAC_B, MAC_A));
	/* B moves. */
	send_words(&p, 2, plain(MAC_A, MAC_B));
	expect_words(&p, 0, plain(MAC_A, MAC_B));
	send_words(&p, 0, plain(MAC_B, MAC_A));
	expect_words(&p, 2, plain(MAC_B, MAC_A));
	end_with(&p, 0, 6 * 60);
}

static void a_frame_for_its_own_port_is_dropped(void **state)
{
	struct pipeline p;

	begin_pair(&p, *state, false);
	learn_at(&p, MAC_B, 10, 0);
	send_words(&p, 0, plain(MAC_B, MAC_A));
	/* To itself: its source is learned before its destination is looked up. */
	send_words(&p, 0, plain(MAC_A, MAC_A));
	assert_int_equal(pipeline_drops(&p, 0, DROP_SAME_PORT), 2);
	end_with(&p, 2, 0);
}

static void reserved_addresses_stay_unless_forwarded(void **state)
{
	struct pipeline p;

	for (int forward = 0; forward < 2; forward++) {
		begin_pair(&p, *state, forward);
		for (uint64_t i = 0; i < 16; i++) {
			send_words(&p, 0, plain(RESERVED + i, MAC_A));
			if (forward)
				expect_words(&p, 1, plain(RESERVED + i, MAC_A));
		}
		assert_int_equal(pipeline_drops(&p, 0, DROP_RESERVED), forward ? 0 : 16);
		end_with(&p, forward ? 0 : 16, forward ? 16 * 60 : 0);
	}
}

static void neighbours_of_the_reserved_addresses_pass(void **state)
{
	const uint64_t others[] = {RESERVED + 0x10, RESERVED + 0xff, RESERVED - 1, RESERVED + 0x100,
		RESERVED ^ 0x800000000000, RESERVED | 0x020000000000};
	struct pipeline p;

	begin_pair(&p, *state, false);
	for (size_t i = 0; i < RTE_DIM(others); i++) {
		send_words(&p, 0, plain(others[i], MAC_A));
		expect_words(&p, 1, plain(others[i], MAC_A));
	}
	end_with(&p, 0, RTE_DIM(others) * 60);
}

static void the_vlan_is_checked_before_the_address(void **state)
{
	struct pipeline p;

	begin_pair(&p, *state, false);
	send_words(&p, 0, tagged(RESERVED, MAC_A, TAG(11)));
	assert_int_equal(pipeline_drops(&p, 0, DROP_VLAN_INGRESS), 1);
	send_words(&p, 0, tagged(RESERVED, MAC_A, TAG(0)));
	assert_int_equal(pipeline_drops(&p, 0, DROP_RESERVED), 1);
	end_with(&p, 2, 0);
}

static void refused_frames_teach_nothing(void **state)
{
	struct pipeline p;

	begin_pair(&p, *state, false);
	send_words(&p, 0, tagged(MAC_B, MAC_A, TAG(11)));
	send_words(&p, 0, plain(RESERVED, MAC_C));
	assert_int_equal(p.fdb->n_entries, 0);
	end_with(&p, 2, 0);
}

static void group_sources_are_forwarded_and_not_learned(void **state)
{
	struct pipeline p;

	begin_pair(&p, *state, false);
	send_words(&p, 0, plain(MAC_B, 0x010000000001));
	expect_words(&p, 1, plain(MAC_B, 0x010000000001));
	send_words(&p, 0, plain(MAC_B, MAC_ALL));
	expect_words(&p, 1, plain(MAC_B, MAC_ALL));
	assert_int_equal(p.fdb->n_entries, 0);
	/* An address of zeros is one like others. */
	send_words(&p, 0, plain(MAC_B, 0));
	expect_words(&p, 1, plain(MAC_B, 0));
	assert_int_equal(p.fdb->n_entries, 1);
	end_with(&p, 0, 3 * 60);
}

/* Every length from nothing on, with and without a tag; what is too short for its headers, and
 * nothing else, is malformed. The buffer ends where the frame ends. */
static void frames_of_every_length(void **state)
{
	struct words w = tagged(MAC_ALL, MAC_A, TAG(0)), untagged = plain(MAC_ALL, MAC_A);
	struct pipeline p;

	for (uint32_t n = 0; n <= 60; n++) {
		const struct bytes *b = make_bytes(&w);
		bool short_tagged = n < 18;

		begin_pair(&p, *state, false);
		pipeline_send(&p, 0, b->at, n);
		assert_int_equal(pipeline_discard(p.ports[1]), !short_tagged);
		assert_int_equal(pipeline_drops(&p, 0, DROP_MALFORMED), short_tagged);
		end_with(&p, short_tagged, short_tagged ? 0 : n - 4);

		b = make_bytes(&untagged);
		begin_pair(&p, *state, false);
		pipeline_send(&p, 0, b->at, n);
		assert_int_equal(pipeline_discard(p.ports[1]), n >= 14);
		assert_int_equal(p.worker->port_stats[0].rx_bytes, n);
		end_with(&p, n < 14, n < 14 ? 0 : n);
	}
}

static void a_burst_drops_what_is_bad_and_keeps_the_rest(void **state)
{
	struct rte_mbuf *frames[BURST_MAX];
	struct words good = plain(MAC_ALL, MAC_A), bad = tagged(MAC_ALL, MAC_B, TAG(99));
	struct pipeline p;

	begin_pair(&p, *state, false);
	for (unsigned int i = 0; i < BURST_MAX; i++) {
		const struct bytes *b = make_bytes(i % 3 ? &bad : &good);

		frames[i] = pipeline_chain(b->at, i % 3 == 2 ? 13 : b->n, 0, 0);
	}
	pipeline_run(&p, 0, frames, BURST_MAX);
	for (unsigned int i = 0; i < BURST_MAX; i += 3)
		expect_words(&p, 1, good);
	assert_int_equal(pipeline_drops(&p, 0, DROP_VLAN_INGRESS), 11);
	assert_int_equal(pipeline_drops(&p, 0, DROP_MALFORMED), 10);
	end_with(&p, 21, 11 * 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unknown_then_known),
		cmocka_unit_test(a_frame_for_its_own_port_is_dropped),
		cmocka_unit_test(reserved_addresses_stay_unless_forwarded),
		cmocka_unit_test(neighbours_of_the_reserved_addresses_pass),
		cmocka_unit_test(the_vlan_is_checked_before_the_address),
		cmocka_unit_test(refused_frames_teach_nothing),
		cmocka_unit_test(group_sources_are_forwarded_and_not_learned),
		cmocka_unit_test(frames_of_every_length),
		cmocka_unit_test(a_burst_drops_what_is_bad_and_keeps_the_rest),
	};

	return run_with_each_variant(tests, RTE_DIM(tests));
}
