/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/port_vhost_offload.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_tcp.h>
#include <rte_udp.h>

#define TAGS_MAX 4
#define L3_LEN_MAX 511 /* mbuf->l3_len has 9 bits */

/* Where a frame's headers end. */
struct headers {
	uint32_t l2_len;
	uint32_t l3_len;
	uint32_t ip_len; /* of the IP packet, header included */
	bool ipv6;
	uint8_t proto;
};

static const void *at(const struct rte_mbuf *m, uint32_t offset, uint32_t len)
{
	if (offset + len > rte_pktmbuf_data_len(m))
		return NULL;
	return rte_pktmbuf_mtod_offset(m, const void *, offset);
}

static bool parse_ethernet(const struct rte_mbuf *m, struct headers *h, uint16_t *type)
{
	const rte_be16_t *field;

	h->l2_len = RTE_ETHER_HDR_LEN;
	for (int tags = 0; tags <= TAGS_MAX; tags++) {
		field = at(m, h->l2_len - sizeof(*field), sizeof(*field));
		if (!field)
			return false;
		*type = rte_be_to_cpu_16(*field);
		if (*type != RTE_ETHER_TYPE_VLAN && *type != RTE_ETHER_TYPE_QINQ)
			return true;
		h->l2_len += RTE_VLAN_HLEN;
	}
	return false;
}

static bool parse_ipv4(const struct rte_mbuf *m, struct headers *h)
{
	const struct rte_ipv4_hdr *ip = at(m, h->l2_len, sizeof(*ip));

	if (!ip || ip->version != 4 || ip->ihl < 5)
		return false;
	/* A fragment's checksum can't be finished without the others. */
	if (ip->fragment_offset & ~rte_cpu_to_be_16(RTE_IPV4_HDR_DF_FLAG))
		return false;
	h->l3_len = rte_ipv4_hdr_len(ip);
	h->ip_len = rte_be_to_cpu_16(ip->total_length);
	h->proto = ip->next_proto_id;
	return true;
}

static bool parse_ipv6(const struct rte_mbuf *m, struct headers *h)
{
	const struct rte_ipv6_hdr *ip = at(m, h->l2_len, sizeof(*ip));
	const uint8_t *option;

	if (!ip || (rte_be_to_cpu_32(ip->vtc_flow) >> 28) != 6)
		return false;
	h->ipv6 = true;
	h->l3_len = sizeof(*ip);
	h->ip_len = sizeof(*ip) + rte_be_to_cpu_16(ip->payload_len);
	h->proto = ip->proto;
	while (h->proto == IPPROTO_HOPOPTS || h->proto == IPPROTO_ROUTING ||
		h->proto == IPPROTO_DSTOPTS) {
		option = at(m, h->l2_len + h->l3_len, 8);
		if (!option)
			return false;
		h->proto = option[0];
		h->l3_len += (option[1] + 1) * 8;
		if (h->l3_len > L3_LEN_MAX)
			return false;
	}
	return true;
}

static bool parse(const struct rte_mbuf *m, struct headers *h)
{
	uint16_t type;

	*h = (struct headers){0};
	if (!parse_ethernet(m, h, &type))
		return false;
	if (type == RTE_ETHER_TYPE_IPV4) {
		if (!parse_ipv4(m, h))
			return false;
	} else if (type != RTE_ETHER_TYPE_IPV6 || !parse_ipv6(m, h)) {
		return false;
	}
	/* Less is Ethernet's padding. */
	return h->ip_len >= h->l3_len && h->l2_len + h->ip_len <= rte_pktmbuf_pkt_len(m);
}

static bool set_tcp(struct rte_mbuf *m, const struct headers *h, uint16_t segsz)
{
	struct rte_tcp_hdr *tcp = (struct rte_tcp_hdr *)at(m, h->l2_len + h->l3_len, sizeof(*tcp));
	uint32_t l4_len, payload;

	if (!tcp)
		return false;
	l4_len = (tcp->data_off >> 4) * 4;
	if (l4_len < sizeof(*tcp) || !at(m, h->l2_len + h->l3_len, l4_len) ||
		h->l3_len + l4_len > h->ip_len)
		return false;
	m->ol_flags |= RTE_MBUF_F_TX_TCP_CKSUM;
	payload = h->ip_len - h->l3_len - l4_len;
	if (segsz && payload > segsz) {
		if (segsz < PORT_VHOST_MSS_MIN || h->l2_len + h->ip_len != rte_pktmbuf_pkt_len(m))
			return false;
		m->ol_flags |= RTE_MBUF_F_TX_TCP_SEG;
		m->l4_len = l4_len;
		m->tso_segsz = segsz;
	}
	return true;
}

