/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kernel ports over real taps and veths in namespaces of our own. The test is control and worker
 * in one: it opens ports and passes frames from each to the other.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <rte_ether.h>

#include "datapath/kernel_io.h"
#include "datapath/netlink.h"
#include "datapath/pktpool.h"
#include "datapath/port.h"
#include "datapath/port_kernel.h"
#include "netns.h"
#include "test_eal.h"

#define N_BUFFERS 16384
#define BURST 32
#define DEADLINE 30 /* seconds that a transfer may take */

/* One in the test's namespace, two behind veths: v1 is the first's end, w1 the second's. */
static struct agent host, left, right;

static struct {
	uint64_t frames;
	uint64_t refused;
	uint64_t segments; /* large ones */
	uint64_t csums;
} seen;

static int start(void **state)
{
	struct errmsg err;

	assert_int_equal(test_eal_init(128), 0);
	assert_int_equal(pktpool_init(N_BUFFERS, &err), 0);
	assert_int_equal(netlink_init(&err), 0);
	assert_int_equal(port_kernel_init(&err), 0);
	return 0;
}

/* Nothing may be left of all the ports that were. */
static int stop(void **state)
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

static void add_veths(void)
{
	char command[256];

	assert_int_equal(netns_run("ip link add v0 type veth peer name v1 && "
				   "ip link add w0 type veth peer name w1"),
		0);
	snprintf(command, sizeof(command), "ip link set v1 netns %d && ip link set w1 netns %d",
		left.pid, right.pid);
	assert_int_equal(netns_run(command), 0);
	assert_int_equal(agent_run(&left, "ip link set v1 up && ip addr add 10.0.0.1/24 dev v1 && "
					  "ip addr add fd00::1/64 dev v1 nodad"),
		0);
	assert_int_equal(agent_run(&right, "ip link set w1 up && ip addr add 10.0.0.2/24 dev w1 && "
					   "ip addr add fd00::2/64 dev w1 nodad"),
		0);
}

static int del_veths(void **state)
{
	return netns_run("for i in v0 w0; do ip link del $i 2>/dev/null; done; true");
}

static struct port *open_port(const struct port_args *args)
{
	struct port *port = NULL;
	struct errmsg err = {""};

	if (port_kernel_ops.open(args, &port, &err))
		fail_msg("%s", err.text);
	return port;
}

static struct port *open_system(const char *ifname)
{
	return open_port(&(struct port_args){.name = ifname, .ifname = ifname});
}

static void note(struct rte_mbuf *frame)
{
	seen.segments += !!(frame->ol_flags & RTE_MBUF_F_TX_TCP_SEG);
	seen.csums += !!(frame->ol_flags & RTE_MBUF_F_TX_TCP_CKSUM);
	rte_mbuf_sanity_check(frame, 1);
}

static uint16_t pass(struct port *from, struct port *to)
{
	struct rte_mbuf *frames[BURST];
	uint16_t n = from->ops->rx(from, 0, frames, BURST);
	uint16_t sent;

	for (uint16_t i = 0; i < n; i++)
		note(frames[i]);
	sent = n ? to->ops->tx(to, 0, frames, n) : 0;
	rte_pktmbuf_free_bulk(frames + sent, n - sent);
	seen.frames += n;
	seen.refused += n - sent;
	return n;
}

/* Passes frames both ways until `agent` has a result. */
static bool bridge(struct port *a, struct port *b, struct agent *agent, char *result)
{
	double deadline = netns_now() + DEADLINE;

	while (netns_now() < deadline) {
		uint16_t n = pass(a, b) + pass(b, a);

		if (agent_poll(agent, 0, result))
			return true;
		if (!n)
			sched_yield();
	}
	return false;
}

/* A TCP transfer across the two ports, which arrives as it was sent. */
static void transfer(struct port *a, struct agent *from, struct port *b, struct agent *to,
	const char *address, uint64_t bytes)
{
	char result[64], command[128], expected[64];

	snprintf(command, sizeof(command), "serve %s 5001", address);
	agent_post(to, command);
	assert_true(agent_poll(to, 5000, result));
	assert_string_equal(result, "listening");
	snprintf(command, sizeof(command), "send %s 5001 %llu", address, (unsigned long long)bytes);
	agent_post(from, command);
	assert_true(bridge(a, b, to, result));
	snprintf(expected, sizeof(expected), "%llu 0", (unsigned long long)bytes);
	assert_string_equal(result, expected);
	assert_true(bridge(a, b, from, result));
	assert_string_equal(result, "sent");
}

