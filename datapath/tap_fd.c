/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/tap_fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/if_tun.h>
#include <net/if.h>
#include <rte_ether.h>

#define TUN_DEVICE "/dev/net/tun"

static int set_up_tap(int fd, const char *ifname, struct errmsg *err)
{
	struct ifreq ifr = {.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR | IFF_TUN_EXCL};
	int header_len = VNET_HDR_LEN;

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", ifname);
	if (ioctl(fd, TUNSETIFF, &ifr)) {
		/* The kernel says EBUSY for a tun or tap of that name, EINVAL for another kind. */
		if (errno == EBUSY || (errno == EINVAL && if_nametoindex(ifname)))
			return errmsg_set(err, EEXIST,
				"an interface named %s exists already and isn't the switch's",
				ifname);
		return errmsg_set(
			err, errno, "the tap %s can't be made: %s", ifname, strerror(errno));
	}
	if (ioctl(fd, TUNSETVNETHDRSZ, &header_len) ||
		ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN))
		return errmsg_set(err, errno, "the tap %s can't leave checksums to the switch: %s",
			ifname, strerror(errno));
	return 0;
}

int tap_fd_make(const char *ifname, struct errmsg *err)
{
	int fd = open(TUN_DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return errmsg_set(err, errno, "%s can't be opened for the tap %s: %s", TUN_DEVICE,
			ifname, strerror(errno));
	ret = set_up_tap(fd, ifname, err);
	if (ret) {
		close(fd);
		return ret;
	}
	return fd;
}

/* Whether `ns_fd` is the network namespace of this process. */
static bool is_our_namespace(int ns_fd)
{
	struct stat theirs, ours;

	return !fstat(ns_fd, &theirs) && !stat("/proc/self/ns/net", &ours) &&
	       theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino;
}

int tap_fd_ifname(int fd, char *name)
{
	struct ifreq ifr = {0};
	int ns_fd;
	bool ours;

	if (ioctl(fd, TUNGETIFF, &ifr))
		return -errno;
	ns_fd = ioctl(fd, TUNGETDEVNETNS, NULL);
	if (ns_fd < 0)
		return -errno;
	ours = is_our_namespace(ns_fd);
	close(ns_fd);
	if (!ours)
		return -EXDEV;
	snprintf(name, IFNAMSIZ, "%s", ifr.ifr_name);
	return 0;
}

static int tap_rx(int fd, struct kernel_fd_bufs *bufs, struct rte_mbuf **frames, uint16_t *n,
	struct kernel_fd_losses *losses) ON_KERNEL_IO
{
	struct kernel_fd_slot *slot = &bufs->slots[0];
	int done;

	*n = 0;
	for (done = 0; done < KERNEL_FD_BURST; done++) {
		ssize_t len = readv(fd, slot->iov, KERNEL_FD_SEGS);
		struct virtio_net_hdr hdr;
		struct rte_mbuf *frame;

		if (len < 0)
			return errno == EAGAIN || errno == EINTR ? done : -errno;
		/* A frame that fills all of it may have been cut. */
		if (len < (ssize_t)(VNET_HDR_LEN + RTE_ETHER_HDR_LEN) ||
			len >= (ssize_t)(VNET_HDR_LEN + KERNEL_FD_FRAME_MAX)) {
			losses->rx_errors++;
			continue;
		}
		hdr = kernel_fd_header(slot);
		frame = kernel_fd_take(bufs, slot, len - VNET_HDR_LEN);
		if (frame)
			*n += kernel_fd_deliver(bufs, frame, &hdr, frames + *n, losses);
		else
			losses->rx_missed++;
	}
	return done;
}

static uint16_t tap_tx(int fd, struct kernel_fd_bufs *bufs, struct rte_mbuf **frames, uint16_t n,
	struct kernel_fd_losses *losses) ON_KERNEL_IO
{
	for (uint16_t i = 0; i < n; i++) {
		struct vnet_hdr_tx *tx = &bufs->tx_headers[0];
		int n_iov = -1;

		if (!vnet_hdr_from_mbuf(frames[i], tx))
			n_iov = kernel_fd_gather(frames[i], tx, bufs->tx_iov, UIO_MAXIOV);
		if (n_iov < 0 || writev(fd, bufs->tx_iov, n_iov) < 0) {
			if (n_iov >= 0 && errno == EAGAIN)
				return i;
			losses->tx_undone++; /* EIO: the interface is down */
		}
	}
	return n;
}

const struct kernel_fd_ops tap_fd_ops = {.rx = tap_rx, .tx = tap_tx};
