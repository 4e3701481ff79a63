/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel I/O thread: stands between the descriptors of taps and packet sockets and the
 * workers, with one bounded ring in each direction for every port.
 *
 * A worker never waits: what the ring to it can't hold is lost and counted, what the ring from it
 * can't hold stays with it. Besides their length the rings have a limit on the buffers that they
 * hold, so that one port that isn't polled, or whose interface takes nothing, can't use up the
 * packet pool; nor can many such interfaces together, which get a quarter of it. A worker writes an
 * eventfd only when the thread sleeps.
 */
#ifndef DATAPATH_KERNEL_IO_H
#define DATAPATH_KERNEL_IO_H

#include <stdint.h>

#include "datapath/errmsg.h"
#include "datapath/kernel_fd.h"
#include "datapath/port.h"

#define KERNEL_IO_RING_SIZE 1024 /* frames of a port in each direction, less one */
#define KERNEL_IO_SEGS_MAX 4096  /* buffers of a port in each direction, roughly */
#define KERNEL_IO_SEGS_MIN 256   /* that a port may have while all together have too many to send */
#define KERNEL_IO_THREAD_BUFFERS (KERNEL_FD_BURST * KERNEL_FD_SEGS) /* that the thread keeps */

struct kernel_io;

/* Starts the thread, on the CPUs of the calling one, unless it runs; pktpool_init() has run. 0 or
 * -errno. */
int kernel_io_start(struct errmsg *err) ON_CONTROL;

/* All ports are destroyed. */
void kernel_io_stop(void) ON_CONTROL;

/* Rings for `port`, no descriptor yet; NULL without memory or when PORT_MAX are in use. */
struct kernel_io *kernel_io_create(struct port *port) ON_CONTROL;

/* Frees, with the frames in the rings; no worker uses it. The descriptor is the caller's. */
void kernel_io_destroy(struct kernel_io *io) ON_CONTROL;

/*
 * Makes the thread serve `fd` from now on, or none for -1; the one before is the caller's again.
 * Waits for the thread to get there: at most one round over the ports that have work. A descriptor
 * that fails is left alone and the port notified. 0 or -errno.
 */
int kernel_io_set_fd(struct kernel_io *io, int fd, const struct kernel_fd_ops *ops) ON_CONTROL;

/* The errno with which the descriptor failed for good; 0: it works. */
int kernel_io_error(const struct kernel_io *io);

void kernel_io_get_counters(const struct kernel_io *io, struct port_counters *counters);

/* As in struct port_ops. */
uint16_t kernel_io_rx(struct kernel_io *io, struct rte_mbuf **frames, uint16_t n) ON_WORKER;
uint16_t kernel_io_tx(struct kernel_io *io, struct rte_mbuf **frames, uint16_t n) ON_WORKER;

#endif
