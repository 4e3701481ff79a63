/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/kernel_fd.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "datapath/udp_split.h"

static void slot_put(struct kernel_fd_slot *slot, unsigned int i, struct rte_mbuf *seg)
{
	uint32_t before = i ? 0 : VNET_HDR_LEN;

	slot->segs[i] = seg;
	slot->iov[i].iov_base = rte_pktmbuf_mtod(seg, uint8_t *) - before;
	slot->iov[i].iov_len = PKTPOOL_DATA_SIZE + before;
}

struct kernel_fd_bufs *kernel_fd_bufs_create(struct rte_mempool *pool)
{
	struct kernel_fd_bufs *bufs = calloc(1, sizeof(*bufs));

	if (!bufs)
		return NULL;
	bufs->pool = pool;
	for (unsigned int i = 0; i < KERNEL_FD_BURST; i++) {
		struct kernel_fd_slot *slot = &bufs->slots[i];

		if (rte_pktmbuf_alloc_bulk(pool, slot->segs, KERNEL_FD_SEGS)) {
			slot->segs[0] = NULL;
			kernel_fd_bufs_destroy(bufs);
			return NULL;
		}
		for (unsigned int s = 0; s < KERNEL_FD_SEGS; s++)
			slot_put(slot, s, slot->segs[s]);
		bufs->rx_msgs[i].msg_hdr.msg_iov = slot->iov;
		bufs->rx_msgs[i].msg_hdr.msg_iovlen = KERNEL_FD_SEGS;
		bufs->rx_msgs[i].msg_hdr.msg_control = &bufs->rx_aux[i];
	}
	return bufs;
}

void kernel_fd_bufs_destroy(struct kernel_fd_bufs *bufs)
{
	if (!bufs)
		return;
	for (unsigned int i = 0; i < KERNEL_FD_BURST && bufs->slots[i].segs[0]; i++)
		rte_pktmbuf_free_bulk(bufs->slots[i].segs, KERNEL_FD_SEGS);
	free(bufs);
}

struct virtio_net_hdr kernel_fd_header(const struct kernel_fd_slot *slot)
{
	struct virtio_net_hdr hdr;

	memcpy(&hdr, slot->iov[0].iov_base, sizeof(hdr));
	return hdr;
}

struct rte_mbuf *kernel_fd_take(
	struct kernel_fd_bufs *bufs, struct kernel_fd_slot *slot, uint32_t len)
{
	unsigned int n = len ? (len + PKTPOOL_DATA_SIZE - 1) / PKTPOOL_DATA_SIZE : 1;
	struct rte_mbuf *frame = slot->segs[0];
	struct rte_mbuf *fresh[KERNEL_FD_SEGS];

	if (rte_pktmbuf_alloc_bulk(bufs->pool, fresh, n))
		return NULL;
	frame->nb_segs = n;
	frame->pkt_len = len;
	for (unsigned int i = 0; i < n; i++) {
		slot->segs[i]->data_len = RTE_MIN(len, (uint32_t)PKTPOOL_DATA_SIZE);
		slot->segs[i]->next = i + 1 < n ? slot->segs[i + 1] : NULL;
		len -= slot->segs[i]->data_len;
		slot_put(slot, i, fresh[i]);
	}
	return frame;
}

uint16_t kernel_fd_deliver(struct kernel_fd_bufs *bufs, struct rte_mbuf *frame,
	const struct virtio_net_hdr *hdr, struct rte_mbuf **out, struct kernel_fd_losses *losses)
{
	uint16_t n;

	if (vnet_hdr_to_mbuf(hdr, frame)) {
		losses->rx_errors++;
		rte_pktmbuf_free(frame);
		return 0;
	}
	if (!(frame->ol_flags & RTE_MBUF_F_TX_UDP_SEG)) {
		out[0] = frame;
		return 1;
	}
	n = udp_split(frame, bufs->pool, out);
	losses->rx_missed += !n;
	rte_pktmbuf_free(frame);
	return n;
}

int kernel_fd_gather(const struct rte_mbuf *frame, const struct vnet_hdr_tx *tx, struct iovec *iov,
	unsigned int max)
{
	uint32_t end = tx->csum_at + sizeof(tx->csum); /* of the bytes replaced */
	unsigned int n = 0;
	uint32_t at = 0;

	if (max < 1 + 2 + (unsigned int)frame->nb_segs)
		return -E2BIG;
	iov[n++] = (struct iovec){(void *)&tx->hdr, VNET_HDR_LEN};
	for (const struct rte_mbuf *m = frame; m; at += m->data_len, m = m->next) {
		uint8_t *data = rte_pktmbuf_mtod(m, uint8_t *);
		uint32_t next = at + m->data_len;

		if (!tx->csum_at || next <= tx->csum_at || at >= end) {
			iov[n++] = (struct iovec){data, m->data_len};
			continue;
		}
		if (at <= tx->csum_at) {
			iov[n++] = (struct iovec){data, tx->csum_at - at};
			iov[n++] = (struct iovec){(void *)&tx->csum, sizeof(tx->csum)};
		}
		if (next > end)
			iov[n++] = (struct iovec){data + (end - at), next - end};
	}
	return n;
}
