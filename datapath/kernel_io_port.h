/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A kernel port's rings and state, as kernel_io.c (workers and control) and kernel_io_thread.c
 * share them; nobody else includes this.
 */
#ifndef DATAPATH_KERNEL_IO_PORT_H
#define DATAPATH_KERNEL_IO_PORT_H

#include <rte_ring.h>

#include "datapath/kernel_io.h"

struct kernel_io {
	/* Fixed while workers see it. */
	struct port *port;
	uint32_t slot;
	struct rte_ring *rx_ring; /* the thread to one worker */
	struct rte_ring *tx_ring; /* workers to the thread */

	/* Written by the worker that polls. */
	_Atomic uint64_t rx_segs_taken __rte_cache_aligned;

	/* Written by workers and the thread. */
	_Atomic uint64_t tx_segs __rte_cache_aligned; /* buffers in tx_ring and tx_wait */
	_Atomic bool usable;                          /* there is a descriptor that works */

	/* Written by the thread, read by control. */
	_Atomic uint64_t rx_missed __rte_cache_aligned;
	_Atomic uint64_t rx_errors;
	_Atomic uint64_t tx_undone;
	_Atomic uint64_t tx_retries;
	_Atomic uint16_t n_wait; /* frames in tx_wait, which the kernel didn't take yet */
	_Atomic int error;

	/* The thread's own. */
	int fd;
	const struct kernel_fd_ops *ops;
	bool blocked; /* waits for EPOLLOUT */
	uint64_t rx_segs_put;
	struct rte_mbuf *tx_wait[KERNEL_FD_BURST];
};

/* Of a counter that one thread writes. */
static inline void kernel_io_count(_Atomic uint64_t *counter, uint64_t n)
{
	atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + n,
		memory_order_relaxed);
}

static inline uint64_t kernel_io_segs(struct rte_mbuf *const *frames, uint16_t n)
{
	uint64_t segs = 0;

	for (uint16_t i = 0; i < n; i++)
		segs += frames[i]->nb_segs;
	return segs;
}

/* `segs` buffers that kernel_io_tx() counted are no longer on their way. */
void kernel_io_forget(struct kernel_io *io, uint64_t segs);

#endif
