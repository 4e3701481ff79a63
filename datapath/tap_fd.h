/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taps: network interfaces of the kernel whose wire is a file descriptor of ours, with virtio-net
 * headers, so that the kernel leaves checksums and segmentation to us and takes them from us.
 */
#ifndef DATAPATH_TAP_FD_H
#define DATAPATH_TAP_FD_H

#include "datapath/errmsg.h"
#include "datapath/kernel_fd.h"

extern const struct kernel_fd_ops tap_fd_ops;

/*
 * Makes the tap `ifname`, which must not exist yet, and returns its descriptor, non-blocking; the
 * tap goes away when that is closed. -errno with the reason: -EEXIST, -EPERM, ...
 */
int tap_fd_make(const char *ifname, struct errmsg *err) ON_CONTROL;

/* The name by which the tap behind `fd` goes now, into `name` of IFNAMSIZ bytes. 0, -EXDEV when it
 * is in another network namespace, or -errno when it was deleted. */
int tap_fd_ifname(int fd, char *name) ON_CONTROL;

#endif
