/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/datapath/pipeline_test.h"

#include <rte_ip.h>
#include <rte_tcp.h>

/* As many ports as make a burst's list of waiting ports overflow, if a port could be on it twice.
 */
#define MANY_PORTS 300

static void begin_pair(struct pipeline *p, const struct stages *stages, struct vlan_conf out)
{
	pipeline_begin(p, stages, false);
	pipeline_add_port_mtu(p, vlan_trunk_all(), 9000);
	pipeline_add_port(p, out);
	pipeline_ready(p);
}

static void mtu_counts_no_tag(void **state)
{
	struct words w = {MAC_ALL, MAC_A, {TAG(10), NO_TAG, NO_TAG}, 1500};
	struct pipeline p;

	begin_pair(&p, *state, vlan_trunk_all());
	send_words(&p, 0, w);
	expect_words(&p, 1, w);
	w.payload = 1501;
	send_words(&p, 0, w);
	assert_int_equal(pipeline_drops(&p, 1, DROP_MTU), 1);
	end_with(&p, 1, 1518);

	begin_pair(&p, *state, vlan_access(10));
	send_words(&p, 0, w);
	w.payload = 1500;
	send_words(&p, 0, w);
	w.tag[0] = NO_TAG;
	expect_words(&p, 1, w);
	assert_int_equal(pipeline_drops(&p, 1, DROP_MTU), 1);
	end_with(&p, 1, 1514);
	/* An inner tag is payload. */
	w.tag[0] = TAG(10);
	w.tag[1] = TAG(20);
	begin_pair(&p, *state, vlan_trunk_all());
	send_words(&p, 0, w);
	assert_int_equal(pipeline_drops(&p, 1, DROP_MTU), 1);
	end_with(&p, 1, 0);
}

static void known_destination_without_a_link(void **state)
{
	struct pipeline p;

	begin_pair(&p, *state, vlan_access(10));
	learn_at(&p, MAC_B, 10, 1);
	p.ports[1]->port.link_up = false;
	send_words(&p, 0, tagged(MAC_B, MAC_A, TAG(10)));
	assert_int_equal(pipeline_drops(&p, 1, DROP_LINK_DOWN), 1);
	end_with(&p, 1, 0);
}

static void a_full_port_drops_the_rest(void **state)
{
	struct rte_mbuf *frames[BURST_MAX];
	struct pipeline p;

	for (uint32_t room = 0; room <= BURST_MAX; room += 8) {
		uint64_t bytes = 0;

		begin_pair(&p, *state, vlan_access(10));
		p.ports[1]->room = room;
		for (unsigned int i = 0; i < BURST_MAX; i++) {
			struct words w = {MAC_ALL, MAC_A, {TAG(10), NO_TAG, NO_TAG}, 46 + i};
			const struct bytes *b = make_bytes(&w);

			frames[i] = pipeline_chain(b->at, b->n, 0, 0);
			bytes += i < room ? 60 + i : 0;
		}
		pipeline_run(&p, 0, frames, BURST_MAX);
		assert_int_equal(pipeline_drops(&p, 1, DROP_TX_FULL), BURST_MAX - room);
		assert_int_equal(pipeline_discard(p.ports[1]), room);
		end_with(&p, BURST_MAX - room, bytes);
	}
}

/* One port of a flood has no room: the others get their copies all the same. */
static void a_full_port_spoils_no_flood(void **state)
{
	struct words w = tagged(MAC_ALL, MAC_A, TAG(10));
	struct pipeline p;

	pipeline_begin(&p, *state, false);
	for (int i = 0; i < 5; i++)
		pipeline_add_port(&p, vlan_trunk_all());
	pipeline_ready(&p);
	p.ports[2]->room = 0;
	send_words(&p, 0, w);
	expect_words(&p, 1, w);
	expect_words(&p, 3, w);
	expect_words(&p, 4, w);
	assert_int_equal(pipeline_drops(&p, 2, DROP_TX_FULL), 1);
	end_with(&p, 1, 3 * 64);
}

/* A TCP segment of `payload` bytes to everybody, to be cut at `mss`. */
static struct rte_mbuf *make_large(uint32_t payload, uint16_t mss)
{
	static uint8_t bytes[PIPELINE_FRAME_MAX] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 0x08, 0x00};
	struct rte_ipv4_hdr *ip = (void *)(bytes + 14);
	struct rte_tcp_hdr *tcp = (void *)(ip + 1);
	struct rte_mbuf *frame;

	*ip = (struct rte_ipv4_hdr){
		.version_ihl = 0x45,
		.total_length = rte_cpu_to_be_16(40 + payload),
		.time_to_live = 64,
		.next_proto_id = 6,
	};
	*tcp = (struct rte_tcp_hdr){.data_off = 0x50};
	frame = pipeline_chain(bytes, 54 + payload, 0, 0);
	frame->ol_flags = RTE_MBUF_F_TX_TCP_SEG | RTE_MBUF_F_TX_TCP_CKSUM | RTE_MBUF_F_TX_IPV4;
	frame->l2_len = 14;
	frame->l3_len = 20;
	frame->l4_len = 20;
	frame->tso_segsz = mss;
	return frame;
}

