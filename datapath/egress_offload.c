/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/egress_offload.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>

#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_tcp.h>
#include <rte_udp.h>

#include "datapath/port.h"

#define FLAGS_DONE \
	(RTE_MBUF_F_TX_L4_MASK | RTE_MBUF_F_TX_TCP_SEG | RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IPV6)

/* The headers of a frame, as its flags have them and the frame confirms. */
struct headers {
	uint16_t l3; /* offsets */
	uint16_t l4;
	uint16_t l4_hdr_len; /* the fixed part, or all of it for a large segment */
	uint32_t l4_len;     /* header and payload */
	uint8_t proto;
	bool ipv6;
};

static int check_ip(const struct rte_mbuf *m, struct headers *h)
{
	const struct rte_ipv4_hdr *ip4 = rte_pktmbuf_mtod_offset(m, const void *, h->l3);
	const struct rte_ipv6_hdr *ip6 = rte_pktmbuf_mtod_offset(m, const void *, h->l3);
	uint32_t ip_len;

	if (h->ipv6) {
		if (m->l3_len < sizeof(*ip6) || (*(const uint8_t *)ip6 >> 4) != 6)
			return -EINVAL;
		ip_len = sizeof(*ip6) + rte_be_to_cpu_16(ip6->payload_len);
	} else {
		if (m->l3_len < sizeof(*ip4) || ip4->version != 4 ||
			rte_ipv4_hdr_len(ip4) != m->l3_len)
			return -EINVAL;
		ip_len = rte_be_to_cpu_16(ip4->total_length);
	}
	if (ip_len < (uint32_t)m->l3_len + h->l4_hdr_len || h->l3 + ip_len > m->pkt_len)
		return -EINVAL;
	h->l4_len = ip_len - m->l3_len;
	return 0;
}

static int read_headers(const struct rte_mbuf *m, struct headers *h)
{
	uint64_t l4 = m->ol_flags & RTE_MBUF_F_TX_L4_MASK;
	rte_be16_t type;

	*h = (struct headers){
		.l3 = m->l2_len,
		.l4 = m->l2_len + m->l3_len,
		.ipv6 = m->ol_flags & RTE_MBUF_F_TX_IPV6,
	};
	if (h->ipv6 == !!(m->ol_flags & RTE_MBUF_F_TX_IPV4) || m->l2_len < RTE_ETHER_HDR_LEN)
		return -EINVAL;
	if (m->ol_flags & RTE_MBUF_F_TX_TCP_SEG) {
		h->proto = IPPROTO_TCP;
		h->l4_hdr_len = m->l4_len;
	} else if (l4 == RTE_MBUF_F_TX_TCP_CKSUM) {
		h->proto = IPPROTO_TCP;
		h->l4_hdr_len = sizeof(struct rte_tcp_hdr);
	} else if (l4 == RTE_MBUF_F_TX_UDP_CKSUM) {
		h->proto = IPPROTO_UDP;
		h->l4_hdr_len = sizeof(struct rte_udp_hdr);
	} else {
		return -EINVAL;
	}
	if (m->data_len < h->l4 + h->l4_hdr_len)
		return -EINVAL;
	/* A guest may claim an odd length: not every machine loads from there. */
	memcpy(&type, rte_pktmbuf_mtod_offset(m, const char *, m->l2_len - sizeof(type)),
		sizeof(type));
	if (type != rte_cpu_to_be_16(h->ipv6 ? RTE_ETHER_TYPE_IPV6 : RTE_ETHER_TYPE_IPV4))
		return -EINVAL;
	return check_ip(m, h);
}

/* Of the pseudo-header, not complemented. */
static uint16_t pseudo_sum(const struct rte_mbuf *m, const struct headers *h, uint32_t len)
{
	const uint8_t *ip = rte_pktmbuf_mtod_offset(m, const uint8_t *, h->l3);
	uint32_t sum = rte_cpu_to_be_16(h->proto);

	/* Addresses are the last of either header's fixed part. */
	if (h->ipv6)
		sum += rte_raw_cksum(ip + offsetof(struct rte_ipv6_hdr, src_addr), 32);
	else
		sum += rte_raw_cksum(ip + offsetof(struct rte_ipv4_hdr, src_addr), 8);
	sum += rte_cpu_to_be_16(len & 0xffff);
	sum = (sum & 0xffff) + (sum >> 16);
	return (sum & 0xffff) + (sum >> 16);
}

static void set_checksum(struct rte_mbuf *m, const struct headers *h, rte_be16_t sum)
{
	if (h->proto == IPPROTO_TCP)
		rte_pktmbuf_mtod_offset(m, struct rte_tcp_hdr *, h->l4)->cksum = sum;
	else
		rte_pktmbuf_mtod_offset(m, struct rte_udp_hdr *, h->l4)->dgram_cksum = sum;
}