static bool set_udp(struct rte_mbuf *m, const struct headers *h, uint16_t segsz)
{
	const struct rte_udp_hdr *udp = at(m, h->l2_len + h->l3_len, sizeof(*udp));

	if (!udp || segsz || h->l3_len + sizeof(*udp) > h->ip_len ||
		rte_be_to_cpu_16(udp->dgram_len) != h->ip_len - h->l3_len)
		return false;
	m->ol_flags |= RTE_MBUF_F_TX_UDP_CKSUM;
	return true;
}

/* Behind further headers of IPv6 it is not what port.h wants, and written anew before it is used;
 * see egress_offload_is_ours(). */
static void set_pseudo_header_sum(struct rte_mbuf *m, const struct headers *h)
{
	const void *ip = rte_pktmbuf_mtod_offset(m, const void *, h->l2_len);
	uint32_t l4 = h->l2_len + h->l3_len;
	rte_be16_t sum = h->ipv6 ? rte_ipv6_phdr_cksum(ip, m->ol_flags)
				 : rte_ipv4_phdr_cksum(ip, m->ol_flags);

	if (h->proto == IPPROTO_TCP)
		rte_pktmbuf_mtod_offset(m, struct rte_tcp_hdr *, l4)->cksum = sum;
	else
		rte_pktmbuf_mtod_offset(m, struct rte_udp_hdr *, l4)->dgram_cksum = sum;
}

bool port_vhost_offload(struct rte_mbuf *m)
{
	uint16_t segsz = m->ol_flags & RTE_MBUF_F_RX_LRO ? m->tso_segsz : 0;
	bool undone =
		segsz || (m->ol_flags & RTE_MBUF_F_RX_L4_CKSUM_MASK) == RTE_MBUF_F_RX_L4_CKSUM_NONE;
	struct headers h;

	m->ol_flags = 0;
	m->tx_offload = 0;
	if (!undone)
		return true;
	if (!parse(m, &h))
		return false;
	m->l2_len = h.l2_len;
	m->l3_len = h.l3_len;
	m->ol_flags = h.ipv6 ? RTE_MBUF_F_TX_IPV6 : RTE_MBUF_F_TX_IPV4;
	if (!(h.proto == IPPROTO_TCP         ? set_tcp(m, &h, segsz)
		    : h.proto == IPPROTO_UDP ? set_udp(m, &h, segsz)
					     : false))
		return false;
	set_pseudo_header_sum(m, &h);
	return true;
}

/* A buffer of its own for the headers before TCP's. */
static struct rte_mbuf *split_headers(struct rte_mbuf *m)
{
	uint16_t len = m->l2_len + m->l3_len;
	struct rte_mbuf *head = rte_pktmbuf_alloc(m->pool);

	if (!head)
		return NULL;
	memcpy(rte_pktmbuf_mtod(head, void *), rte_pktmbuf_mtod(m, void *), len);
	head->data_len = len;
	head->pkt_len = m->pkt_len;
	head->nb_segs = m->nb_segs + 1;
	head->port = m->port;
	head->ol_flags = m->ol_flags;
	head->tx_offload = m->tx_offload;
	m->data_off += len;
	m->data_len -= len;
	m->nb_segs = 1;
	head->next = m;
	return head;
}

int port_vhost_prepare(struct rte_mbuf **frame)
{
	struct rte_mbuf *m = *frame, *copy = NULL, *head;
	struct rte_tcp_hdr *tcp;
	uint32_t sum;

	/* Made so before, when the guest's ring was full, or not what port.h says. */
	if (m->data_len < m->l2_len + m->l3_len + sizeof(*tcp) || m->nb_segs == UINT16_MAX)
		return 0;
	if (!RTE_MBUF_DIRECT(m) || rte_mbuf_refcnt_read(m) > 1) {
		copy = rte_pktmbuf_copy(m, m->pool, 0, UINT32_MAX);
		if (!copy)
			return -ENOMEM;
		m = copy;
	}
	head = split_headers(m);
	if (!head) {
		rte_pktmbuf_free(copy);
		return -ENOMEM;
	}
	tcp = rte_pktmbuf_mtod(m, struct rte_tcp_hdr *);
	sum = tcp->cksum + rte_cpu_to_be_16(head->pkt_len - head->data_len);
	tcp->cksum = (sum & 0xffff) + (sum >> 16);
	if (copy)
		rte_pktmbuf_free(*frame);
	*frame = head;
	return 0;
}
