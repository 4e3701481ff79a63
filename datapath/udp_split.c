/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/udp_split.h"

#include <string.h>

#include <rte_byteorder.h>
#include <rte_ip.h>
#include <rte_udp.h>

/* Appends `len` bytes of `from` at `offset` to the frame `to`. False when the pool is empty. */
static bool append(struct rte_mbuf *to, const struct rte_mbuf *from, uint32_t offset, uint32_t len,
	struct rte_mempool *pool)
{
	while (len) {
		struct rte_mbuf *last = rte_pktmbuf_lastseg(to);
		uint32_t n = RTE_MIN(len, (uint32_t)rte_pktmbuf_tailroom(last));
		const void *source;
		char *room;

		if (!n) {
			last = rte_pktmbuf_alloc(pool);
			if (!last || rte_pktmbuf_chain(to, last)) {
				rte_pktmbuf_free(last);
				return false;
			}
			continue;
		}
		room = rte_pktmbuf_append(to, n);
		source = rte_pktmbuf_read(from, offset, n, room);
		if (!source)
			return false;
		if (source != room)
			memcpy(room, source, n);
		offset += n;
		len -= n;
	}
	return true;
}

/* RFC 1624: the sum in `field` with the 16-bit word `before` replaced by `after`. */
static uint16_t replace_word(uint16_t field, uint16_t before, uint16_t after)
{
	uint32_t sum = (uint32_t)field + (uint16_t)~before + after;

	sum = (sum & UINT16_MAX) + (sum >> 16);
	return (sum & UINT16_MAX) + (sum >> 16);
}

static void fix_ip(uint8_t *l3, const struct rte_mbuf *frame, uint16_t l4_len, uint16_t index)
{
	struct rte_ipv4_hdr ip;
	uint16_t payload_len;

	if (frame->ol_flags & RTE_MBUF_F_TX_IPV6) {
		payload_len =
			rte_cpu_to_be_16(frame->l3_len - sizeof(struct rte_ipv6_hdr) + l4_len);
		memcpy(l3 + offsetof(struct rte_ipv6_hdr, payload_len), &payload_len,
			sizeof(payload_len));
		return;
	}
	memcpy(&ip, l3, sizeof(ip));
	ip.total_length = rte_cpu_to_be_16(frame->l3_len + l4_len);
	ip.packet_id = rte_cpu_to_be_16(rte_be_to_cpu_16(ip.packet_id) + index);
	ip.hdr_checksum = 0;
	memcpy(l3, &ip, sizeof(ip));
	ip.hdr_checksum = ~rte_raw_cksum(l3, frame->l3_len);
	memcpy(l3, &ip, sizeof(ip));
}

static void fix_udp(uint8_t *l4, uint16_t l4_len)
{
	struct rte_udp_hdr udp;
	uint16_t before;

	memcpy(&udp, l4, sizeof(udp));
	before = udp.dgram_len;
	udp.dgram_len = rte_cpu_to_be_16(l4_len);
	udp.dgram_cksum = replace_word(udp.dgram_cksum, before, udp.dgram_len);
	memcpy(l4, &udp, sizeof(udp));
}

uint16_t udp_split(const struct rte_mbuf *frame, struct rte_mempool *pool, struct rte_mbuf **out)
{
	uint32_t headers = frame->l2_len + frame->l3_len + frame->l4_len;
	uint16_t n = 0;

	for (uint32_t at = headers; at < frame->pkt_len; at += frame->tso_segsz, n++) {
		uint32_t len = RTE_MIN(frame->pkt_len - at, (uint32_t)frame->tso_segsz);
		struct rte_mbuf *one = out[n] = rte_pktmbuf_alloc(pool);
		uint8_t *data;

		if (!one || !append(one, frame, 0, headers, pool) ||
			!append(one, frame, at, len, pool)) {
			rte_pktmbuf_free_bulk(out, n + 1);
			return 0;
		}
		one->ol_flags = frame->ol_flags & ~RTE_MBUF_F_TX_UDP_SEG;
		one->l2_len = frame->l2_len;
		one->l3_len = frame->l3_len;
		data = rte_pktmbuf_mtod(one, uint8_t *);
		fix_ip(data + frame->l2_len, frame, frame->l4_len + len, n);
		fix_udp(data + frame->l2_len + frame->l3_len, frame->l4_len + len);
	}
	return n;
}
