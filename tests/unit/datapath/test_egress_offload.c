/* SPDX-License-Identifier: Apache-2.0 */
/* What is made is checked with a checksum of the test's own, over bytes in network order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include <rte_mbuf.h>

#include "datapath/egress_offload.h"
#include "datapath/pktpool.h"
#include "datapath/port.h"
#include "tests/unit/datapath/test_eal.h"

#define FRAME_MAX 66000
#define CWR 0x80
#define ACK 0x10
#define PSH 0x08
#define FIN 0x01

/* What a frame is made of. */
struct shape {
	bool ipv6;
	uint8_t proto;
	unsigned int tags;
	unsigned int ip_options; /* bytes after the fixed part */
	unsigned int tcp_options;
	uint32_t payload;
	uint32_t padding;     /* Ethernet's, after the IP packet */
	uint16_t mss;         /* 0: no large segment */
	uint16_t per_segment; /* bytes a buffer of the chain holds; 0: as many as fit */
};

struct built {
	uint8_t data[FRAME_MAX];
	uint32_t len;
	uint32_t l3, l4, payload; /* offsets */
};

static void put16(uint8_t *at, uint32_t v)
{
	at[0] = v >> 8;
	at[1] = v;
}

static uint32_t get16(const uint8_t *at)
{
	return at[0] << 8 | at[1];
}

static uint32_t get32(const uint8_t *at)
{
	return get16(at) << 16 | get16(at + 2);
}

