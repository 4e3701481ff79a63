/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/vnet_hdr.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <netinet/in.h>
#include <rte_byteorder.h>
#include <rte_ether.h>
#include <rte_hash_crc.h>
#include <rte_ip.h>
#include <rte_tcp.h>
#include <rte_udp.h>

#define TAGS_MAX 4     /* what a frame may carry and still have its checksum left to others */
#define L3_LEN_MAX 511 /* nine bits in the mbuf */
#define TCP_CSUM_OFFSET 16
#define TCP_FLAGS_OFFSET 13
#define TCP_FLAG_CWR 0x80
#define UDP_CSUM_OFFSET 6
#define SCTP_CSUM_OFFSET 8

struct layout {
	uint32_t l2_len; /* tags included */
	uint32_t l3_len; /* extension headers included */
	uint8_t proto;
	bool ipv6;
};

static bool find_ipv4(const uint8_t *l3, uint32_t len, struct layout *layout)
{
	struct rte_ipv4_hdr ip;

	if (len < sizeof(ip))
		return false;
	memcpy(&ip, l3, sizeof(ip));
	layout->l3_len = (ip.version_ihl & RTE_IPV4_HDR_IHL_MASK) * RTE_IPV4_IHL_MULTIPLIER;
	layout->proto = ip.next_proto_id;
	layout->ipv6 = false;
	return ip.version_ihl >> 4 == 4 && layout->l3_len >= sizeof(ip) && layout->l3_len <= len &&
	       !(ip.fragment_offset &
		       rte_cpu_to_be_16(RTE_IPV4_HDR_MF_FLAG | RTE_IPV4_HDR_OFFSET_MASK));
}

static bool find_ipv6(const uint8_t *l3, uint32_t len, struct layout *layout)
{
	uint32_t at = sizeof(struct rte_ipv6_hdr);
	uint8_t next;

	if (len < at || l3[0] >> 4 != 6)
		return false;
	next = l3[offsetof(struct rte_ipv6_hdr, proto)];
	while (next == IPPROTO_HOPOPTS || next == IPPROTO_ROUTING || next == IPPROTO_DSTOPTS) {
		if (at + 2 > len)
			return false;
		next = l3[at];
		at += (l3[at + 1] + 1) * 8;
		if (at > len || at > L3_LEN_MAX)
			return false;
	}
	layout->l3_len = at;
	layout->proto = next;
	layout->ipv6 = true;
	return true;
}

/* False when no transport header of a whole packet can be pointed at. */
static bool find_layout(const struct rte_mbuf *frame, struct layout *layout)
{
	const uint8_t *data = rte_pktmbuf_mtod(frame, const uint8_t *);
	uint32_t len = frame->data_len;
	uint32_t at = 2 * RTE_ETHER_ADDR_LEN;
	uint16_t type;

	for (int tags = 0;; tags++) {
		if (at + 2 > len || tags > TAGS_MAX)
			return false;
		type = data[at] << 8 | data[at + 1];
		if (type != RTE_ETHER_TYPE_VLAN && type != RTE_ETHER_TYPE_QINQ &&
			type != RTE_ETHER_TYPE_QINQ1)
			break;
		at += sizeof(struct rte_vlan_hdr);
	}
	at += 2;
	layout->l2_len = at;
	if (type == RTE_ETHER_TYPE_IPV4)
		return find_ipv4(data + at, len - at, layout);
	return type == RTE_ETHER_TYPE_IPV6 && find_ipv6(data + at, len - at, layout);
}

/* rte_hash_crc() would read the frame's bytes as aligned words. */
static uint32_t crc32c(const uint8_t *data, uint32_t len, uint32_t crc)
{
	uint64_t word;

	for (; len >= sizeof(word); data += sizeof(word), len -= sizeof(word)) {
		memcpy(&word, data, sizeof(word));
		crc = rte_hash_crc_8byte(word, crc);
	}
	for (; len; data++, len--)
		crc = rte_hash_crc_1byte(*data, crc);
	return crc;
}

