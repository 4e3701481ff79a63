/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include <rte_byteorder.h>
#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_mbuf.h>

#include "datapath/vnet_hdr.h"

#define PAYLOAD 4000

/* A frame in one segment on the stack, with what the tests need to know of it. */
struct frame {
	struct rte_mbuf mbuf;
	uint8_t data[8192];
	uint32_t l4; /* offset */
};

static void put16(uint8_t *at, uint16_t value)
{
	at[0] = value >> 8;
	at[1] = value & 0xff;
}

static uint16_t get16(const uint8_t *at)
{
	return at[0] << 8 | at[1];
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* RFC 1071 over big-endian words, not complemented. */
static uint16_t sum_of(const uint8_t *data, uint32_t len, uint32_t sum)
{
	for (uint32_t i = 0; i + 1 < len; i += 2)
		sum += get16(data + i);
	if (len % 2)
		sum += data[len - 1] << 8;
	return fold(sum);
}

static uint16_t pseudo_sum(const uint8_t *l3, bool ipv6, uint8_t proto, uint32_t l4_len)
{
	return ipv6 ? sum_of(l3 + 8, 32, proto + l4_len) : sum_of(l3 + 12, 8, proto + l4_len);
}

static void finish(struct frame *f, uint32_t len)
{
	f->mbuf = (struct rte_mbuf){.buf_addr = f->data,
		.buf_len = sizeof(f->data),
		.data_len = len,
		.pkt_len = len,
		.nb_segs = 1,
		.refcnt = 1};
}

/* Ethernet, `tags` 802.1Q tags, IP, `ext` IPv6 destination options of 8 bytes, a transport header
 * of `l4_len` bytes whose checksum at `csum_at` holds the pseudo-header's sum, `payload` bytes. */
static void make_frame(struct frame *f, int tags, bool ipv6, int ext, uint8_t proto,
	uint32_t l4_len, uint32_t csum_at, uint32_t payload)
{
	uint8_t *p = f->data + 12;
	uint8_t *l3;

	for (size_t i = 0; i < sizeof(f->data); i++)
		f->data[i] = i * 7 + 1;
	for (int i = 0; i < tags; i++, p += 4)
		put16(p, RTE_ETHER_TYPE_VLAN);
	put16(p, ipv6 ? RTE_ETHER_TYPE_IPV6 : RTE_ETHER_TYPE_IPV4);
	l3 = p + 2;
	l3[0] = ipv6 ? 0x60 : 0x45;
	if (ipv6) {
		l3[6] = ext ? IPPROTO_DSTOPTS : proto;
		put16(l3 + 4, ext * 8 + l4_len + payload);
		p = l3 + 40;
		for (int i = 0; i < ext; i++, p += 8) {
			p[0] = i + 1 < ext ? IPPROTO_DSTOPTS : proto;
			p[1] = 0;
		}
	} else {
		put16(l3 + 2, 20 + l4_len + payload);
		put16(l3 + 6, 0x4000);
		l3[9] = proto;
		p = l3 + 20;
	}
	f->l4 = p - f->data;
	if (proto == IPPROTO_TCP) {
		p[12] = (l4_len / 4) << 4;
		p[13] = 0x18;
	}
	put16(p + csum_at, pseudo_sum(l3, ipv6, proto, l4_len + payload));
	finish(f, f->l4 + l4_len + payload);
}

static struct virtio_net_hdr needs_csum(const struct frame *f, uint16_t offset)
{
	return (struct virtio_net_hdr){
		.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
		.csum_start = f->l4,
		.csum_offset = offset,
	};
}

static void tcp_and_udp_checksums_are_left_to_others(void **state)
{
	static const struct {
		int tags;
		bool ipv6;
		int ext;
		uint8_t proto;
		uint8_t offset;
	} cases[] = {
		{0, false, 0, IPPROTO_TCP, 16},
		{1, false, 0, IPPROTO_UDP, 6},
		{2, true, 0, IPPROTO_TCP, 16},
		{0, true, 2, IPPROTO_UDP, 6},
		{1, true, 1, IPPROTO_TCP, 16},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool tcp = cases[i].proto == IPPROTO_TCP;
		struct frame f, before;
		struct virtio_net_hdr hdr;
		struct vnet_hdr_tx tx;

		make_frame(&f, cases[i].tags, cases[i].ipv6, cases[i].ext, cases[i].proto,
			tcp ? 32 : 8, cases[i].offset, 100);
		before = f;
		hdr = needs_csum(&f, cases[i].offset);
		assert_int_equal(vnet_hdr_to_mbuf(&hdr, &f.mbuf), 0);
		assert_memory_equal(f.data, before.data, sizeof(f.data));
		assert_int_equal(f.mbuf.ol_flags,
			(tcp ? RTE_MBUF_F_TX_TCP_CKSUM : RTE_MBUF_F_TX_UDP_CKSUM) |
				(cases[i].ipv6 ? RTE_MBUF_F_TX_IPV6 : RTE_MBUF_F_TX_IPV4));
		assert_int_equal(f.mbuf.l2_len, 14 + 4 * cases[i].tags);
		assert_int_equal(f.mbuf.l2_len + f.mbuf.l3_len, f.l4);

		assert_int_equal(vnet_hdr_from_mbuf(&f.mbuf, &tx), 0);
		assert_memory_equal(&tx.hdr, &hdr, sizeof(hdr));
		assert_int_equal(tx.csum_at, 0);
	}
}

static void large_segments_come_back_as_they_were(void **state)
{
	for (int variant = 0; variant < 8; variant++) {
		bool ipv6 = variant & 1;
		bool cwr = variant & 4;
		struct virtio_net_hdr hdr;
		struct vnet_hdr_tx tx;
		struct frame f;
		uint16_t kernel_sum;

		make_frame(&f, variant & 2 ? 1 : 0, ipv6, 0, IPPROTO_TCP, 32, 16, PAYLOAD);
		if (cwr)
			f.data[f.l4 + 13] |= 0x80;
		kernel_sum = get16(f.data + f.l4 + 16);
		hdr = needs_csum(&f, 16);
		hdr.gso_type = ipv6 ? VIRTIO_NET_HDR_GSO_TCPV6 : VIRTIO_NET_HDR_GSO_TCPV4;
		if (cwr)
			hdr.gso_type |= VIRTIO_NET_HDR_GSO_ECN;
		hdr.gso_size = 1448;
		hdr.hdr_len = f.l4 + 32;
		assert_int_equal(vnet_hdr_to_mbuf(&hdr, &f.mbuf), 0);
		assert_true(f.mbuf.ol_flags & RTE_MBUF_F_TX_TCP_SEG);
		assert_int_equal(f.mbuf.l4_len, 32);
		assert_int_equal(f.mbuf.tso_segsz, 1448);
		/* The form of DPDK: as rte_ipv4_phdr_cksum() with the flag makes it. */
		if (ipv6)
			assert_int_equal(*(uint16_t *)(f.data + f.l4 + 16),
				rte_ipv6_phdr_cksum(
					(void *)(f.data + f.mbuf.l2_len), f.mbuf.ol_flags));
		else
			assert_int_equal(*(uint16_t *)(f.data + f.l4 + 16),
				rte_ipv4_phdr_cksum(
					(void *)(f.data + f.mbuf.l2_len), f.mbuf.ol_flags));

		assert_int_equal(vnet_hdr_from_mbuf(&f.mbuf, &tx), 0);
		assert_memory_equal(&tx.hdr, &hdr, sizeof(hdr));
		assert_int_equal(tx.csum_at, f.l4 + 16);
		assert_int_equal(rte_be_to_cpu_16(tx.csum), kernel_sum);
	}
}

static void a_segment_that_fits_one_packet_is_none(void **state)
{
	struct virtio_net_hdr hdr;
	struct frame f;

	make_frame(&f, 0, false, 0, IPPROTO_TCP, 20, 16, 1448);
	hdr = needs_csum(&f, 16);
	hdr.gso_type = VIRTIO_NET_HDR_GSO_TCPV4;
	hdr.gso_size = 1448;
	assert_int_equal(vnet_hdr_to_mbuf(&hdr, &f.mbuf), 0);
	assert_int_equal(f.mbuf.ol_flags, RTE_MBUF_F_TX_TCP_CKSUM | RTE_MBUF_F_TX_IPV4);
}

/* The checksum over the transport layer comes out right, the pseudo-header included. */
static void assert_complete(const struct frame *f, uint32_t start, uint16_t pseudo)
{
	assert_int_equal(f->mbuf.ol_flags, 0);
	assert_int_equal(sum_of(f->data + start, f->mbuf.pkt_len - start, pseudo), 0xffff);
}

static void other_checksums_are_completed_on_the_spot(void **state)
{
	struct virtio_net_hdr hdr;
	struct frame f;

	/* UDP in a first fragment. */
	make_frame(&f, 1, false, 0, IPPROTO_UDP, 8, 6, 99);
	put16(f.data + 18 + 6, 0x2000);
	hdr = needs_csum(&f, 6);
	assert_int_equal(vnet_hdr_to_mbuf(&hdr, &f.mbuf), 0);
	assert_complete(&f, f.l4, pseudo_sum(f.data + 18, false, IPPROTO_UDP, 107));

	/* A protocol with the Internet checksum elsewhere, as ICMPv6 has it. */
	make_frame(&f, 0, true, 0, IPPROTO_ICMPV6, 8, 2, 56);
	hdr = needs_csum(&f, 2);
	assert_int_equal(vnet_hdr_to_mbuf(&hdr, &f.mbuf), 0);
	assert_complete(&f, f.l4, pseudo_sum(f.data + 14, true, IPPROTO_ICMPV6, 64));

	/* The inner headers of a tunnel. */
	make_frame(&f, 0, false, 0, IPPROTO_UDP, 8, 6, 200);
	hdr = needs_csum(&f, 16);
	hdr.csum_start = f.l4 + 50;
	put16(f.data + hdr.csum_start + 16, 0x1234);
	assert_int_equal(vnet_hdr_to_mbuf(&hdr, &f.mbuf), 0);
	assert_int_equal(f.mbuf.ol_flags, 0);
	assert_int_equal(
		sum_of(f.data + hdr.csum_start, f.mbuf.pkt_len - hdr.csum_start, 0x1234), 0xffff);
}

static void sctp_gets_its_crc(void **state)
{
	/* An INIT. */
	static const uint8_t sctp[] = {0x13, 0x88, 0x13, 0x89, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 20,
		0, 0, 0, 1, 0, 1, 0, 0, 0, 10, 0, 10, 0, 0, 0, 1};
	struct virtio_net_hdr hdr;
	struct frame f;
	uint32_t crc = UINT32_MAX;

	make_frame(&f, 0, false, 0, IPPROTO_SCTP, 12, 8, 20);
	memcpy(f.data + f.l4, sctp, sizeof(sctp));
	hdr = needs_csum(&f, 8);
	assert_int_equal(vnet_hdr_to_mbuf(&hdr, &f.mbuf), 0);
	assert_int_equal(f.mbuf.ol_flags, 0);
	/* Bit by bit, RFC 9260 appendix A. */
	for (size_t i = 0; i < sizeof(sctp); i++) {
		crc ^= sctp[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
	}
	crc = rte_cpu_to_le_32(~crc);
	assert_memory_equal(f.data + f.l4 + 8, &crc, 4);
}

static void contradictions_are_refused(void **state)
{
	struct virtio_net_hdr good, hdr;
	struct frame f;

	make_frame(&f, 0, false, 0, IPPROTO_TCP, 20, 16, PAYLOAD);
	good = needs_csum(&f, 16);
	good.gso_type = VIRTIO_NET_HDR_GSO_TCPV4;
	good.gso_size = 1448;

	hdr = good;
	hdr.gso_type = VIRTIO_NET_HDR_GSO_TCPV6;
	assert_int_equal(vnet_hdr_to_mbuf(&hdr, &f.mbuf), -EBADMSG);
	hdr = good;
	hdr.gso_type = VIRTIO_NET_HDR_GSO_UDP;
	assert_int_equal(vnet_hdr_to_mbuf(&hdr, &f.mbuf), -EOPNOTSUPP);
	hdr = good;
	hdr.flags = 0;
	assert_int_equal(vnet_hdr_to_mbuf(&hdr, &f.mbuf), -EBADMSG);
	hdr = good;
	hdr.gso_size = 0;
	assert_int_equal(vnet_hdr_to_mbuf(&hdr, &f.mbuf), -EBADMSG);
	hdr = good;
	hdr.csum_start += 20;
	assert_int_equal(vnet_hdr_to_mbuf(&hdr, &f.mbuf), -EBADMSG);
	hdr = (struct virtio_net_hdr){.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM, .csum_start = 8190};
	assert_int_equal(vnet_hdr_to_mbuf(&hdr, &f.mbuf), -EBADMSG);
	hdr.csum_start = UINT16_MAX;
	hdr.csum_offset = UINT16_MAX;
	assert_int_equal(vnet_hdr_to_mbuf(&hdr, &f.mbuf), -EBADMSG);
}

static void no_length_is_read_beyond(void **state)
{
	for (uint32_t len = 14; len < 120; len++) {
		struct virtio_net_hdr hdr;
		struct vnet_hdr_tx tx;
		struct frame f;

		make_frame(&f, 1, true, 1, IPPROTO_TCP, 20, 16, PAYLOAD);
		hdr = needs_csum(&f, 16);
		hdr.gso_type = VIRTIO_NET_HDR_GSO_TCPV6;
		hdr.gso_size = 1;
		finish(&f, len);
		assert_int_equal(vnet_hdr_to_mbuf(&hdr, &f.mbuf), len >= f.l4 + 20 ? 0 : -EBADMSG);
		f.mbuf.ol_flags = RTE_MBUF_F_TX_TCP_SEG | RTE_MBUF_F_TX_TCP_CKSUM;
		f.mbuf.l2_len = 18;
		f.mbuf.l3_len = 48;
		f.mbuf.l4_len = 20;
		f.mbuf.tso_segsz = 1;
		assert_int_equal(vnet_hdr_from_mbuf(&f.mbuf, &tx), len >= f.l4 + 20 ? 0 : -EBADMSG);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tcp_and_udp_checksums_are_left_to_others),
		cmocka_unit_test(large_segments_come_back_as_they_were),
		cmocka_unit_test(a_segment_that_fits_one_packet_is_none),
		cmocka_unit_test(other_checksums_are_completed_on_the_spot),
		cmocka_unit_test(sctp_gets_its_crc),
		cmocka_unit_test(contradictions_are_refused),
		cmocka_unit_test(no_length_is_read_beyond),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
