/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/kernel_io.h"

#include <errno.h>
#include <string.h>

#include <rte_malloc.h>

#include "datapath/kernel_io_port.h"
#include "datapath/kernel_io_thread.h"

static bool running;
static uint64_t slots_used[PORT_MAX / 64];
static uint64_t tx_segs_max;                         /* when it is to matter */
static _Atomic uint64_t tx_segs __rte_cache_aligned; /* of all ports */

uint16_t kernel_io_rx(struct kernel_io *io, struct rte_mbuf **frames, uint16_t n)
{
	n = rte_ring_dequeue_burst(io->rx_ring, (void **)frames, n, NULL);
	if (n)
		kernel_io_count(&io->rx_segs_taken, kernel_io_segs(frames, n));
	return n;
}

void kernel_io_forget(struct kernel_io *io, uint64_t segs)
{
	atomic_fetch_sub(&io->tx_segs, segs);
	atomic_fetch_sub(&tx_segs, segs);
}

uint16_t kernel_io_tx(struct kernel_io *io, struct rte_mbuf **frames, uint16_t n)
{
	uint64_t segs = kernel_io_segs(frames, n);
	uint64_t own, all;
	uint16_t sent;

	if (!n || !atomic_load_explicit(&io->usable, memory_order_relaxed))
		return 0;
	/* Counted first: once in the ring, frames are no longer ours to look at. */
	own = atomic_fetch_add(&io->tx_segs, segs);
	all = atomic_fetch_add(&tx_segs, segs);
	if (own >= KERNEL_IO_SEGS_MAX || (own >= KERNEL_IO_SEGS_MIN && all >= tx_segs_max))
		sent = 0;
	else
		sent = rte_ring_enqueue_burst(io->tx_ring, (void **)frames, n, NULL);
	if (sent < n)
		kernel_io_forget(io, kernel_io_segs(frames + sent, n - sent));
	if (sent)
		kernel_io_thread_alert(io->slot);
	return sent;
}

int kernel_io_start(struct errmsg *err)
{
	int ret;

	if (running)
		return 0;
	tx_segs_max = pktpool_get(SOCKET_ID_ANY)->size / 4;
	ret = kernel_io_thread_start();
	if (ret)
		return errmsg_set(err, -ret, "the kernel I/O thread can't start: %s",
			ret == -ENOBUFS ? "too few packet buffers" : strerror(-ret));
	running = true;
	return 0;
}

void kernel_io_stop(void)
{
	if (running)
		kernel_io_thread_stop();
	running = false;
}

static struct rte_ring *ring_create(unsigned int flags)
{
	ssize_t size = rte_ring_get_memsize(KERNEL_IO_RING_SIZE);
	struct rte_ring *ring = rte_zmalloc("kernel_io", size, RTE_CACHE_LINE_SIZE);

	/* Not rte_ring_create(), which spends one of the few memory zones. */
	if (ring && rte_ring_init(ring, "kernel_io", KERNEL_IO_RING_SIZE, flags)) {
		rte_free(ring);
		return NULL;
	}
	return ring;
}

static void ring_destroy(struct rte_ring *ring)
{
	struct rte_mbuf *frame;

	while (ring && !rte_ring_dequeue(ring, (void **)&frame))
		rte_pktmbuf_free(frame);
	rte_free(ring);
}

static int take_slot(uint32_t *slot) ON_CONTROL
{
	for (unsigned int i = 0; i < PORT_MAX / 64; i++) {
		if (~slots_used[i]) {
			unsigned int bit = __builtin_ctzll(~slots_used[i]);

			slots_used[i] |= UINT64_C(1) << bit;
			*slot = i * 64 + bit;
			return 0;
		}
	}
	return -ENOSPC;
}

struct kernel_io *kernel_io_create(struct port *port)
{
	struct kernel_io *io = rte_zmalloc("kernel_io", sizeof(*io), RTE_CACHE_LINE_SIZE);

	if (!io || take_slot(&io->slot)) {
		rte_free(io);
		return NULL;
	}
	io->port = port;
	io->fd = -1;
	io->rx_ring = ring_create(RING_F_SP_ENQ | RING_F_SC_DEQ);
	io->tx_ring = ring_create(RING_F_SC_DEQ);
	if (!io->rx_ring || !io->tx_ring) {
		kernel_io_destroy(io);
		return NULL;
	}
	return io;
}

void kernel_io_destroy(struct kernel_io *io)
{
	if (!io)
		return;
	kernel_io_thread_remove(io);
	atomic_fetch_sub(&tx_segs, atomic_load(&io->tx_segs));
	rte_pktmbuf_free_bulk(io->tx_wait, io->n_wait);
	ring_destroy(io->rx_ring);
	ring_destroy(io->tx_ring);
	slots_used[io->slot / 64] &= ~(UINT64_C(1) << (io->slot % 64));
	rte_free(io);
}

int kernel_io_set_fd(struct kernel_io *io, int fd, const struct kernel_fd_ops *ops)
{
	return kernel_io_thread_set_fd(io, fd, ops);
}

int kernel_io_error(const struct kernel_io *io)
{
	return atomic_load(&io->error);
}

void kernel_io_get_counters(const struct kernel_io *io, struct port_counters *counters)
{
	/* In this order: frames go from the ring to tx_wait, where they are counted first. */
	uint64_t in_ring = rte_ring_count(io->tx_ring);

	atomic_thread_fence(memory_order_acquire);
	*counters = (struct port_counters){
		.rx_missed = atomic_load_explicit(&io->rx_missed, memory_order_relaxed),
		.rx_errors = atomic_load_explicit(&io->rx_errors, memory_order_relaxed),
		.tx_undone = atomic_load_explicit(&io->tx_undone, memory_order_relaxed),
		.tx_retries = atomic_load_explicit(&io->tx_retries, memory_order_relaxed),
		.held = in_ring + atomic_load(&io->n_wait),
	};
}