/* RFC 9260, appendix A: CRC32c of the SCTP packet with zero in its place, little endian. */
static void complete_crc32c(struct rte_mbuf *frame, uint32_t start)
{
	uint8_t *field = rte_pktmbuf_mtod_offset(frame, uint8_t *, start + SCTP_CSUM_OFFSET);
	uint32_t crc = UINT32_MAX;

	memset(field, 0, sizeof(crc));
	for (const struct rte_mbuf *m = frame; m; m = m->next) {
		crc = crc32c(rte_pktmbuf_mtod_offset(m, const uint8_t *, start),
			m->data_len - start, crc);
		start = 0;
	}
	crc = rte_cpu_to_le_32(~crc);
	memcpy(field, &crc, sizeof(crc));
}

static int complete_csum(struct rte_mbuf *frame, uint32_t start, uint32_t offset, bool sctp)
{
	uint16_t sum;

	if (start >= frame->data_len ||
		start + offset + (sctp ? sizeof(uint32_t) : sizeof(uint16_t)) > frame->data_len)
		return -EBADMSG;
	if (sctp) {
		complete_crc32c(frame, start);
		return 0;
	}
	if (rte_raw_cksum_mbuf(frame, start, frame->pkt_len - start, &sum))
		return -EBADMSG;
	sum = ~sum;
	if (!sum) /* zero means "none" in UDP and equals this elsewhere */
		sum = UINT16_MAX;
	memcpy(rte_pktmbuf_mtod_offset(frame, void *, start + offset), &sum, sizeof(sum));
	return 0;
}

static uint16_t csum_add(uint16_t a, uint16_t b)
{
	uint32_t sum = (uint32_t)a + b;

	return (sum & UINT16_MAX) + (sum >> 16);
}

static int mark_segment(
	const struct virtio_net_hdr *hdr, struct rte_mbuf *frame, const struct layout *layout)
{
	uint32_t l4 = layout->l2_len + layout->l3_len;
	uint8_t *tcp = rte_pktmbuf_mtod_offset(frame, uint8_t *, l4);
	uint32_t l4_len = (tcp[12] >> 4) * 4;
	uint16_t sum;

	if (layout->ipv6 != ((hdr->gso_type & ~VIRTIO_NET_HDR_GSO_ECN) == VIRTIO_NET_HDR_GSO_TCPV6))
		return -EBADMSG;
	if (!hdr->gso_size || l4_len < sizeof(struct rte_tcp_hdr) || l4 + l4_len > frame->data_len)
		return -EBADMSG;
	if (frame->pkt_len - l4 > UINT16_MAX)
		return -EBADMSG;
	if (frame->pkt_len <= l4 + l4_len + hdr->gso_size)
		return 0; /* fits one packet: only its checksum is left */
	memcpy(&sum, tcp + TCP_CSUM_OFFSET, sizeof(sum));
	sum = csum_add(sum, ~rte_cpu_to_be_16(frame->pkt_len - l4));
	memcpy(tcp + TCP_CSUM_OFFSET, &sum, sizeof(sum));
	frame->ol_flags |= RTE_MBUF_F_TX_TCP_SEG;
	frame->l4_len = l4_len;
	frame->tso_segsz = hdr->gso_size;
	return 0;
}

static int mark_datagrams(const struct virtio_net_hdr *hdr, struct rte_mbuf *frame)
{
	uint32_t headers = hdr->csum_start + sizeof(struct rte_udp_hdr);

	if (!hdr->gso_size ||
		(frame->pkt_len - headers - 1) / hdr->gso_size >= VNET_HDR_DATAGRAMS_MAX)
		return -EBADMSG;
	if (frame->pkt_len <= headers + hdr->gso_size)
		return 0;
	frame->ol_flags |= RTE_MBUF_F_TX_UDP_SEG;
	frame->l4_len = sizeof(struct rte_udp_hdr);
	frame->tso_segsz = hdr->gso_size;
	return 0;
}

