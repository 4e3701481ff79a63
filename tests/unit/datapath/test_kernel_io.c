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

#include <rte_ip.h>

#include "kernel_ports.h"

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

/* Which ports have no words for: they come out one by one. */
static void trains_of_datagrams_are_split(void **state)
{
	static const char *const addresses[] = {"10.0.0.2", "fd00::2"};
	struct port *v, *w;

	add_veths();
	v = open_system("v0");
	w = open_system("w0");
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		char command[128], result[64];

		snprintf(command, sizeof(command), "receive-train %s 5002", addresses[i]);
		agent_post(&right, command);
		assert_true(agent_poll(&right, 5000, result));
		assert_string_equal(result, "listening");
		snprintf(command, sizeof(command), "send-train %s 5002", addresses[i]);
		agent_post(&left, command);
		assert_true(bridge(v, w, &right, result));
		assert_string_equal(result, "31 31");
		assert_true(agent_poll(&left, 5000, result));
		assert_string_equal(result, "sent");
	}
	assert_int_equal(counters_of(v).rx_errors, 0);
	w->ops->close(w);
	v->ops->close(v);
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

		rte_pktmbuf_refcnt_update(sent, 1);
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

static void copy_frame(const struct rte_mbuf *frame, uint8_t *to)
{
	const void *data = rte_pktmbuf_read(frame, 0, frame->pkt_len, to);

	if (data != to)
		memcpy(to, data, frame->pkt_len);
}

/* A large segment of 5,000 bytes behind `n_tags` tags, in the form of port.h. */
static struct rte_mbuf *make_segment(int n_tags, bool ipv6)
{
	uint32_t l2_len = 14 + 4 * n_tags, l3_len = ipv6 ? 40 : 20, l4 = l2_len + l3_len;
	struct rte_mbuf *frame = make_frame(2000, n_tags, RTE_ETHER_TYPE_VLAN);
	uint8_t *data = rte_pktmbuf_mtod(frame, uint8_t *), *l3 = data + l2_len;
	uint16_t l4_len = htons(20 + 5000), total = htons(40 + 5000), sum;

	for (int left_over = l4 + 20 + 5000 - 2000; left_over > 0; left_over -= 2000)
		assert_int_equal(
			rte_pktmbuf_chain(frame, make_frame(RTE_MIN(left_over, 2000), 0, 0)), 0);
	frame->l2_len = l2_len;
	frame->l3_len = l3_len;
	frame->l4_len = 20;
	frame->tso_segsz = 1400;
	frame->ol_flags = RTE_MBUF_F_TX_TCP_SEG | RTE_MBUF_F_TX_TCP_CKSUM |
			  (ipv6 ? RTE_MBUF_F_TX_IPV6 : RTE_MBUF_F_TX_IPV4);
	memcpy(l3 - 2, ipv6 ? "\x86\xdd" : "\x08\x00", 2);
	memset(l3, 0, l3_len + 20);
	if (ipv6) {
		l3[0] = 0x60;
		memcpy(l3 + 4, &l4_len, 2);
		l3[6] = IPPROTO_TCP;
		l3[7] = 64;
		memcpy(l3 + 8, "\xfd", 1);
		memcpy(l3 + 24, "\xfd", 1);
		sum = rte_ipv6_phdr_cksum((void *)l3, frame->ol_flags);
	} else {
		memcpy(l3, "\x45", 1);
		memcpy(l3 + 2, &total, 2);
		memcpy(l3 + 8, "\x40\x06\0\0\x0a\0\0\1\x0a\0\0\2", 12);
		sum = ~rte_raw_cksum(l3, 20);
		memcpy(l3 + 10, &sum, 2);
		sum = rte_ipv4_phdr_cksum((void *)l3, frame->ol_flags);
	}
	data[l4 + 12] = 5 << 4;
	memcpy(data + l4 + 16, &sum, 2);
	return frame;
}

