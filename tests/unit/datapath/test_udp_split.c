/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_udp.h>

#include "datapath/pktpool.h"
#include "datapath/udp_split.h"
#include "datapath/vnet_hdr.h"
#include "test_eal.h"

#define N_BUFFERS 511

static int start(void **state)
{
	struct errmsg err;

	thread_role_begin(&role_control);
	assert_int_equal(test_eal_init(64), 0);
	return pktpool_init(N_BUFFERS, &err);
}

static int stop(void **state)
{
	uint32_t used, size;

	pktpool_usage(&used, &size);
	assert_int_equal(used, 0);
	pktpool_fini();
	rte_eal_cleanup();
	return 0;
}

static uint8_t byte_of(uint32_t i)
{
	return i * 13 + (i >> 8);
}

static uint16_t phdr_sum(const uint8_t *l3, bool ipv6)
{
	return ipv6 ? rte_ipv6_phdr_cksum((const void *)l3, 0)
		    : rte_ipv4_phdr_cksum((const void *)l3, 0);
}

/* `payload` bytes behind Ethernet, a tag, IP and UDP, in as many buffers as it takes. */
static struct rte_mbuf *make_train(bool ipv6, uint32_t payload, uint16_t gso_size)
{
	uint32_t l3_len = ipv6 ? 40 : 20, l4 = 18 + l3_len;
	struct virtio_net_hdr hdr = {.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
		.gso_type = VNET_HDR_GSO_UDP_L4,
		.gso_size = gso_size,
		.csum_start = l4,
		.csum_offset = 6};
	struct rte_mbuf *train = rte_pktmbuf_alloc(pktpool_get(0));
	uint8_t *data = (uint8_t *)rte_pktmbuf_append(train, l4 + 8);
	uint16_t l4_len = htons(8 + payload);
	uint16_t sum;

	if (!data)
		abort();
	memset(data, 0, l4 + 8);
	data[12] = 0x81;
	data[15] = 9;
	memcpy(data + 16, ipv6 ? "\x86\xdd\x60" : "\x08\x00\x45", 3);
	if (ipv6) {
		memcpy(data + 18 + 4, &l4_len, 2);
		data[18 + 6] = IPPROTO_UDP;
		data[18 + 23] = 1;
		data[18 + 39] = 2;
	} else {
		uint16_t total = htons(28 + payload), id = htons(0xffff);

		memcpy(data + 18 + 2, &total, 2);
		memcpy(data + 18 + 4, &id, 2);
		data[18 + 9] = IPPROTO_UDP;
		memcpy(data + 18 + 12, "\x0a\0\0\1\x0a\0\0\2", 8);
	}
	memcpy(data + l4 + 4, &l4_len, 2);
	sum = phdr_sum(data + 18, ipv6);
	memcpy(data + l4 + 6, &sum, 2);
	for (uint32_t i = 0; i < payload; i++) {
		char *at = rte_pktmbuf_append(train, 1);

		if (!at) {
			assert_int_equal(
				rte_pktmbuf_chain(train, rte_pktmbuf_alloc(pktpool_get(0))), 0);
			at = rte_pktmbuf_append(train, 1);
		}
		*at = byte_of(i);
	}
	assert_int_equal(vnet_hdr_to_mbuf(&hdr, train), 0);
	return train;
}

static void check_datagram(
	const struct rte_mbuf *one, bool ipv6, uint16_t index, uint32_t at, uint32_t payload)
{
	uint32_t l3_len = ipv6 ? 40 : 20, l4 = 18 + l3_len;
	uint8_t data[9000];
	const uint8_t *read;
	struct rte_udp_hdr udp;

	assert_int_equal(one->pkt_len, l4 + 8 + payload);
	assert_int_equal(one->ol_flags,
		RTE_MBUF_F_TX_UDP_CKSUM | (ipv6 ? RTE_MBUF_F_TX_IPV6 : RTE_MBUF_F_TX_IPV4));
	assert_int_equal(one->l2_len, 18);
	assert_int_equal(one->l3_len, l3_len);
	read = rte_pktmbuf_read(one, 0, one->pkt_len, data);
	if (read != data)
		memcpy(data, read, one->pkt_len);
	memcpy(&udp, data + l4, sizeof(udp));
	assert_int_equal(ntohs(udp.dgram_len), 8 + payload);
	assert_int_equal(udp.dgram_cksum, phdr_sum(data + 18, ipv6));
	if (!ipv6) {
		assert_int_equal(rte_raw_cksum(data + 18, 20), 0xffff);
		assert_int_equal(data[18 + 4] << 8 | data[18 + 5], (0xffff + index) & 0xffff);
		assert_int_equal(data[18 + 2] << 8 | data[18 + 3], 28 + payload);
	} else {
		assert_int_equal(data[18 + 4] << 8 | data[18 + 5], 8 + payload);
	}
	for (uint32_t i = 0; i < payload; i++)
		assert_int_equal(data[l4 + 8 + i], byte_of(at + i));
}

static void every_datagram_stands_by_itself(void **state)
{
	static const struct {
		uint32_t payload;
		uint16_t size;
	} cases[] = {{2, 1}, {128, 1}, {1001, 1000}, {40000, 1472}, {30000, 8000}};

	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t payload = cases[i / 2].payload, size = cases[i / 2].size;
		struct rte_mbuf *train = make_train(i % 2, payload, size);
		struct rte_mbuf *out[VNET_HDR_DATAGRAMS_MAX];
		uint16_t n = udp_split(train, pktpool_get(0), out);

		assert_int_equal(n, (payload + size - 1) / size);
		for (uint16_t d = 0; d < n; d++)
			check_datagram(
				out[d], i % 2, d, d * size, d + 1 < n ? size : payload - d * size);
		rte_pktmbuf_free_bulk(out, n);
		rte_pktmbuf_free(train);
	}
}

static void without_buffers_there_is_none(void **state)
{
	struct rte_mbuf *train = make_train(false, 40000, 1000);
	struct rte_mbuf *out[VNET_HDR_DATAGRAMS_MAX];
	struct rte_mbuf *all[N_BUFFERS];
	uint16_t n = 0;

	while (rte_mempool_avail_count(pktpool_get(0)) > 20)
		all[n++] = rte_pktmbuf_alloc(pktpool_get(0));
	assert_int_equal(udp_split(train, pktpool_get(0), out), 0);
	rte_pktmbuf_free_bulk(all, n);
	assert_int_equal(udp_split(train, pktpool_get(0), out), 40);
	rte_pktmbuf_free_bulk(out, 40);
	rte_pktmbuf_free(train);
}

static void too_many_datagrams_are_refused(void **state)
{
	struct virtio_net_hdr hdr = {.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
		.gso_type = VNET_HDR_GSO_UDP_L4,
		.gso_size = 1,
		.csum_start = 38,
		.csum_offset = 6};
	struct rte_mbuf *train = make_train(false, 129, 2);

	assert_int_equal(vnet_hdr_to_mbuf(&hdr, train), -EBADMSG);
	rte_pktmbuf_free(train);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_datagram_stands_by_itself),
		cmocka_unit_test(without_buffers_there_is_none),
		cmocka_unit_test(too_many_datagrams_are_refused),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