/* Not complemented. DPDK's rte_raw_cksum_mbuf() loses carries where a buffer begins at an odd byte
 * of the data. */
static uint16_t chain_sum(const struct rte_mbuf *m, uint32_t offset, uint32_t len)
{
	uint32_t sum = 0, done = 0, n;
	uint16_t part;

	for (; offset >= m->data_len; m = m->next)
		offset -= m->data_len;
	for (; done < len; m = m->next) {
		n = RTE_MIN(len - done, m->data_len - offset);
		part = rte_raw_cksum(rte_pktmbuf_mtod_offset(m, const void *, offset), n);
		sum += done & 1 ? rte_bswap16(part) : part;
		done += n;
		offset = 0;
	}
	sum = (sum & 0xffff) + (sum >> 16);
	return (sum & 0xffff) + (sum >> 16);
}

static void write_checksum(struct rte_mbuf *m, const struct headers *h)
{
	uint32_t sum = pseudo_sum(m, h, h->l4_len);

	set_checksum(m, h, 0);
	sum += chain_sum(m, h->l4, h->l4_len);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = ~((sum & 0xffff) + (sum >> 16)) & 0xffff;
	/* RFC 768: a sum of zero is sent as all ones, since zero says that there is none. */
	if (!sum && h->proto == IPPROTO_UDP)
		sum = 0xffff;
	set_checksum(m, h, sum);
}

int egress_offload_checksum(struct rte_mbuf *m)
{
	struct headers h;
	int error;

	if (m->ol_flags & RTE_MBUF_F_TX_TCP_SEG)
		return -EINVAL;
	error = read_headers(m, &h);
	if (error)
		return error;
	write_checksum(m, &h);
	m->ol_flags &= ~FLAGS_DONE;
	return 0;
}

/* Reads a chain of buffers from front to back. */
struct reader {
	const struct rte_mbuf *segment;
	uint32_t offset;
};

static uint32_t read_some(struct reader *r, void *to, uint32_t len)
{
	while (r->offset >= r->segment->data_len) {
		r->offset -= r->segment->data_len;
		r->segment = r->segment->next;
	}
	len = RTE_MIN(len, r->segment->data_len - r->offset);
	memcpy(to, rte_pktmbuf_mtod_offset(r->segment, const void *, r->offset), len);
	r->offset += len;
	return len;
}

/* Appends `len` bytes to the chain that begins with `head`. */
static int append(struct rte_mbuf *head, struct reader *r, uint32_t len)
{
	struct rte_mbuf *tail = rte_pktmbuf_lastseg(head);
	uint32_t n;

	while (len > 0) {
		if (!rte_pktmbuf_tailroom(tail)) {
			tail->next = rte_pktmbuf_alloc(head->pool);
			if (!tail->next)
				return -ENOMEM;
			tail = tail->next;
			head->nb_segs++;
		}
		n = read_some(r, rte_pktmbuf_mtod_offset(tail, void *, tail->data_len),
			RTE_MIN(len, rte_pktmbuf_tailroom(tail)));
		tail->data_len += n;
		head->pkt_len += n;
		len -= n;
	}
	return 0;
}

/* Which part of the large segment a frame is. */
struct part {
	uint32_t index;
	uint32_t offset; /* in the payload */
	bool last;
};

static void write_lengths(struct rte_mbuf *m, const struct headers *h, const struct part *part)
{
	struct rte_ipv4_hdr *ip4 = rte_pktmbuf_mtod_offset(m, void *, h->l3);
	struct rte_ipv6_hdr *ip6 = rte_pktmbuf_mtod_offset(m, void *, h->l3);
	uint32_t ip_len = m->pkt_len - h->l3;

	if (h->ipv6) {
		ip6->payload_len = rte_cpu_to_be_16(ip_len - sizeof(*ip6));
		return;
	}
	ip4->total_length = rte_cpu_to_be_16(ip_len);
	ip4->packet_id = rte_cpu_to_be_16(rte_be_to_cpu_16(ip4->packet_id) + part->index);
	ip4->hdr_checksum = 0;
	ip4->hdr_checksum = rte_ipv4_cksum(ip4);
}

static void write_tcp(struct rte_mbuf *m, const struct headers *h, const struct part *part)
{
	struct rte_tcp_hdr *tcp = rte_pktmbuf_mtod_offset(m, struct rte_tcp_hdr *, h->l4);

	tcp->sent_seq = rte_cpu_to_be_32(rte_be_to_cpu_32(tcp->sent_seq) + part->offset);
	if (part->index > 0)
		tcp->tcp_flags &= ~RTE_TCP_CWR_FLAG;
	if (!part->last)
		tcp->tcp_flags &= ~(RTE_TCP_FIN_FLAG | RTE_TCP_PSH_FLAG);
}

