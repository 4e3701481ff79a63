/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The back end of ports that are interfaces of the kernel: taps of our own, and packet sockets on
 * interfaces that exist. Its operations are port_kernel_ops in port.h.
 *
 * An interface that disappears takes its port's link down, with the reason in the status; when one
 * of that name comes back the port picks it up.
 */
#ifndef DATAPATH_PORT_KERNEL_H
#define DATAPATH_PORT_KERNEL_H

#include "datapath/errmsg.h"
#include "datapath/thread_role.h"

/* Follows the changes of the kernel's interfaces; netlink_init() has run, and control calls
 * netlink_handle() from its loop. The kernel I/O thread starts with the first port. */
void port_kernel_init(void) ON_CONTROL;

/* All ports are closed. Before netlink_fini(). */
void port_kernel_fini(void) ON_CONTROL;

#endif