int vnet_hdr_to_mbuf(const struct virtio_net_hdr *hdr, struct rte_mbuf *frame)
{
	uint8_t gso = hdr->gso_type & ~VIRTIO_NET_HDR_GSO_ECN;
	struct layout layout = {0};
	bool known, tcp, udp;

	if (gso != VIRTIO_NET_HDR_GSO_NONE && gso != VIRTIO_NET_HDR_GSO_TCPV4 &&
		gso != VIRTIO_NET_HDR_GSO_TCPV6 && gso != VNET_HDR_GSO_UDP_L4)
		return -EOPNOTSUPP;
	if (!(hdr->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM))
		return gso == VIRTIO_NET_HDR_GSO_NONE ? 0 : -EBADMSG;

	known = find_layout(frame, &layout) && layout.l2_len + layout.l3_len == hdr->csum_start;
	tcp = known && layout.proto == IPPROTO_TCP && hdr->csum_offset == TCP_CSUM_OFFSET &&
	      hdr->csum_start + sizeof(struct rte_tcp_hdr) <= frame->data_len;
	udp = known && layout.proto == IPPROTO_UDP && hdr->csum_offset == UDP_CSUM_OFFSET &&
	      hdr->csum_start + sizeof(struct rte_udp_hdr) <= frame->data_len;
	if (gso != VIRTIO_NET_HDR_GSO_NONE && !(gso == VNET_HDR_GSO_UDP_L4 ? udp : tcp))
		return -EBADMSG;
	if (!tcp && !udp)
		return complete_csum(frame, hdr->csum_start, hdr->csum_offset,
			known && layout.proto == IPPROTO_SCTP &&
				hdr->csum_offset == SCTP_CSUM_OFFSET);

	frame->l2_len = layout.l2_len;
	frame->l3_len = layout.l3_len;
	frame->ol_flags |= (tcp ? RTE_MBUF_F_TX_TCP_CKSUM : RTE_MBUF_F_TX_UDP_CKSUM) |
			   (layout.ipv6 ? RTE_MBUF_F_TX_IPV6 : RTE_MBUF_F_TX_IPV4);
	if (gso == VIRTIO_NET_HDR_GSO_NONE)
		return 0;
	return udp ? mark_datagrams(hdr, frame) : mark_segment(hdr, frame, &layout);
}

static int restore_segment(const struct rte_mbuf *frame, struct vnet_hdr_tx *tx)
{
	uint32_t l4 = tx->hdr.csum_start;
	const uint16_t *sum;
	const uint8_t *flags;
	uint16_t buf;
	uint8_t flags_buf;

	sum = rte_pktmbuf_read(frame, l4 + TCP_CSUM_OFFSET, sizeof(buf), &buf);
	flags = rte_pktmbuf_read(frame, l4 + TCP_FLAGS_OFFSET, sizeof(flags_buf), &flags_buf);
	if (!sum || !flags || l4 + frame->l4_len > frame->pkt_len || !frame->tso_segsz)
		return -EBADMSG;
	memcpy(&buf, sum, sizeof(buf));
	tx->csum = csum_add(buf, rte_cpu_to_be_16(frame->pkt_len - l4));
	tx->csum_at = l4 + TCP_CSUM_OFFSET;
	tx->hdr.hdr_len = l4 + frame->l4_len;
	tx->hdr.gso_size = frame->tso_segsz;
	tx->hdr.gso_type = frame->ol_flags & RTE_MBUF_F_TX_IPV6 ? VIRTIO_NET_HDR_GSO_TCPV6
								: VIRTIO_NET_HDR_GSO_TCPV4;
	if (*flags & TCP_FLAG_CWR)
		tx->hdr.gso_type |= VIRTIO_NET_HDR_GSO_ECN;
	return 0;
}

int vnet_hdr_from_mbuf(const struct rte_mbuf *frame, struct vnet_hdr_tx *tx)
{
	uint64_t l4 = frame->ol_flags & RTE_MBUF_F_TX_L4_MASK;
	bool segment = frame->ol_flags & RTE_MBUF_F_TX_TCP_SEG;

	*tx = (struct vnet_hdr_tx){.hdr.gso_type = VIRTIO_NET_HDR_GSO_NONE};
	if (l4 != RTE_MBUF_F_TX_TCP_CKSUM && l4 != RTE_MBUF_F_TX_UDP_CKSUM && !segment)
		return 0;
	tx->hdr.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
	tx->hdr.csum_start = frame->l2_len + frame->l3_len;
	tx->hdr.csum_offset =
		l4 == RTE_MBUF_F_TX_UDP_CKSUM && !segment ? UDP_CSUM_OFFSET : TCP_CSUM_OFFSET;
	if (tx->hdr.csum_start + tx->hdr.csum_offset + sizeof(uint16_t) > frame->pkt_len)
		return -EBADMSG;
	return segment ? restore_segment(frame, tx) : 0;
}
