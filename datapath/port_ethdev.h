/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of the ethdev back end: port_ethdev.c runs a port, port_ethdev_setup.c attaches and
 * configures the device behind it. For these two files only.
 */
#ifndef DATAPATH_PORT_ETHDEV_H
#define DATAPATH_PORT_ETHDEV_H

#include <rte_ethdev.h>
#include <rte_spinlock.h>

#include "datapath/port.h"

struct port_ethdev {
	struct port port; /* first: a port is cast to this */
	uint16_t id;      /* of the ethdev */
	uint16_t n_txq;
	/* How workers transmit. Changed only while it makes no difference to those that run: each
	 * has a queue to itself. */
	_Atomic bool tx_plain;  /* neither of the next two: frames go straight to the device */
	_Atomic bool tx_shared; /* more workers than queues: a queue is locked for a burst */
	bool tx_prepare;        /* checksums or segmentation are left to the device */
	bool tso_ip_cksum;      /* IPv4 headers of segments are to be summed by the device */
	bool lsc;               /* the device reports changes of its link */
	bool scatter;           /* a received frame may fill several buffers */
	uint16_t mtu;
	uint16_t n_rxq;
	uint16_t n_rxq_wanted;
	_Atomic bool last_link_up; /* when the link was last looked at */
	_Atomic uint32_t link_resets;
	_Atomic uint64_t tx_undone; /* frames that the device refused to prepare */
	struct rte_eth_dev_info info;
	rte_spinlock_t tx_locks[]; /* n_txq of them */
};

/* Finds or probes the device that `devargs` names and claims it for `port_name`. 0 with the
 * ethdev's number in `*id`, or -errno with the reason: -EBUSY when another port has it, -ENOSPC
 * past DPDK's limit. */
int port_ethdev_attach(
	const char *devargs, const char *port_name, uint16_t *id, struct errmsg *err) ON_CONTROL;

/* Closes the ethdev and gives its device back, so that it can be attached again. */
void port_ethdev_detach(uint16_t id) ON_CONTROL;

/* Configures and starts the attached device as `args` wants. 0 or -errno with the reason. */
int port_ethdev_start(
	struct port_ethdev *p, const struct port_args *args, struct errmsg *err) ON_CONTROL;

/* Gives the device another address. DPDK's log is captured, which the caller ends. 0 or -errno with
 * the reason. */
int port_ethdev_set_mac(
	struct port_ethdev *p, const struct rte_ether_addr *mac, struct errmsg *err) ON_CONTROL;

/* Looks at the link, which workers go by only where the device tells of its changes. Control, or
 * DPDK's interrupt thread. */
void port_ethdev_update_link(struct port_ethdev *p);

#endif