/* Leaves the checksum of a part to the port, or makes it. */
static void finish_part(
	struct rte_mbuf *m, const struct rte_mbuf *large, struct headers *h, uint32_t tx_caps)
{
	h->l4_len = m->pkt_len - h->l4;
	if (!(tx_caps & PORT_TX_CSUM)) {
		write_checksum(m, h);
		return;
	}
	m->l2_len = large->l2_len;
	m->l3_len = large->l3_len;
	m->ol_flags = RTE_MBUF_F_TX_TCP_CKSUM | (h->ipv6 ? RTE_MBUF_F_TX_IPV6 : RTE_MBUF_F_TX_IPV4);
	set_checksum(m, h, pseudo_sum(m, h, h->l4_len));
}

static int cut(struct rte_mbuf *m, const struct headers *large, uint32_t tx_caps,
	struct rte_mbuf **out, uint16_t n)
{
	uint32_t headers_len = large->l4 + large->l4_hdr_len;
	uint32_t left = large->l4_len - large->l4_hdr_len;
	struct reader payload = {m, headers_len};
	struct part part = {0};
	int error;

	for (uint16_t i = 0; i < n; i++) {
		uint32_t len = RTE_MIN(left, (uint32_t)m->tso_segsz);
		struct reader headers = {m, 0};
		struct headers h = *large;

		part.index = i;
		part.last = len == left;
		error = rte_pktmbuf_tailroom(out[i]) < headers_len ? -ENOMEM : 0;
		if (!error)
			error = append(out[i], &headers, headers_len);
		if (!error)
			error = append(out[i], &payload, len);
		if (error)
			return error;
		out[i]->port = m->port;
		write_lengths(out[i], &h, &part);
		write_tcp(out[i], &h, &part);
		finish_part(out[i], m, &h, tx_caps);
		part.offset += len;
		left -= len;
	}
	return 0;
}

static int segment(struct rte_mbuf *m, uint32_t tx_caps, struct rte_mbuf **out, uint16_t out_max)
{
	const struct rte_tcp_hdr *tcp;
	struct headers h;
	uint32_t n;
	int error;

	error = read_headers(m, &h);
	if (error)
		return error;
	if (h.l4_hdr_len < sizeof(*tcp) || !m->tso_segsz || h.l4_len == h.l4_hdr_len)
		return -EINVAL;
	tcp = rte_pktmbuf_mtod_offset(m, const struct rte_tcp_hdr *, h.l4);
	if ((tcp->data_off >> 4) * 4 != h.l4_hdr_len)
		return -EINVAL;
	n = (h.l4_len - h.l4_hdr_len + m->tso_segsz - 1) / m->tso_segsz;
	if (n > out_max)
		return -E2BIG;
	if (rte_pktmbuf_alloc_bulk(m->pool, out, n))
		return -ENOMEM;
	error = cut(m, &h, tx_caps, out, n);
	if (error) {
		rte_pktmbuf_free_bulk(out, n);
		return error;
	}
	rte_pktmbuf_free(m);
	return n;
}

int egress_offload_finish(
	struct rte_mbuf *m, uint32_t tx_caps, struct rte_mbuf **out, uint16_t out_max)
{
	uint32_t tso = m->ol_flags & RTE_MBUF_F_TX_IPV6 ? PORT_TX_TSO6 : PORT_TX_TSO4;
	struct rte_mbuf *copy = NULL;
	int error;

	if (egress_offload_is_ours(m))
		tx_caps = 0;
	if (out_max == 0)
		return -E2BIG;
	out[0] = m;
	if (m->ol_flags & RTE_MBUF_F_TX_TCP_SEG)
		return tx_caps & tso ? 1 : segment(m, tx_caps, out, out_max);
	if (!(m->ol_flags & RTE_MBUF_F_TX_L4_MASK) || (tx_caps & PORT_TX_CSUM))
		return 1;
	if (!RTE_MBUF_DIRECT(m) || rte_mbuf_refcnt_read(m) > 1) {
		copy = rte_pktmbuf_copy(m, m->pool, 0, UINT32_MAX);
		if (!copy)
			return -ENOMEM;
		out[0] = copy;
	}
	error = egress_offload_checksum(out[0]);
	if (error) {
		rte_pktmbuf_free(copy);
		return error;
	}
	if (copy)
		rte_pktmbuf_free(m);
	return 1;
}
