/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/packet_fd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <linux/if_ether.h>
#include <rte_ether.h>

#define SOCKET_BUFFER (4 << 20) /* bytes; some 5,000 small frames as the kernel counts them */

static int set_option(int fd, int option, const void *value, socklen_t len, const char *what,
	const char *ifname, struct errmsg *err)
{
	if (!setsockopt(fd, SOL_PACKET, option, value, len))
		return 0;
	return errmsg_set(
		err, errno, "the packet socket of %s can't %s: %s", ifname, what, strerror(errno));
}

/* Past the administrator's limit where we may, up to it otherwise. */
static void enlarge(int fd, int force_option, int option)
{
	int size = SOCKET_BUFFER;

	if (setsockopt(fd, SOL_SOCKET, force_option, &size, sizeof(size)))
		(void)setsockopt(fd, SOL_SOCKET, option, &size, sizeof(size));
}

static int set_up_socket(int fd, uint32_t ifindex, const char *ifname, struct errmsg *err)
{
	struct packet_mreq promisc = {.mr_ifindex = (int)ifindex, .mr_type = PACKET_MR_PROMISC};
	struct sockaddr_ll address = {.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = (int)ifindex};
	int on = 1;
	int ret;

	enlarge(fd, SO_RCVBUFFORCE, SO_RCVBUF);
	enlarge(fd, SO_SNDBUFFORCE, SO_SNDBUF);
	ret = set_option(
		fd, PACKET_VNET_HDR, &on, sizeof(on), "use virtio-net headers", ifname, err);
	if (!ret)
		ret = set_option(
			fd, PACKET_AUXDATA, &on, sizeof(on), "learn VLAN tags", ifname, err);
	if (!ret)
		ret = set_option(fd, PACKET_IGNORE_OUTGOING, &on, sizeof(on),
			"leave out outgoing frames", ifname, err);
	if (!ret)
		ret = set_option(fd, PACKET_ADD_MEMBERSHIP, &promisc, sizeof(promisc),
			"make the interface promiscuous", ifname, err);
	if (!ret && bind(fd, (struct sockaddr *)&address, sizeof(address)))
		ret = errmsg_set(err, errno, "no packet socket on the interface %s: %s", ifname,
			strerror(errno));
	return ret;
}

int packet_fd_open(uint32_t ifindex, const char *ifname, struct errmsg *err)
{
	/* Protocol 0 receives nothing: no frame of another interface before bind() names ours. */
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int ret;

	if (fd < 0)
		return errmsg_set(err, errno, "no packet socket for the interface %s: %s", ifname,
			strerror(errno));
	ret = set_up_socket(fd, ifindex, ifname, err);
	if (ret) {
		close(fd);
		return ret;
	}
	return fd;
}

uint32_t packet_fd_drops(int fd)
{
	struct tpacket_stats stats = {0};
	socklen_t len = sizeof(stats);

	return getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &stats, &len) ? 0 : stats.tp_drops;
}

/* Puts the tag that the kernel took out of the frame back where it was. */
static void insert_tag(
	struct rte_mbuf *frame, const struct tpacket_auxdata *aux, struct virtio_net_hdr *hdr)
{
	uint16_t tag[2] = {
		htons(aux->tp_status & TP_STATUS_VLAN_TPID_VALID ? aux->tp_vlan_tpid : ETH_P_8021Q),
		htons(aux->tp_vlan_tci)};
	uint8_t *data = rte_pktmbuf_mtod(frame, uint8_t *) - sizeof(tag);

	/* There is always headroom: the virtio-net header was in it. */
	frame->data_off -= sizeof(tag);
	frame->data_len += sizeof(tag);
	frame->pkt_len += sizeof(tag);
	memmove(data, data + sizeof(tag), 2 * RTE_ETHER_ADDR_LEN);
	memcpy(data + 2 * RTE_ETHER_ADDR_LEN, tag, sizeof(tag));
	if (hdr->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM)
		hdr->csum_start += sizeof(tag);
}