static void tcp_crosses_two_veths(void **state)
{
	struct port *v, *w;

	add_veths();
	v = open_system("v0");
	w = open_system("w0");
	memset(&seen, 0, sizeof(seen));
	transfer(v, &left, w, &right, "10.0.0.2", 32 << 20);
	assert_true(seen.segments > 100);
	assert_true(seen.csums > seen.segments);
	memset(&seen, 0, sizeof(seen));
	transfer(v, &left, w, &right, "fd00::2", 32 << 20);
	assert_true(seen.segments > 100);
	w->ops->close(w);
	v->ops->close(v);
}

/* Two ports on the two ends of one veth: what one sends the other receives. */
static void open_pair(struct port **a, struct port **b)
{
	assert_int_equal(netns_run("ip link add v0 type veth peer name w0 && ip link set v0 up && "
				   "ip link set w0 up"),
		0);
	*a = open_system("v0");
	*b = open_system("w0");
}

static void close_pair(struct port *a, struct port *b)
{
	a->ops->close(a);
	b->ops->close(b);
}

#define MARK 0x88b5 /* EtherType for experiments: no other frame has it */

/* A frame of `len` bytes with `n_tags` tags, the outermost of type `tpid`, ids 100, 101, ... */
static struct rte_mbuf *make_frame(uint32_t len, int n_tags, uint16_t tpid)
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

static bool is_marked(const struct rte_mbuf *frame)
{
	const uint8_t *data = rte_pktmbuf_mtod(frame, const uint8_t *);
	const uint16_t *types = (const uint16_t *)(data + 12);

	while (*types == htons(RTE_ETHER_TYPE_VLAN) || *types == htons(RTE_ETHER_TYPE_QINQ))
		types += 2;
	return *types == htons(MARK);
}

/* The next frame of ours that `port` receives, or NULL after five seconds. */
static struct rte_mbuf *await_frame(struct port *port)
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

static void tags_stay_in_the_frame(void **state)
{
	static const struct {
		int n_tags;
		uint16_t tpid;
	} cases[] = {{0, 0}, {1, RTE_ETHER_TYPE_VLAN}, {1, RTE_ETHER_TYPE_QINQ},
		{2, RTE_ETHER_TYPE_QINQ}, {2, RTE_ETHER_TYPE_VLAN}};
	struct port *a, *b;

	open_pair(&a, &b);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rte_mbuf *sent = make_frame(100, cases[i].n_tags, cases[i].tpid);
		struct rte_mbuf *got;

		rte_mbuf_refcnt_update(sent, 1);
		assert_int_equal(a->ops->tx(a, 0, &sent, 1), 1);
		got = await_frame(b);
		assert_non_null(got);
		assert_int_equal(got->pkt_len, 100);
		assert_memory_equal(
			rte_pktmbuf_mtod(got, void *), rte_pktmbuf_mtod(sent, void *), 100);
		rte_pktmbuf_free(got);
		rte_pktmbuf_free(sent);
	}
	close_pair(a, b);
}

static void tcp_crosses_a_tap_and_a_veth(void **state)
{
	struct rte_ether_addr mac = {{2, 0, 0, 0, 9, 9}};
	struct port_status status;
	struct port *tap, *w;
	struct errmsg err;

	add_veths();
	tap = open_port(&(struct port_args){
		.name = "br0", .ifname = "tap0", .make_tap = true, .mac = mac, .mtu = 1400});
	w = open_system("w0");
	tap->ops->get_status(tap, &status);
	assert_memory_equal(&status.mac, &mac, sizeof(mac));
	assert_int_equal(status.mtu, 1400);
	assert_int_equal(status.ifindex, if_nametoindex("tap0"));
	assert_int_equal(netlink_add_address(status.ifindex, "10.0.0.1/24", &err), 0);
	assert_int_equal(netns_run("ip addr add fd00::1/64 dev tap0 nodad"), 0);
	assert_int_equal(netlink_set_admin_up(status.ifindex, true, &err), 0);
	assert_int_equal(agent_run(&right, "ip link set w1 mtu 1400"), 0);

	transfer(tap, &host, w, &right, "10.0.0.2", 16 << 20);
	memset(&seen, 0, sizeof(seen));
	transfer(w, &right, tap, &host, "10.0.0.1", 16 << 20);
	assert_true(seen.segments > 100);
	transfer(w, &right, tap, &host, "fd00::1", 4 << 20);
	w->ops->close(w);
	tap->ops->close(tap);
	assert_int_equal(if_nametoindex("tap0"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(tcp_crosses_two_veths, del_veths),
		cmocka_unit_test_teardown(tags_stay_in_the_frame, del_veths),
		cmocka_unit_test_teardown(tcp_crosses_a_tap_and_a_veth, del_veths),
	};
	int ret;

	netns_enter();
	host = agent_start(false);
	left = agent_start(true);
	right = agent_start(true);
	thread_role_begin(&role_control);
	ret = cmocka_run_group_tests(tests, start, stop);
	agent_stop(&host);
	agent_stop(&left);
	agent_stop(&right);
	return ret;
}
