/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/datapath/pipeline_test.h"

/* What becomes of a tag on the way from one port to another: NO_TAG for untagged, REFUSED when the
 * frame may not enter, ELSEWHERE when the other port doesn't carry the VLAN. */
#define REFUSED (NO_TAG - 1)
#define ELSEWHERE (NO_TAG - 2)

struct passage {
	struct vlan_conf in;
	uint32_t tag;
	struct vlan_conf out;
	uint32_t leaves;
};

static uint16_t vid_of(const struct passage *t)
{
	uint16_t vid = t->tag == NO_TAG ? 0 : t->tag & VLAN_VID_MASK;

	return vid ? vid : t->in.pvid;
}

/* The frame's destination was heard on the other port in the frame's VLAN, or nowhere. */
static void pass_one(const struct stages *stages, const struct passage *t, bool known)
{
	struct words w = tagged(MAC_B, MAC_A, t->tag), expected = w;
	struct pipeline p;

	pipeline_begin(&p, stages, false);
	pipeline_add_port(&p, t->in);
	pipeline_add_port(&p, t->out);
	pipeline_ready(&p);
	if (known)
		learn_at(&p, MAC_B, vid_of(t), 1);
	send_words(&p, 0, w);
	if (t->leaves == REFUSED || t->leaves == ELSEWHERE) {
		assert_int_equal(
			pipeline_drops(&p, 0,
				t->leaves == REFUSED ? DROP_VLAN_INGRESS : DROP_NO_DESTINATION),
			1);
		end_with(&p, 1, 0);
		return;
	}
	expected.tag[0] = t->leaves;
	expect_words(&p, 1, expected);
	end_with(&p, 0, 14 + 46 + (t->leaves == NO_TAG ? 0 : 4));
}

static void check_passages(const struct stages *stages, const struct passage *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		pass_one(stages, &list[i], false);
		/* An entry of a port that left the VLAN counts for nothing. */
		pass_one(stages, &list[i], true);
	}
}

static void access_port_admits_untagged_and_priority_tagged(void **state)
{
	const struct passage list[] = {
		{vlan_access(10), NO_TAG, vlan_access(10), NO_TAG},
		{vlan_access(10), NO_TAG, vlan_access(20), ELSEWHERE},
		{vlan_access(10), NO_TAG, vlan_trunk_all(), TAG(10)},
		{vlan_access(10), TAG(0), vlan_access(10), NO_TAG},
		{vlan_access(10), TAG(0), vlan_trunk_all(), TAG(10)},
		{vlan_access(10), TAG(PCP(5)), vlan_trunk_all(), TAG(PCP(5) | 10)},
		{vlan_access(10), TAG(PCP(7) | DEI), vlan_trunk_all(), TAG(PCP(7) | DEI | 10)},
		{vlan_access(10), TAG(10), vlan_access(10), REFUSED},
		{vlan_access(10), TAG(20), vlan_trunk_all(), REFUSED},
		{vlan_access(10), TAG(4095), vlan_trunk_all(), REFUSED},
		{vlan_access(0), NO_TAG, vlan_trunk_all(), NO_TAG},
		{vlan_access(4094), NO_TAG, vlan_trunk_all(), TAG(4094)},
	};

	check_passages(*state, list, RTE_DIM(list));
}

static void trunk_admits_its_vlans_alone(void **state)
{
	const struct passage list[] = {
		{vlan_trunk(10, 20), TAG(10), vlan_trunk(10, 20), TAG(10)},
		{vlan_trunk(10, 20), TAG(PCP(3) | DEI | 20), vlan_trunk_all(),
			TAG(PCP(3) | DEI | 20)},
		{vlan_trunk(10, 20), TAG(10), vlan_access(10), NO_TAG},
		{vlan_trunk(10, 20), TAG(10), vlan_access(20), ELSEWHERE},
		{vlan_trunk(10, 20), TAG(30), vlan_trunk_all(), REFUSED},
		{vlan_trunk(10, 20), NO_TAG, vlan_trunk_all(), REFUSED},
		{vlan_trunk(10, 20), TAG(PCP(6)), vlan_trunk_all(), REFUSED},
		{vlan_trunk(0, 20), NO_TAG, vlan_trunk_all(), NO_TAG},
		{vlan_trunk_all(), NO_TAG, vlan_trunk_all(), NO_TAG},
		{vlan_trunk_all(), TAG(PCP(4)), vlan_trunk_all(), NO_TAG},
		{vlan_trunk_all(), NO_TAG, vlan_trunk(10, 20), ELSEWHERE},
		{vlan_trunk_all(), TAG(1), vlan_trunk_all(), TAG(1)},
		{vlan_trunk_all(), TAG(4094), vlan_trunk_all(), TAG(4094)},
		{vlan_trunk_all(), TAG(4095), vlan_trunk_all(), REFUSED},
		{vlan_trunk_all(), TAG(PCP(1) | 4095), vlan_trunk_all(), REFUSED},
	};

	check_passages(*state, list, RTE_DIM(list));
}