static uint16_t take_frames(struct kernel_fd_bufs *bufs, unsigned int i, struct rte_mbuf **out,
	struct kernel_fd_losses *losses)
{
	const struct msghdr *msg = &bufs->rx_msgs[i].msg_hdr;
	struct cmsghdr *cmsg = &bufs->rx_aux[i].header;
	struct virtio_net_hdr hdr = kernel_fd_header(&bufs->slots[i]);
	uint32_t len = bufs->rx_msgs[i].msg_len;
	struct tpacket_auxdata aux;
	struct rte_mbuf *frame;

	if (len < VNET_HDR_LEN + RTE_ETHER_HDR_LEN || msg->msg_flags & MSG_TRUNC ||
		msg->msg_controllen < CMSG_LEN(sizeof(aux)) || cmsg->cmsg_level != SOL_PACKET ||
		cmsg->cmsg_type != PACKET_AUXDATA) {
		losses->rx_errors++;
		return 0;
	}
	memcpy(&aux, CMSG_DATA(cmsg), sizeof(aux));
	frame = kernel_fd_take(bufs, &bufs->slots[i], len - VNET_HDR_LEN);
	if (!frame) {
		losses->rx_missed++;
		return 0;
	}
	if (aux.tp_status & TP_STATUS_VLAN_VALID)
		insert_tag(frame, &aux, &hdr);
	return kernel_fd_deliver(bufs, frame, &hdr, out, losses);
}

static int packet_rx(int fd, struct kernel_fd_bufs *bufs, struct rte_mbuf **frames, uint16_t *n,
	struct kernel_fd_losses *losses) ON_KERNEL_IO
{
	int got;

	*n = 0;
	for (unsigned int i = 0; i < KERNEL_FD_BURST; i++)
		bufs->rx_msgs[i].msg_hdr.msg_controllen = sizeof(bufs->rx_aux[i]);
	got = recvmmsg(fd, bufs->rx_msgs, KERNEL_FD_BURST, MSG_DONTWAIT, NULL);
	if (got < 0) {
		if (errno == EAGAIN || errno == EINTR)
			return 0;
		if (errno != EINVAL)
			return -errno;
		/* A large segment of a kind that the kernel has no words for: it is lost. */
		losses->rx_errors++;
		return KERNEL_FD_BURST;
	}
	for (int i = 0; i < got; i++)
		*n += take_frames(bufs, i, frames + *n, losses);
	return got;
}

/* Describes as many of the frames as one call can send, from the first; none, when the first one
 * can't be described. */
static unsigned int fill_messages(
	struct kernel_fd_bufs *bufs, struct rte_mbuf **frames, unsigned int n)
{
	unsigned int used = 0;
	unsigned int i;

	for (i = 0; i < n; i++) {
		struct vnet_hdr_tx *tx = &bufs->tx_headers[i];
		struct msghdr *msg = &bufs->tx_msgs[i].msg_hdr;
		int n_iov;

		if (vnet_hdr_from_mbuf(frames[i], tx))
			break;
		n_iov = kernel_fd_gather(frames[i], tx, bufs->tx_iov + used, UIO_MAXIOV - used);
		if (n_iov < 0)
			break;
		msg->msg_iov = bufs->tx_iov + used;
		msg->msg_iovlen = n_iov;
		used += n_iov;
	}
	return i;
}

static uint16_t packet_tx(int fd, struct kernel_fd_bufs *bufs, struct rte_mbuf **frames, uint16_t n,
	struct kernel_fd_losses *losses) ON_KERNEL_IO
{
	uint16_t done = 0;

	while (done < n) {
		unsigned int ready = fill_messages(bufs, frames + done, n - done);
		int sent = ready ? sendmmsg(fd, bufs->tx_msgs, ready, MSG_DONTWAIT) : -1;

		if (sent > 0) {
			done += sent;
			continue;
		}
		if (ready && errno == EAGAIN)
			return done;
		/* Too long for the interface, the interface down or gone, its queue full. */
		losses->tx_undone++;
		done++;
	}
	return done;
}

const struct kernel_fd_ops packet_fd_ops = {.rx = packet_rx, .tx = packet_tx};
