/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is left undone on frames from and to guests: between the flags of librte_vhost, which repeat
 * a guest's virtio-net header without much of a check, and those of port.h. Pure on mbufs; any
 * thread that may allocate from the frames' pools.
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

/*
 * Makes a large segment into one that librte_vhost passes on as virtio has it. The library fills
 * the checksum field itself and leaves out the length, on which a guest relies that forwards the
 * segment. It keeps its hands off a frame whose first buffer ends within the headers, so that is
 * what the frame is made into, in `*frame`, with the right sum; one that is shared is copied.
 * 0, or -ENOMEM with `*frame` as it was.
 */
int port_vhost_prepare(struct rte_mbuf **frame) __attribute__((warn_unused_result));

#endif