static void native_vlan_leaves_tagged_or_untagged_as_the_mode_says(void **state)
{
	const struct passage list[] = {
		{vlan_native(10, 20, true), NO_TAG, vlan_native(10, 20, true), TAG(10)},
		{vlan_native(10, 20, true), NO_TAG, vlan_native(10, 20, false), NO_TAG},
		{vlan_native(10, 20, false), NO_TAG, vlan_native(10, 20, true), TAG(10)},
		{vlan_native(10, 20, false), NO_TAG, vlan_native(10, 20, false), NO_TAG},
		{vlan_native(10, 20, false), TAG(PCP(2)), vlan_native(10, 20, true),
			TAG(PCP(2) | 10)},
		{vlan_native(10, 20, false), TAG(PCP(2)), vlan_access(10), NO_TAG},
		{vlan_native(10, 20, false), TAG(10), vlan_access(10), NO_TAG},
		{vlan_native(10, 20, false), TAG(DEI | 10), vlan_trunk_all(), TAG(DEI | 10)},
		{vlan_native(10, 20, true), TAG(20), vlan_native(10, 20, false), TAG(20)},
		{vlan_native(10, 20, true), TAG(20), vlan_native(20, 10, false), NO_TAG},
		{vlan_native(10, 20, true), TAG(20), vlan_native(20, 10, true), TAG(20)},
		{vlan_native(10, 20, true), TAG(30), vlan_trunk_all(), REFUSED},
		{vlan_native(10, 20, false), TAG(30), vlan_trunk_all(), REFUSED},
		{vlan_native(10, 20, false), TAG(20), vlan_access(10), ELSEWHERE},
		/* VLAN 0, tagged, is a priority tag. */
		{vlan_access(0), NO_TAG, vlan_native(0, 20, true), TAG(0)},
	};

	check_passages(*state, list, RTE_DIM(list));
}

/* Only the outer C-tag is the switch's; what is below is payload, and S-tags are, too. */
static void inner_and_service_tags_are_payload(void **state)
{
	struct words w = {MAC_B, MAC_A, {TAG(PCP(1) | 10), TAG(PCP(2) | 20), NO_TAG}, 100};
	struct pipeline p;

	pipeline_begin(&p, *state, false);
	pipeline_add_port(&p, vlan_trunk_all());
	pipeline_add_port(&p, vlan_trunk_all());
	pipeline_add_port(&p, vlan_access(10));
	pipeline_add_port(&p, vlan_access(20));
	pipeline_ready(&p);
	send_words(&p, 0, w);
	expect_words(&p, 1, w);
	w.tag[0] = NO_TAG;
	expect_words(&p, 2, w);
	/* The port of VLAN 20 must not get what has its number inside. */
	expect_nothing(&p, 3);
	w = (struct words){MAC_A, MAC_B, {S_TAG(10), TAG(10), NO_TAG}, 100};
	send_words(&p, 3, w);
	w = (struct words){MAC_A, MAC_B, {TAG(20), S_TAG(10), TAG(10)}, 100};
	expect_words(&p, 0, w);
	expect_words(&p, 1, w);
	end_with(&p, 0, 14 + 8 + 100 + 14 + 4 + 100 + 2 * (14 + 12 + 100));
}

static void addresses_are_known_in_their_vlan_alone(void **state)
{
	struct pipeline p;

	pipeline_begin(&p, *state, false);
	pipeline_add_port(&p, vlan_trunk_all());
	pipeline_add_port(&p, vlan_trunk_all());
	pipeline_add_port(&p, vlan_trunk_all());
	pipeline_ready(&p);
	send_words(&p, 1, tagged(MAC_C, MAC_B, TAG(10)));
	assert_int_equal(pipeline_discard(p.ports[0]) + pipeline_discard(p.ports[2]), 2);
	send_words(&p, 0, tagged(MAC_B, MAC_A, TAG(10)));
	expect_words(&p, 1, tagged(MAC_B, MAC_A, TAG(10)));
	expect_nothing(&p, 2);
	send_words(&p, 0, tagged(MAC_B, MAC_A, TAG(11)));
	expect_words(&p, 1, tagged(MAC_B, MAC_A, TAG(11)));
	expect_words(&p, 2, tagged(MAC_B, MAC_A, TAG(11)));
	end_with(&p, 0, 5 * (14 + 4 + 46));
}

/* A tag is pushed and popped behind l2_len's back otherwise. */
static void work_left_on_a_frame_moves_with_its_tag(void **state)
{
	const struct bytes *b;
	struct words w = tagged(MAC_B, MAC_A, TAG(10));
	struct rte_mbuf *frame;
	struct pipeline p;

	pipeline_begin(&p, *state, false);
	pipeline_add_port(&p, vlan_trunk_all());
	pipeline_add_port(&p, vlan_access(10))->port.tx_caps = PORT_TX_CSUM;
	pipeline_add_port(&p, vlan_native(10, 10, true))->port.tx_caps = PORT_TX_CSUM;
	pipeline_ready(&p);
	b = make_bytes(&w);
	frame = pipeline_chain(b->at, b->n, 0, 0);
	frame->ol_flags = RTE_MBUF_F_TX_TCP_CKSUM | RTE_MBUF_F_TX_IPV4;
	frame->l2_len = 18;
	frame->l3_len = 20;
	pipeline_run(&p, 0, &frame, 1);
	assert_int_equal(p.ports[1]->sent[0]->l2_len, 14);
	assert_int_equal(p.ports[2]->sent[0]->l2_len, 18);
	for (int i = 1; i <= 2; i++) {
		frame = p.ports[i]->sent[0];
		assert_int_equal(frame->l3_len, 20);
		assert_int_equal(frame->ol_flags, RTE_MBUF_F_TX_TCP_CKSUM | RTE_MBUF_F_TX_IPV4);
	}
	expect_words(&p, 1, plain(MAC_B, MAC_A));
	expect_words(&p, 2, w);
	end_with(&p, 0, 60 + 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(access_port_admits_untagged_and_priority_tagged),
		cmocka_unit_test(trunk_admits_its_vlans_alone),
		cmocka_unit_test(native_vlan_leaves_tagged_or_untagged_as_the_mode_says),
		cmocka_unit_test(inner_and_service_tags_are_payload),
		cmocka_unit_test(addresses_are_known_in_their_vlan_alone),
		cmocka_unit_test(work_left_on_a_frame_moves_with_its_tag),
	};

	return run_with_each_variant(tests, RTE_DIM(tests));
}
