/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A port: where frames enter and leave the datapath. Four back ends stand behind one small table
 * of operations; what a port does to frames (VLANs, learning) is not known here.
 *
 * Frames between a back end and the pipeline, in both directions:
 * - Ethernet without FCS, at least the first 64 bytes (or all) in the first segment, tags in the
 *   data, never in mbuf->vlan_tci; a chain of segments where one doesn't hold it.
 * - Work left on a checksum or a large segment is said in the transmit form of DPDK's flags,
 *   whichever way the frame goes: RTE_MBUF_F_TX_TCP_CKSUM or _UDP_CKSUM with RTE_MBUF_F_TX_IPV4 or
 *   _IPV6 and l2_len (tags included), l3_len; for a large segment RTE_MBUF_F_TX_TCP_SEG with
 *   l4_len and tso_segsz besides. The checksum field then holds the pseudo-header's sum without the
 *   length for TCP_SEG and with it otherwise, as rte_ipv4_phdr_cksum() makes it. RX flags mean
 *   nothing beyond the back end.
 *
 * Threads: open, close, set_..., get_... on control; rx and tx on workers; port_notify on any.
 */
#ifndef DATAPATH_PORT_H
#define DATAPATH_PORT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <rte_ether.h>
#include <rte_mbuf.h>

#include "datapath/errmsg.h"
#include "datapath/thread_role.h"

#define PORT_MAX 4096 /* ports of a datapath, all bridges together */
#define PORT_NAME_SIZE 64
#define PORT_MTU_DEFAULT 1500
#define PORT_MTU_MIN 68
#define PORT_MTU_MAX 65521 /* 65535 less Ethernet's header */

/* What a port is opened with. Strings are the caller's and are copied. */
struct port_args {
	const char *name;
	struct rte_ether_addr mac; /* zero: the back end chooses */
	uint16_t mtu;              /* bytes of layer 3; 0: the back end's own */
	uint16_t n_rxq;            /* 0: the back end's choice; so are the sizes */
	uint16_t n_rxq_desc;
	uint16_t n_txq_desc;
	uint16_t n_workers;  /* that may call tx at once; 0: any number */
	const char *path;    /* vhost: the socket */
	bool server;         /* vhost: the switch listens, the guest connects */
	const char *devargs; /* ethdev: a PCI address or a vdev with its arguments */
	const char *ifname;  /* kernel: the interface */
	bool make_tap;       /* kernel: make a tap of that name; else open what exists */
};

/* What the other side of a port takes unfinished; what it can't take, egress finishes. */
enum port_tx_cap {
	PORT_TX_CSUM = 1 << 0, /* TCP and UDP checksums, IPv4 and IPv6 */
	PORT_TX_TSO4 = 1 << 1,
	PORT_TX_TSO6 = 1 << 2,
};

struct port {
	const struct port_ops *ops;
	char name[PORT_NAME_SIZE];
	uint16_t index;                /* in the datapath; see port_table.h */
	_Atomic uint16_t n_rxq;        /* receive queues that workers should poll now */
	_Atomic uint32_t tx_caps;      /* enum port_tx_cap; changes when a guest negotiates */
	_Atomic bool link_up;          /* frames can be sent now; kept by the back end */
	_Atomic bool notified;         /* see port_notify() */
	void (*notify)(struct port *); /* set by the owner of the port */
};

#define PORT_STATUS_PAIRS 16

struct port_status {
	bool admin_up;
	bool link_up;
	uint64_t link_speed; /* bit/s; 0: unknown */
	bool full_duplex;
	uint32_t link_resets; /* changes of link_up so far */
	struct rte_ether_addr mac;
	uint16_t mtu;
	uint32_t ifindex; /* of the kernel; 0: none */
	uint16_t n_pairs;
	struct {
		char key[32];
		char value[128];
	} pairs[PORT_STATUS_PAIRS]; /* for Interface.status, by Open vSwitch's names */
};

/* What a back end counts by itself, besides what workers count for each port. */
struct port_counters {
	uint64_t rx_missed;  /* frames lost before the pipeline: no room in a ring, no buffer */
	uint64_t rx_errors;  /* frames that the back end refused as malformed */
	uint64_t tx_undone;  /* frames that tx accepted and that could not be sent after all */
	uint64_t held;       /* frames accepted and not yet sent, now */
	uint64_t tx_retries; /* further attempts at a full queue */
};

struct port_ops {
	const char *name; /* "vhost", "ethdev", "kernel" */

	/* Makes and opens a port. Fills *port, whose memory is the back end's. 0 or -errno with
	 * the reason for the operator in *err. */
	int (*open)(
		const struct port_args *args, struct port **port, struct errmsg *err) ON_CONTROL;

	/* Closes and frees. No worker can see the port any more; its rings are drained here. */
	void (*close)(struct port *port) ON_CONTROL;

	/* Changes the address in place, so that what the host has configured on the interface
	 * stays. 0 or -errno with the reason. */
	int (*set_mac)(
		struct port *port, const struct rte_ether_addr *mac, struct errmsg *err) ON_CONTROL;

	/* 0 or -errno with the reason. */
	int (*set_mtu)(struct port *port, uint16_t mtu, struct errmsg *err) ON_CONTROL;

	/* Says that up to `n` workers may call tx at once from now on. Called before more of them
	 * start, and when some have stopped. NULL: it makes no difference. */
	void (*set_workers)(struct port *port, uint16_t n) ON_CONTROL;

	void (*get_status)(struct port *port, struct port_status *status) ON_CONTROL;

	/* Totals since open; any field may grow while it is read. */
	void (*get_counters)(struct port *port, struct port_counters *counters) ON_CONTROL;

	/* Receives up to `n` frames from `queue` and returns how many; they are the caller's. One
	 * worker at a time polls a queue. */
	uint16_t (*rx)(
		struct port *port, uint16_t queue, struct rte_mbuf **frames, uint16_t n) ON_WORKER;

	/* Sends up to `n` frames and returns how many were accepted, from the first; they are the
	 * back end's then, the others stay the caller's. `worker` (0, 1, ...) is a hint by which
	 * the back end picks a queue; workers may call at once. A frame may be shared (its
	 * reference count above 1): it is not to be written to. */
	uint16_t (*tx)(
		struct port *port, uint16_t worker, struct rte_mbuf **frames, uint16_t n) ON_WORKER;
};

extern const struct port_ops port_vhost_ops;
extern const struct port_ops port_ethdev_ops;
extern const struct port_ops port_kernel_ops;

/* Says, from any thread, that the port's link, MAC, MTU or number of receive queues changed; the
 * owner's callback runs, on the calling thread, once until control clears `notified`. */
void port_notify(struct port *port);

/* Adds a pair; past PORT_STATUS_PAIRS it is left out. */
void port_status_add(struct port_status *status, const char *key, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
