/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packet sockets: all frames that arrive on an existing interface of the kernel, and frames sent
 * out of it, with virtio-net headers and the VLAN tags that the kernel keeps beside the frame.
 */
#ifndef DATAPATH_PACKET_FD_H
#define DATAPATH_PACKET_FD_H

#include "datapath/errmsg.h"
#include "datapath/kernel_fd.h"

extern const struct kernel_fd_ops packet_fd_ops;

/*
 * Opens a socket on the interface `ifindex` (`ifname` is for the messages) and returns it,
 * non-blocking; the interface is promiscuous until it is closed. -errno with the reason.
 */
int packet_fd_open(uint32_t ifindex, const char *ifname, struct errmsg *err) ON_CONTROL;

/* Frames that found the socket's queue full since the last call. */
uint32_t packet_fd_drops(int fd) ON_CONTROL;

#endif
