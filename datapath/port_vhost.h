/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of the vhost back end: port_vhost.c opens a port and moves frames,
 * port_vhost_device.c follows the guest, port_vhost_status.c tells about both. For these only.
 *
 * librte_vhost calls back on a thread of its own (and on another one where the switch connects).
 * It says which guest a call is about by number or by the socket's path, so all ports stand in a
 * list under a lock. A worker knows the guest by `vid` alone: while that is not negative, the
 * number is the guest's; it is taken back, and a grace period waited for, before librte_vhost may
 * give the number to another guest.
 */
#ifndef DATAPATH_PORT_VHOST_H
#define DATAPATH_PORT_VHOST_H

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/queue.h>

#include <rte_mempool.h>

#include "datapath/port.h"

#define PORT_VHOST_PAIRS_MAX 128 /* queue pairs that librte_vhost gives a guest */
#define PORT_VHOST_TX_SLOTS 64

/* Virtio numbers a guest's receive and transmit queues in turn; its receive queue is ours to
 * transmit to. */
#define PORT_VHOST_TX_VRING(PAIR) ((PAIR)*2)
#define PORT_VHOST_RX_VRING(PAIR) ((PAIR)*2 + 1)

struct port_vhost {
	struct port port; /* first: a port is cast to this */

	/* What workers read. The pool is written while `vid` is -1. */
	_Atomic int vid;
	struct rte_mempool *pool;
	_Atomic uint8_t tx_pairs[PORT_VHOST_TX_SLOTS]; /* by a worker's number: an enabled queue */

	/* Written by the one worker that polls the queue; control adds up. */
	struct port_vhost_rxq {
		_Atomic uint64_t errors;
		_Atomic bool kicks_on; /* the guest must still be told not to kick */
	} __rte_cache_aligned rxqs[PORT_VHOST_PAIRS_MAX];

	/* Of the callbacks and control, under `lock`. */
	pthread_mutex_t lock;
	int connection; /* the guest's number while its QEMU is connected, or -1 */
	bool ready;     /* its driver is up; `vid` is set unless the port closes */
	bool closing;
	bool enabled[2 * PORT_VHOST_PAIRS_MAX]; /* by vring */
	uint64_t features;
	int numa_node;
	uint32_t link_resets;

	/* Constant, but for the addresses and the MTU, which are control's. */
	TAILQ_ENTRY(port_vhost) next;
	char path[PATH_MAX];
	bool server;
	struct rte_ether_addr mac;
	_Atomic uint16_t mtu;
};

extern const struct rte_vhost_device_ops port_vhost_callbacks;

/* The list in which callbacks find a port. -EEXIST when another port has the same path. */
int port_vhost_list_add(struct port_vhost *p) ON_CONTROL;
void port_vhost_list_remove(struct port_vhost *p) ON_CONTROL;
unsigned int port_vhost_list_count(void) ON_CONTROL;

void port_vhost_get_status(struct port *port, struct port_status *status) ON_CONTROL;

#endif