static void large_segments_keep_their_tags(void **state)
{
	struct port *a, *b;

	open_pair(&a, &b);
	for (int i = 0; i < 6; i++) {
		static uint8_t sent_bytes[6000], got_bytes[6000];
		struct rte_mbuf *sent = make_segment(i / 2, i % 2), *got = NULL;
		double deadline = netns_now() + 5;

		rte_pktmbuf_refcnt_update(sent, 1);
		assert_int_equal(a->ops->tx(a, 0, &sent, 1), 1);
		while (!b->ops->rx(b, 0, &got, 1) && netns_now() < deadline)
			sched_yield();
		assert_non_null(got);
		assert_int_equal(got->ol_flags, sent->ol_flags);
		assert_int_equal(got->tx_offload, sent->tx_offload);
		assert_int_equal(got->pkt_len, sent->pkt_len);
		copy_frame(sent, sent_bytes);
		copy_frame(got, got_bytes);
		assert_memory_equal(got_bytes, sent_bytes, sent->pkt_len);
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

/* Sends `n` frames of `len` bytes from `from`, which is to accept them all in the end. */
static void send_all(struct port *from, unsigned int n, uint32_t len)
{
	double deadline = netns_now() + DEADLINE;

	for (unsigned int i = 0; i < n && netns_now() < deadline;) {
		struct rte_mbuf *frame = make_frame(len, 0, 0);

		while (!from->ops->tx(from, 0, &frame, 1) && netns_now() < deadline)
			sched_yield();
		i++;
	}
	while (counters_of(from).held && netns_now() < deadline)
		sched_yield();
	assert_int_equal(counters_of(from).held, 0);
}

static unsigned int receive_all(struct port *port)
{
	struct rte_mbuf *frames[BURST];
	unsigned int total = 0;
	uint16_t n;

	while ((n = port->ops->rx(port, 0, frames, BURST))) {
		for (uint16_t i = 0; i < n; i++)
			assert_true(is_marked(frames[i]));
		rte_pktmbuf_free_bulk(frames, n);
		total += n;
	}
	return total;
}

/* Frames that the veth v0 lost on the way: the kernel's queue between its ends isn't ours. */
static unsigned int lost_by_veth(void)
{
	FILE *f = fopen("/proc/self/net/dev", "r");
	unsigned int dropped = 0;
	char line[512];

	assert_non_null(f);
	while (fgets(line, sizeof(line), f))
		(void)sscanf(line, " v0: %*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %u", &dropped);
	fclose(f);
	return dropped;
}

/* Receives until all that were sent to `port` since it was opened are received, which adds up in
 * *got, or counted as missed. */
static void assert_accounted(struct port *port, unsigned int *got, unsigned int sent)
{
	double deadline = netns_now() + DEADLINE;

	do
		*got += receive_all(port);
	while (*got + counters_of(port).rx_missed + lost_by_veth() < sent &&
		netns_now() < deadline);
	assert_int_equal(*got + counters_of(port).rx_missed + lost_by_veth(), sent);
	assert_int_equal(counters_of(port).rx_errors, 0);
}

static void a_full_ring_loses_what_it_counts(void **state)
{
	enum { SENT = 20000 };
	unsigned int got = 0;
	struct port *a, *b;

	open_pair(&a, &b);
	send_all(a, SENT, 60);
	assert_true(counters_of(b).rx_missed > 0);
	assert_accounted(b, &got, SENT);
	assert_int_equal(counters_of(a).tx_undone, 0);
	/* And is as good as new. */
	send_all(a, 100, 60);
	assert_accounted(b, &got, SENT + 100);
	close_pair(a, b);
}

static void frames_that_the_interface_refuses_are_undone(void **state)
{
	unsigned int got = 0;
	struct port *a, *b;

	open_pair(&a, &b);
	send_all(a, 10, 1600); /* beyond the MTU */
	assert_int_equal(counters_of(a).tx_undone, 10);
	send_all(a, 10, 1514);
	assert_accounted(b, &got, 10);
	assert_int_equal(netns_run("ip link set v0 down"), 0);
	send_all(a, 10, 100);
	assert_int_equal(counters_of(a).tx_undone, 20);
	assert_int_equal(netns_run("ip link set v0 up"), 0);
	send_all(a, 10, 100);
	assert_accounted(b, &got, 20);
	close_pair(a, b);
}

static void a_slow_interface_holds_back_the_worker(void **state)
{
	double deadline = netns_now() + DEADLINE;
	unsigned int accepted = 0;
	struct rte_mbuf *frame;
	struct port *a, *b;

	open_pair(&a, &b);
	if (netns_run("tc qdisc add dev v0 root tbf rate 8kbit burst 2kb limit 100mb")) {
		close_pair(a, b);
		print_message("no token bucket in this kernel\n");
		skip();
	}
	frame = make_frame(1000, 0, 0);
	while ((counters_of(a).held < KERNEL_IO_RING_SIZE || !counters_of(a).tx_retries) &&
		netns_now() < deadline) {
		if (a->ops->tx(a, 0, &frame, 1)) {
			frame = make_frame(1000, 0, 0);
			accepted++;
		}
	}
	assert_in_range(counters_of(a).held, KERNEL_IO_RING_SIZE, KERNEL_IO_RING_SIZE + 32);
	assert_true(counters_of(a).tx_retries > 0);
	assert_int_equal(counters_of(a).tx_undone, 0);
	/* The others are not held up. */
	assert_int_equal(b->ops->tx(b, 0, &frame, 1), 1);
	assert_non_null(frame = await_frame(a));
	rte_pktmbuf_free(frame);
	/* What waits goes out when there is room. */
	assert_int_equal(netns_run("tc qdisc del dev v0 root"), 0);
	while (counters_of(a).held && netns_now() < deadline)
		(void)receive_all(b);
	assert_int_equal(counters_of(a).held, 0);
	assert_int_equal(counters_of(a).tx_undone, 0);
	close_pair(a, b);
	assert_true(accepted > KERNEL_IO_RING_SIZE);
}

static void a_port_closes_with_frames_in_all_rings(void **state)
{
	struct port *a, *b;

	open_pair(&a, &b);
	send_all(a, 500, 1000);
	for (int i = 0; i < 500; i++) {
		struct rte_mbuf *frame = make_frame(60, 0, 0);

		if (!a->ops->tx(a, 0, &frame, 1))
			rte_pktmbuf_free(frame);
	}
	close_pair(a, b);
}

/* One that isn't polled can't take all buffers, though its frames have many. */
static void buffers_in_a_ring_are_limited(void **state)
{
	enum { LEN = 60000, SENT = 300 };
	uint32_t before, used, size;
	unsigned int got = 0;
	struct port *a, *b;

	open_pair(&a, &b);
	pktpool_usage(&before, &size);
	assert_int_equal(netns_run("ip link set v0 mtu 65000 && ip link set w0 mtu 65000"), 0);
	for (int i = 0; i < SENT; i++) {
		struct rte_mbuf *head = make_frame(2000, 0, 0);

		for (int left_over = LEN - 2000; left_over > 0; left_over -= 2000)
			assert_int_equal(rte_pktmbuf_chain(head, make_frame(2000, 0, 0)), 0);
		while (!a->ops->tx(a, 0, &head, 1))
			sched_yield();
	}
	while (counters_of(a).held)
		sched_yield();
	pktpool_usage(&used, &size);
	assert_in_range(used - before, 0, KERNEL_IO_SEGS_MAX + KERNEL_FD_BURST * KERNEL_FD_SEGS);
	assert_accounted(b, &got, SENT);
	assert_true(got < SENT);
	close_pair(a, b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(tcp_crosses_two_veths, del_veths),
		cmocka_unit_test_teardown(trains_of_datagrams_are_split, del_veths),
		cmocka_unit_test_teardown(tags_stay_in_the_frame, del_veths),
		cmocka_unit_test_teardown(large_segments_keep_their_tags, del_veths),
		cmocka_unit_test_teardown(tcp_crosses_a_tap_and_a_veth, del_veths),
		cmocka_unit_test_teardown(a_full_ring_loses_what_it_counts, del_veths),
		cmocka_unit_test_teardown(frames_that_the_interface_refuses_are_undone, del_veths),
		cmocka_unit_test_teardown(a_slow_interface_holds_back_the_worker, del_veths),
		cmocka_unit_test_teardown(a_port_closes_with_frames_in_all_rings, del_veths),
		cmocka_unit_test_teardown(buffers_in_a_ring_are_limited, del_veths),
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