static uint16_t sum_bytes(const uint8_t *data, uint32_t len, uint64_t sum)
{
	for (uint32_t i = 0; i < len; i++)
		sum += i % 2 ? data[i] : data[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* Whether the transport checksum of the IP packet at `l3` is right. */
static bool l4_sum_holds(const uint8_t *l3, uint32_t l3_len, uint32_t l4_len, uint8_t proto)
{
	bool ipv6 = l3[0] >> 4 == 6;
	uint16_t pseudo = ipv6 ? sum_bytes(l3 + 8, 32, proto + l4_len)
			       : sum_bytes(l3 + 12, 8, proto + l4_len);

	return sum_bytes(l3 + l3_len, l4_len, pseudo) == 0xffff;
}

static void build_ip(const struct shape *s, struct built *b, uint32_t l4_len)
{
	uint8_t *ip = b->data + b->l3;

	if (s->ipv6) {
		ip[0] = 0x60;
		put16(ip + 4, s->ip_options + l4_len);
		ip[6] = s->ip_options ? 60 : s->proto;
		ip[7] = 64;
		for (int i = 0; i < 32; i++)
			ip[8 + i] = 0x20 + i;
		if (s->ip_options) {
			ip[40] = s->proto;
			ip[41] = s->ip_options / 8 - 1;
		}
		b->l4 = b->l3 + 40 + s->ip_options;
		return;
	}
	ip[0] = 0x40 | (20 + s->ip_options) / 4;
	put16(ip + 2, 20 + s->ip_options + l4_len);
	put16(ip + 4, 0xfffe);
	ip[8] = 64;
	ip[9] = s->proto;
	memcpy(ip + 12, "\x0a\x00\x00\x01\x0a\xff\xff\x02", 8);
	put16(ip + 10, ~sum_bytes(ip, 20 + s->ip_options, 0));
	b->l4 = b->l3 + 20 + s->ip_options;
}

static void build(const struct shape *s, struct built *b)
{
	uint32_t l4_hdr = s->proto == IPPROTO_TCP ? 20 + s->tcp_options : 8;

	memset(b, 0, sizeof(*b));
	for (unsigned int i = 0; i < s->tags; i++) {
		put16(b->data + 12 + 4 * i, i + 1 < s->tags ? 0x88a8 : 0x8100);
		put16(b->data + 14 + 4 * i, 100 + i);
	}
	b->l3 = 14 + 4 * s->tags;
	put16(b->data + b->l3 - 2, s->ipv6 ? 0x86dd : 0x0800);
	build_ip(s, b, l4_hdr + s->payload);
	if (s->proto == IPPROTO_TCP) {
		memcpy(b->data + b->l4 + 4, "\xff\xff\xff\x00", 4);
		b->data[b->l4 + 12] = l4_hdr / 4 << 4;
		b->data[b->l4 + 13] = CWR | ACK | PSH | FIN;
		memset(b->data + b->l4 + 20, 1, s->tcp_options);
		put16(b->data + b->l4 + 16, 0xabcd);
	} else {
		put16(b->data + b->l4 + 4, l4_hdr + s->payload);
		put16(b->data + b->l4 + 6, 0xabcd);
	}
	b->payload = b->l4 + l4_hdr;
	for (uint32_t i = 0; i < s->payload; i++)
		b->data[b->payload + i] = i * 7 + (i >> 8);
	b->len = b->payload + s->payload + s->padding;
	memset(b->data + b->payload + s->payload, 0x55, s->padding);
}

static struct rte_mbuf *to_mbuf(const struct shape *s, const struct built *b)
{
	struct rte_mbuf *head = NULL, *m;
	uint32_t n, room;

	for (uint32_t at = 0; at < b->len; at += n) {
		m = rte_pktmbuf_alloc(pktpool_get(0));
		assert_non_null(m);
		room = s->per_segment && at ? s->per_segment : 2048;
		/* The headers are in the first. */
		if (s->per_segment && !at)
			room = RTE_MAX(b->payload + 1, 64u);
		n = RTE_MIN(room, b->len - at);
		memcpy(rte_pktmbuf_append(m, n), b->data + at, n);
		if (head)
			assert_int_equal(rte_pktmbuf_chain(head, m), 0);
		else
			head = m;
	}
	head->ol_flags = s->ipv6 ? RTE_MBUF_F_TX_IPV6 : RTE_MBUF_F_TX_IPV4;
	head->ol_flags |=
		s->proto == IPPROTO_TCP ? RTE_MBUF_F_TX_TCP_CKSUM : RTE_MBUF_F_TX_UDP_CKSUM;
	head->l2_len = b->l3;
	head->l3_len = b->l4 - b->l3;
	if (s->mss) {
		head->ol_flags |= RTE_MBUF_F_TX_TCP_SEG;
		head->l4_len = b->payload - b->l4;
		head->tso_segsz = s->mss;
	}
	return head;
}

static uint32_t in_use(void)
{
	uint32_t used, size;

	pktpool_usage(&used, &size);
	return used;
}

static void check_summed(const struct shape *s)
{
	static struct built b, got;
	struct rte_mbuf *m, *out;

	build(s, &b);
	m = to_mbuf(s, &b);
	assert_int_equal(egress_offload_finish(m, 0, &out, 1), 1);
	assert_int_equal(out->ol_flags, 0);
	assert_int_equal(out->pkt_len, b.len);
	rte_mbuf_sanity_check(out, 1);
	memcpy(got.data, rte_pktmbuf_read(out, 0, b.len, got.data), b.len);
	assert_true(
		l4_sum_holds(got.data + b.l3, b.l4 - b.l3, b.len - s->padding - b.l4, s->proto));
	/* Nothing else changed. */
	put16(b.data + b.l4 + (s->proto == IPPROTO_TCP ? 16 : 6),
		get16(got.data + b.l4 + (s->proto == IPPROTO_TCP ? 16 : 6)));
	assert_memory_equal(got.data, b.data, b.len);
	rte_pktmbuf_free(out);
}

static void checksums_are_completed(void **state)
{
	uint32_t before = in_use();

	for (int ipv6 = 0; ipv6 < 2; ipv6++) {
		for (int udp = 0; udp < 2; udp++) {
			for (uint32_t payload = 0; payload < 3000; payload += 37) {
				struct shape s = {
					.ipv6 = ipv6,
					.proto = udp ? IPPROTO_UDP : IPPROTO_TCP,
					.payload = payload,
					.tags = payload % 3,
					.tcp_options = udp ? 0 : payload % 11 * 4,
					.ip_options = payload % 5 * 8,
					.padding = payload < 20 ? 10 : 0,
					/* Odd lengths are where a sum over a chain goes wrong. */
					.per_segment = payload % 4 ? 333 + payload % 7 : 0,
				};

				check_summed(&s);
			}
		}
	}
	assert_int_equal(in_use(), before);
}

static void a_udp_sum_of_zero_is_sent_as_ones(void **state)
{
	struct shape s = {.proto = IPPROTO_UDP, .payload = 2};
	static struct built b;
	struct rte_mbuf *m, *out;
	uint16_t sum;

	build(&s, &b);
	put16(b.data + b.l4 + 6, 0);
	put16(b.data + b.payload, 0);
	sum = sum_bytes(b.data + b.l4, 10, sum_bytes(b.data + b.l3 + 12, 8, IPPROTO_UDP + 10));
	put16(b.data + b.payload, ~sum);
	m = to_mbuf(&s, &b);
	assert_int_equal(egress_offload_finish(m, 0, &out, 1), 1);
	assert_int_equal(get16(rte_pktmbuf_mtod_offset(out, uint8_t *, b.l4 + 6)), 0xffff);
	rte_pktmbuf_free(out);
}

/* The parts in the order of `out` make up the large segment again. */
static void check_parts(
	const struct shape *s, const struct built *b, struct rte_mbuf **out, int n, uint32_t caps)
{
	static uint8_t got[FRAME_MAX];
	uint32_t l4_hdr = b->payload - b->l4, at = 0, len, csum;

	for (int i = 0; i < n; i++) {
		rte_mbuf_sanity_check(out[i], 1);
		assert_true(out[i]->data_len >= RTE_MIN(64u, out[i]->pkt_len));
		memcpy(got, rte_pktmbuf_read(out[i], 0, out[i]->pkt_len, got), out[i]->pkt_len);
		len = out[i]->pkt_len - b->payload;
		assert_int_equal(len, i < n - 1 ? s->mss : s->payload - at);
		assert_memory_equal(got + b->payload, b->data + b->payload + at, len);
		assert_memory_equal(got, b->data, b->l3);
		assert_int_equal(get32(got + b->l4 + 4), (0xffffff00u + at));
		assert_int_equal(
			got[b->l4 + 13], ACK | (i ? 0 : CWR) | (i < n - 1 ? 0 : PSH | FIN));
		assert_memory_equal(got + b->l4 + 20, b->data + b->l4 + 20, l4_hdr - 20);
		if (s->ipv6) {
			assert_int_equal(get16(got + b->l3 + 4), b->l4 - b->l3 - 40 + l4_hdr + len);
		} else {
			assert_int_equal(get16(got + b->l3 + 2), b->l4 - b->l3 + l4_hdr + len);
			assert_int_equal(get16(got + b->l3 + 4), (0xfffe + i) & 0xffff);
			assert_int_equal(sum_bytes(got + b->l3, b->l4 - b->l3, 0), 0xffff);
		}
		if (caps & PORT_TX_CSUM) {
			assert_true(out[i]->ol_flags & RTE_MBUF_F_TX_TCP_CKSUM);
			assert_false(out[i]->ol_flags & RTE_MBUF_F_TX_TCP_SEG);
			assert_int_equal(out[i]->l2_len, b->l3);
			assert_int_equal(out[i]->l3_len, b->l4 - b->l3);
			/* As hardware does: a sum over what is there. */
			csum = sum_bytes(got + b->l4, l4_hdr + len, 0);
			put16(got + b->l4 + 16, ~csum);
		} else {
			assert_int_equal(out[i]->ol_flags, 0);
		}
		assert_true(l4_sum_holds(got + b->l3, b->l4 - b->l3, l4_hdr + len, IPPROTO_TCP));
		at += len;
	}
	assert_int_equal(at, s->payload);
}

static void check_cut(const struct shape *s, uint32_t caps)
{
	static struct rte_mbuf *out[EGRESS_OFFLOAD_MAX];
	static struct built b;
	int n = (s->payload + s->mss - 1) / s->mss;

	build(s, &b);
	assert_int_equal(egress_offload_finish(to_mbuf(s, &b), caps, out, RTE_DIM(out)), n);
	/* Nothing behind a further header of IPv6 is left to a port. */
	check_parts(s, &b, out, n, s->ipv6 && s->ip_options ? 0 : caps);
	rte_pktmbuf_free_bulk(out, n);
}

static void large_segments_are_cut(void **state)
{
	uint32_t before = in_use();

	for (int ipv6 = 0; ipv6 < 2; ipv6++) {
		for (uint32_t mss = 48; mss < 9000; mss = mss * 3 + 1) {
			for (uint32_t tags = 0; tags < 3; tags++) {
				struct shape s = {
					.ipv6 = ipv6,
					.proto = IPPROTO_TCP,
					.tags = tags,
					.tcp_options = 12,
					.payload = tags == 1 ? 65535 - 20 - 32 - 40 : 20011 + mss,
					.mss = mss,
					.per_segment = tags == 2 ? 777 : 0,
					.ip_options = tags == 2 ? 8 : 0,
				};

				check_cut(&s, 0);
				check_cut(&s, PORT_TX_CSUM);
				/* The one for the other version of IP is of no use. */
				check_cut(&s, ipv6 ? PORT_TX_CSUM | PORT_TX_TSO4
						   : PORT_TX_CSUM | PORT_TX_TSO6);
			}
		}
	}
	assert_int_equal(in_use(), before);
}

static void what_a_port_can_do_is_left_to_it(void **state)
{
	struct shape s = {.proto = IPPROTO_TCP, .payload = 5000, .mss = 1000};
	static struct built b;
	struct rte_mbuf *m, *out;

	build(&s, &b);
	m = to_mbuf(&s, &b);
	assert_int_equal(egress_offload_finish(m, PORT_TX_CSUM | PORT_TX_TSO4, &out, 1), 1);
	assert_ptr_equal(out, m);
	assert_true(m->ol_flags & RTE_MBUF_F_TX_TCP_SEG);
	rte_pktmbuf_free(m);
	s.mss = 0;
	m = to_mbuf(&s, &b);
	assert_int_equal(egress_offload_finish(m, PORT_TX_CSUM, &out, 1), 1);
	assert_ptr_equal(out, m);
	assert_true(m->ol_flags & RTE_MBUF_F_TX_TCP_CKSUM);
	rte_pktmbuf_free(m);
}

static void shared_frames_are_not_written_to(void **state)
{
	struct shape s = {.proto = IPPROTO_TCP, .payload = 1000};
	static struct rte_mbuf *out[8];
	uint32_t before = in_use();
	struct rte_mbuf *m, *clone;
	static struct built b;

	build(&s, &b);
	for (int large = 0; large < 2; large++) {
		s.mss = large ? 300 : 0;
		m = to_mbuf(&s, &b);
		rte_pktmbuf_refcnt_update(m, 1);
		assert_int_equal(egress_offload_finish(m, 0, out, 8), large ? 4 : 1);
		assert_ptr_not_equal(out[0], m);
		assert_int_equal(rte_mbuf_refcnt_read(m), 1);
		assert_memory_equal(rte_pktmbuf_mtod(m, void *), b.data, b.len);
		assert_true(m->ol_flags & RTE_MBUF_F_TX_TCP_CKSUM);
		rte_pktmbuf_free_bulk(out, large ? 4 : 1);

		clone = rte_pktmbuf_clone(m, pktpool_get(0));
		assert_int_equal(egress_offload_finish(clone, 0, out, 8), large ? 4 : 1);
		assert_memory_equal(rte_pktmbuf_mtod(m, void *), b.data, b.len);
		rte_pktmbuf_free_bulk(out, large ? 4 : 1);
		rte_pktmbuf_free(m);
	}
	assert_int_equal(in_use(), before);
}

static void expect_refused(struct rte_mbuf *m, int error)
{
	struct rte_mbuf *out[4];

	assert_int_equal(egress_offload_finish(m, 0, out, 4), error);
	/* It is still the caller's. */
	rte_pktmbuf_free(m);
}

static void what_does_not_fit_is_refused(void **state)
{
	struct shape s = {.proto = IPPROTO_TCP, .payload = 1000, .mss = 300};
	uint32_t before = in_use();
	static struct built b;
	struct rte_mbuf *m;

	build(&s, &b);
#define REFUSED(ERROR, CHANGE)              \
	do {                                \
		m = to_mbuf(&s, &b);        \
		CHANGE;                     \
		expect_refused(m, (ERROR)); \
	} while (0)
	REFUSED(-EINVAL, m->l2_len = 10);
	REFUSED(-EINVAL, m->l2_len = 18);
	REFUSED(-EINVAL, m->l3_len = 24);
	REFUSED(-EINVAL, m->l3_len = 0);
	REFUSED(-EINVAL, m->l3_len = 511);
	REFUSED(-EINVAL, m->l4_len = 0);
	REFUSED(-EINVAL, m->l4_len = 24);
	REFUSED(-EINVAL, m->l4_len = 255);
	REFUSED(-EINVAL, m->tso_segsz = 0);
	REFUSED(-E2BIG, m->tso_segsz = 100);
	REFUSED(-EINVAL, m->ol_flags |= RTE_MBUF_F_TX_IPV6);
	REFUSED(-EINVAL, m->ol_flags &= ~RTE_MBUF_F_TX_IPV4);
	REFUSED(-EINVAL, m->ol_flags ^= RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IPV6);
	REFUSED(-EINVAL, rte_pktmbuf_trim(m, 1));
	REFUSED(-EINVAL, rte_pktmbuf_trim(m, 1000));
	REFUSED(-EINVAL, rte_pktmbuf_mtod(m, uint8_t *)[16] = 0);
	s.mss = 0;
	REFUSED(-EINVAL, rte_pktmbuf_trim(m, 1));
	REFUSED(-EINVAL, m->ol_flags ^= RTE_MBUF_F_TX_TCP_CKSUM | RTE_MBUF_F_TX_SCTP_CKSUM);
#undef REFUSED
	m = to_mbuf(&s, &b);
	assert_int_equal(egress_offload_finish(m, 0, NULL, 0), -E2BIG);
	rte_pktmbuf_free(m);
	assert_int_equal(in_use(), before);
}

static void without_buffers_nothing_is_lost(void **state)
{
	struct shape s = {.proto = IPPROTO_TCP, .payload = 9000, .mss = 4000};
	struct rte_mempool *pool = rte_pktmbuf_pool_create("small", 15, 0, 0, 2048 + 128, 0);
	static struct rte_mbuf *out[8], *held[15];
	struct rte_mbuf *m;
	static struct built b;

	build(&s, &b);
	/* Whether the first or a later allocation fails, with fewer than the 5 that it takes. */
	for (unsigned int left = 0; left < 5; left++) {
		m = to_mbuf(&s, &b);
		m->pool = pool;
		assert_int_equal(rte_pktmbuf_alloc_bulk(pool, held, 15 - left), 0);
		assert_int_equal(egress_offload_finish(m, 0, out, 8), -ENOMEM);
		rte_pktmbuf_free_bulk(held, 15 - left);
		assert_int_equal(rte_mempool_avail_count(pool), 15);
		m->pool = pktpool_get(0);
		rte_pktmbuf_free(m);
	}
	rte_mempool_free(pool);
}

static int setup(void **state)
{
	struct errmsg err;

	thread_role_begin(&role_control);
	return test_eal_init(64) || pktpool_init(4096, &err);
}

static int teardown(void **state)
{
	pktpool_fini();
	return rte_eal_cleanup();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(checksums_are_completed),
		cmocka_unit_test(a_udp_sum_of_zero_is_sent_as_ones),
		cmocka_unit_test(large_segments_are_cut),
		cmocka_unit_test(what_a_port_can_do_is_left_to_it),
		cmocka_unit_test(shared_frames_are_not_written_to),
		cmocka_unit_test(what_does_not_fit_is_refused),
		cmocka_unit_test(without_buffers_nothing_is_lost),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
