/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames from and to a file descriptor of the kernel, a tap's or a packet socket's, in bursts.
 *
 * The two kinds share the buffers defined here: chains of mbufs that always stand ready for the
 * kernel to write into, as a NIC's receive ring has them, and the headers and vectors of a burst
 * to be written. One set of buffers serves all descriptors of a thread; all functions are that
 * thread's (kernel I/O), except that it is made and freed by whoever starts the thread.
 */
#ifndef DATAPATH_KERNEL_FD_H
#define DATAPATH_KERNEL_FD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <linux/if_packet.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>

#include "datapath/pktpool.h"
#include "datapath/thread_role.h"
#include "datapath/vnet_hdr.h"

#define KERNEL_FD_BURST 16 /* frames that one call reads or writes at most */
#define KERNEL_FD_FRAMES_MAX (KERNEL_FD_BURST * VNET_HDR_DATAGRAMS_MAX) /* of what was read */
#define KERNEL_FD_SEGS 33 /* buffers of a frame to be read: 64 KB, the headers and a tag */
#define KERNEL_FD_FRAME_MAX (KERNEL_FD_SEGS * PKTPOOL_DATA_SIZE)

/* Where the next frame will be put: virtio-net header in the headroom, then the frame. */
struct kernel_fd_slot {
	struct rte_mbuf *segs[KERNEL_FD_SEGS];
	struct iovec iov[KERNEL_FD_SEGS];
};

union kernel_fd_auxdata {
	struct cmsghdr header;
	uint8_t space[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
};

struct kernel_fd_bufs {
	struct rte_mempool *pool;
	struct kernel_fd_slot slots[KERNEL_FD_BURST];
	struct mmsghdr rx_msgs[KERNEL_FD_BURST];
	union kernel_fd_auxdata rx_aux[KERNEL_FD_BURST];
	struct vnet_hdr_tx tx_headers[KERNEL_FD_BURST];
	struct mmsghdr tx_msgs[KERNEL_FD_BURST];
	struct iovec tx_iov[UIO_MAXIOV];
};

/* What became of frames that were read or written but didn't get through. */
struct kernel_fd_losses {
	uint64_t rx_missed; /* no buffer to take the frame's place */
	uint64_t rx_errors;
	uint64_t tx_undone;
};

/* The two kinds of descriptor. */
struct kernel_fd_ops {
	/*
	 * Reads up to KERNEL_FD_BURST frames and puts what they hold into `frames`, which has room
	 * for KERNEL_FD_FRAMES_MAX, and the number into *n; they are the caller's. Returns how many
	 * were read, lost ones included: fewer than the burst when nothing more waits; or -errno
	 * when the descriptor has failed.
	 */
	int (*rx)(int fd, struct kernel_fd_bufs *bufs, struct rte_mbuf **frames, uint16_t *n,
		struct kernel_fd_losses *losses);

	/*
	 * Writes `n` frames, at most KERNEL_FD_BURST, which stay the caller's. Returns how many are
	 * dealt with, written or lost: fewer than `n` when the kernel takes no more at present.
	 */
	uint16_t (*tx)(int fd, struct kernel_fd_bufs *bufs, struct rte_mbuf **frames, uint16_t n,
		struct kernel_fd_losses *losses);
};

/* NULL when `pool` doesn't have KERNEL_FD_BURST * KERNEL_FD_SEGS buffers, or without memory. */
struct kernel_fd_bufs *kernel_fd_bufs_create(struct rte_mempool *pool);
void kernel_fd_bufs_destroy(struct kernel_fd_bufs *bufs);

/* The virtio-net header that the kernel put before the frame in `slot`. */
struct virtio_net_hdr kernel_fd_header(const struct kernel_fd_slot *slot);

/* Takes the frame of `len` bytes out of `slot`, which gets new buffers; NULL, and the frame given
 * up, when the pool has none. The frame is the caller's. */
struct rte_mbuf *kernel_fd_take(
	struct kernel_fd_bufs *bufs, struct kernel_fd_slot *slot, uint32_t len);

/* Finishes what `hdr` says of `frame`, which is given up, and puts the frame, or the datagrams in
 * it, into `out`. Returns how many: none when it had to be dropped, which is counted. */
uint16_t kernel_fd_deliver(struct kernel_fd_bufs *bufs, struct rte_mbuf *frame,
	const struct virtio_net_hdr *hdr, struct rte_mbuf **out, struct kernel_fd_losses *losses);

/* Fills `iov` with the header and the frame. Returns the number of elements, or -E2BIG when more
 * than `max` were needed. `iov` points into both, `frame` isn't written to. */
int kernel_fd_gather(const struct rte_mbuf *frame, const struct vnet_hdr_tx *tx, struct iovec *iov,
	unsigned int max);

#endif