static void a_large_segment_counts_once(void **state)
{
	const uint32_t able = PORT_TX_CSUM | PORT_TX_TSO4;
	struct rte_mbuf *frame;
	struct pipeline p;

	pipeline_begin(&p, *state, false);
	pipeline_add_port(&p, vlan_access(10));
	pipeline_add_port(&p, vlan_access(10))->port.tx_caps = able;
	pipeline_add_port(&p, vlan_access(10));
	pipeline_add_port(&p, vlan_access(10));
	pipeline_add_port(&p, vlan_access(10))->port.link_up = false;
	pipeline_ready(&p);
	/* 40 parts; the last port has room for 33, more than one call. */
	p.ports[3]->room = 33;
	frame = make_large(40 * 100, 100);
	pipeline_run(&p, 0, &frame, 1);
	assert_int_equal(pipeline_discard(p.ports[1]), 1);
	assert_int_equal(pipeline_discard(p.ports[2]), 40);
	assert_int_equal(pipeline_discard(p.ports[3]), 33);
	assert_int_equal(p.worker->port_stats[2].tx_packets, 1);
	assert_int_equal(p.worker->port_stats[2].tx_bytes, 4054);
	assert_int_equal(pipeline_drops(&p, 3, DROP_TX_FULL), 1);
	end_with(&p, 1, 2 * 4054);
}

static void work_that_cannot_be_done_is_a_drop_on_the_way_out(void **state)
{
	struct rte_mbuf *all[PIPELINE_BUFFERS];
	struct rte_mbuf *frame;
	struct pipeline p;
	uint32_t n;

	begin_pair(&p, *state, vlan_trunk_all());
	/* The flags speak of IPv4, the frame doesn't. */
	frame = make_large(500, 100);
	*rte_pktmbuf_mtod_offset(frame, uint8_t *, 12) = 0x86;
	pipeline_run(&p, 0, &frame, 1);
	assert_int_equal(pipeline_drops(&p, 1, DROP_OFFLOAD), 1);
	/* No buffer for the parts: nothing is wrong at the port that it came from. */
	frame = make_large(500, 100);
	for (n = 0; rte_mempool_avail_count(pipeline_pool); n++)
		all[n] = rte_pktmbuf_alloc(pipeline_pool);
	pipeline_run(&p, 0, &frame, 1);
	rte_pktmbuf_free_bulk(all, n);
	for (int r = 0; r < DROP_N_REASONS; r++) {
		if (drop_infos[r].where[0] == 'i')
			assert_int_equal(pipeline_drops(&p, 1, r), 0);
	}
	end_with(&p, 2, 0);
}

/* Segments that are cut go out at once, after what waits; then the port waits anew. */
static void many_ports_and_segments_between_plain_frames(void **state)
{
	struct rte_mbuf *frames[BURST_MAX];
	struct words w = plain(MAC_ALL, MAC_A);
	struct pipeline p;

	pipeline_begin(&p, *state, false);
	for (int i = 0; i < MANY_PORTS; i++)
		pipeline_add_port(&p, vlan_access(10));
	pipeline_ready(&p);
	for (unsigned int i = 0; i < BURST_MAX; i++) {
		const struct bytes *b = make_bytes(&w);

		frames[i] = i & 1 ? make_large(6, 3) : pipeline_chain(b->at, b->n, 0, 0);
	}
	/* So that buffers suffice, most ports take nothing. */
	for (int i = 3; i < MANY_PORTS; i++)
		p.ports[i]->room = 0;
	pipeline_run(&p, 0, frames, BURST_MAX);
	for (int i = 1; i < 3; i++) {
		for (unsigned int n = 0; n < BURST_MAX / 2; n++) {
			struct rte_mbuf *part;

			expect_words(&p, i, w);
			for (int half = 0; half < 2; half++) {
				part = fake_port_take(p.ports[i]);
				assert_non_null(part);
				assert_int_equal(part->pkt_len, 57);
				rte_pktmbuf_free(part);
			}
		}
	}
	end_with(&p, (MANY_PORTS - 3) * BURST_MAX, 2 * BURST_MAX / 2 * (60 + 60));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mtu_counts_no_tag),
		cmocka_unit_test(known_destination_without_a_link),
		cmocka_unit_test(a_full_port_drops_the_rest),
		cmocka_unit_test(a_full_port_spoils_no_flood),
		cmocka_unit_test(a_large_segment_counts_once),
		cmocka_unit_test(work_that_cannot_be_done_is_a_drop_on_the_way_out),
		cmocka_unit_test(many_ports_and_segments_between_plain_frames),
	};

	return run_with_each_variant(tests, RTE_DIM(tests));
}
