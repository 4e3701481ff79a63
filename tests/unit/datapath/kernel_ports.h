/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kernel ports in a test that is control and worker in one, and frames of its own to tell apart
 * from what the kernel sends by itself.
 */
#ifndef TESTS_KERNEL_PORTS_H
#define TESTS_KERNEL_PORTS_H

#include <rte_ether.h>

#include "datapath/kernel_io.h"
#include "datapath/netlink.h"
#include "datapath/pktpool.h"
#include "datapath/port.h"
#include "datapath/port_kernel.h"
#include "netns.h"
#include "test_eal.h"

#define N_BUFFERS 16384
#define MARK 0x88b5 /* EtherType for experiments: no other frame has it */

static inline int start(void **state)
{
	struct errmsg err;

	assert_int_equal(test_eal_init(128), 0);
	assert_int_equal(pktpool_init(N_BUFFERS, &err), 0);
	assert_int_equal(netlink_init(&err), 0);
	port_kernel_init();
	return 0;
}

/* Nothing may be left of all the ports that were. */
static inline int stop(void **state)
{
	uint32_t used, size;

	port_kernel_fini();
	netlink_fini();
	pktpool_usage(&used, &size);
	assert_int_equal(used, 0);
	pktpool_fini();
	rte_eal_cleanup();
	return 0;
}

static inline struct port *open_port(const struct port_args *args)
{
	struct port *port = NULL;
	struct errmsg err = {""};

	if (port_kernel_ops.open(args, &port, &err))
		fail_msg("%s", err.text);
	return port;
}

static inline struct port *open_system(const char *ifname)
{
	return open_port(&(struct port_args){.name = ifname, .ifname = ifname});
}

/* Two ports on the two ends of one veth: what one sends the other receives. The kernel has nothing
 * to say there by itself. */
static inline void open_pair(struct port **a, struct port **b)
{
	assert_int_equal(netns_run("ip link add v0 type veth peer name w0 && for i in v0 w0; do "
				   "echo 1 >/proc/sys/net/ipv6/conf/$i/disable_ipv6; "
				   "ip link set $i up; done"),
		0);
	*a = open_system("v0");
	*b = open_system("w0");
}

static inline void close_pair(struct port *a, struct port *b)
{
	a->ops->close(a);
	b->ops->close(b);
}

/* A frame of `len` bytes with `n_tags` tags, the outermost of type `tpid`, ids 100, 101, ... */
static inline struct rte_mbuf *make_frame(uint32_t len, int n_tags, uint16_t tpid)
{
	static const uint8_t macs[] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2};
	struct rte_mbuf *frame = rte_pktmbuf_alloc(pktpool_get(0));
	uint8_t *data = (uint8_t *)rte_pktmbuf_append(frame, len);
	uint16_t *types;

	if (!data)
		abort();
	memset(data, 0x5a, len);
	memcpy(data, macs, sizeof(macs));
	types = (uint16_t *)(data + sizeof(macs));
	for (int i = 0; i < n_tags; i++, types += 2) {
		types[0] = htons(i ? RTE_ETHER_TYPE_VLAN : tpid);
		types[1] = htons(3 << 13 | (100 + i));
	}
	*types = htons(MARK);
	return frame;
}

static inline struct port_counters counters_of(struct port *port)
{
	struct port_counters counters;

	port->ops->get_counters(port, &counters);
	return counters;
}

static inline int del_veths(void **state)
{
	return netns_run("for i in v0 w0; do ip link del $i 2>/dev/null; done; true");
}

static inline bool is_marked(const struct rte_mbuf *frame)
{
	const uint8_t *data = rte_pktmbuf_mtod(frame, const uint8_t *);
	const uint16_t *types = (const uint16_t *)(data + 12);

	while (*types == htons(RTE_ETHER_TYPE_VLAN) || *types == htons(RTE_ETHER_TYPE_QINQ))
		types += 2;
	return *types == htons(MARK);
}

/* The next frame of ours that `port` receives, or NULL after five seconds. */
static inline struct rte_mbuf *await_frame(struct port *port)
{
	double deadline = netns_now() + 5;
	struct rte_mbuf *frame;

	while (netns_now() < deadline) {
		if (!port->ops->rx(port, 0, &frame, 1)) {
			sched_yield();
			continue;
		}
		if (is_marked(frame))
			return frame;
		rte_pktmbuf_free(frame);
	}
	return NULL;
}

#endif
