/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a guest left undone on a frame that it sent: turns librte_vhost's flags, which repeat the
 * guest's virtio-net header without much of a check, into those of port.h. Pure; any thread.
 */
#ifndef DATAPATH_PORT_VHOST_OFFLOAD_H
#define DATAPATH_PORT_VHOST_OFFLOAD_H

#include <stdbool.h>

#include <rte_mbuf.h>

/* The smallest segment that TCP stacks use (Linux' TCP_MIN_SND_MSS). */
#define PORT_VHOST_MSS_MIN 48

/*
 * `frame` is as rte_vhost_dequeue_burst() made it with RTE_VHOST_USER_NET_COMPLIANT_OL_FLAGS, and
 * not shared. Its flags are set anew from its headers; the checksum field is filled with the
 * pseudo-header's sum. False when what the guest claims doesn't fit the frame, which is then to be
 * dropped.
 */
bool port_vhost_offload(struct rte_mbuf *frame);

#endif
