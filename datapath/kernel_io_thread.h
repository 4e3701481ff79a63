/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The thread behind kernel_io.h: reads and writes the descriptors of all kernel ports in turns.
 */
#ifndef DATAPATH_KERNEL_IO_THREAD_H
#define DATAPATH_KERNEL_IO_THREAD_H

#include "datapath/kernel_io.h"

/* 0 or -errno: -ENOBUFS when the packet pool is too small. */
int kernel_io_thread_start(void) ON_CONTROL;
void kernel_io_thread_stop(void) ON_CONTROL;

/* Gives the thread `io` with the descriptor `fd`, -1 for none. Waits for it; 0 or -errno. */
int kernel_io_thread_set_fd(
	struct kernel_io *io, int fd, const struct kernel_fd_ops *ops) ON_CONTROL;

/* Takes `io` away from the thread, and waits for that. */
void kernel_io_thread_remove(struct kernel_io *io) ON_CONTROL;

/* Says that the port in `slot` has frames to be sent; wakes the thread if it sleeps. Any thread. */
void kernel_io_thread_alert(uint32_t slot);

#endif
