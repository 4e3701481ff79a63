/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What may befall the interface behind a kernel port: it isn't there, isn't ours, goes and comes
 * back, is renamed, moved, set down.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>

#include "kernel_ports.h"

static struct agent elsewhere; /* in another network namespace */

static void assert_refused(const struct port_args *args, int error, const char *reason)
{
	struct errmsg err = {""};
	struct port *port;

	assert_int_equal(port_kernel_ops.open(args, &port, &err), -error);
	if (!strstr(err.text, reason))
		fail_msg("\"%s\" isn't about \"%s\"", err.text, reason);
}

static void what_cannot_be_opened_says_why(void **state)
{
	assert_int_equal(netns_run("ip link add v0 type veth peer name w0 && "
				   "ip tuntap add t0 mode tap"),
		0);
	assert_refused(&(struct port_args){.name = "a", .ifname = "none"}, ENODEV,
		"there is no interface none");
	assert_refused(&(struct port_args){.name = "a", .ifname = "v0", .make_tap = true}, EEXIST,
		"an interface named v0 exists already and isn't the switch's");
	assert_refused(&(struct port_args){.name = "a", .ifname = "t0", .make_tap = true}, EEXIST,
		"an interface named t0 exists already");
	assert_refused(&(struct port_args){.name = "a", .ifname = "br%d", .make_tap = true}, EINVAL,
		"'br%d' can't be the name of an interface");
	assert_refused(
		&(struct port_args){.name = "a", .ifname = "sixteen-letters-", .make_tap = true},
		EINVAL, "sixteen-letters-");
	assert_refused(
		&(struct port_args){.name = "a", .ifname = "", .make_tap = true}, EINVAL, "''");
	assert_refused(
		&(struct port_args){
			.name = "a", .ifname = "t1", .make_tap = true, .mac = {{1, 2, 3, 4, 5, 6}}},
		EADDRNOTAVAIL, "t1: setting its MAC address");
	assert_int_equal(if_nametoindex("t1"), 0);
	assert_int_equal(netns_run("ip link del t0"), 0);
}

static struct port_status status_of(struct port *port)
{
	struct port_status status;

	port->ops->get_status(port, &status);
	return status;
}

static const char *pair_of(const struct port_status *status, const char *key)
{
	for (uint16_t i = 0; i < status->n_pairs; i++) {
		if (!strcmp(status->pairs[i].key, key))
			return status->pairs[i].value;
	}
	return "";
}

/* Handles the kernel's news until the link is as wanted and its reason says `reason`. */
static void assert_link(struct port *port, bool up, const char *reason)
{
	double deadline = netns_now() + 10;
	struct port_status status;

	for (;;) {
		struct pollfd p = {.fd = netlink_fd(), .events = POLLIN};

		if (poll(&p, 1, 50) > 0)
			netlink_handle();
		status = status_of(port);
		if (status.link_up == up && atomic_load(&port->link_up) == up &&
			!*reason == !*pair_of(&status, "status") &&
			strstr(pair_of(&status, "status"), reason))
			return;
		if (netns_now() > deadline)
			fail_msg("link %d, status \"%s\"", status.link_up,
				pair_of(&status, "status"));
	}
}

/* One frame from `a` arrives at `b`. */
static void assert_passes(struct port *a, struct port *b)
{
	struct rte_mbuf *frame = make_frame(77, 0, 0);

	assert_int_equal(a->ops->tx(a, 0, &frame, 1), 1);
	frame = await_frame(b);
	assert_non_null(frame);
	assert_int_equal(frame->pkt_len, 77);
	rte_pktmbuf_free(frame);
}

static int n_notified;

static void note(struct port *port)
{
	n_notified++;
}

static void the_state_of_an_interface_shows(void **state)
{
	struct port_status status;
	struct errmsg err;
	struct port *a, *b;

	open_pair(&a, &b);
	a->notify = note;
	assert_link(a, true, "");
	status = status_of(a);
	assert_string_equal(pair_of(&status, "driver_name"), "veth");
	assert_int_equal(status.link_speed, UINT64_C(10000000000));
	assert_true(status.full_duplex && status.admin_up);
	assert_int_equal(status.ifindex, if_nametoindex("v0"));

	n_notified = 0;
	assert_int_equal(a->ops->set_mtu(a, 9000, &err), 0);
	while (status_of(a).mtu != 9000)
		netlink_handle();
	assert_int_equal(n_notified, 1);
	assert_int_equal(netns_run("ip link set w0 down"), 0);
	assert_link(a, false, "");
	assert_link(b, false, "");
	assert_true(status_of(a).admin_up);
	assert_false(status_of(b).admin_up);
	assert_int_equal(n_notified, 1); /* until it is looked at */
	atomic_store(&a->notified, false);
	assert_int_equal(netns_run("ip link set w0 up"), 0);
	assert_link(a, true, "");
	assert_int_equal(n_notified, 2);
	assert_true(status_of(a).link_resets >= 2);
	assert_passes(a, b);
	assert_passes(b, a);
	close_pair(a, b);
}

static double cpu_seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void an_interface_that_comes_back_is_picked_up(void **state)
{
	struct rte_mbuf *frame;
	struct port *a, *b;
	double cpu;

	open_pair(&a, &b);
	assert_link(a, true, "");
	assert_passes(a, b);
	assert_int_equal(netns_run("ip link del v0"), 0);
	assert_link(a, false, "there is no interface v0");
	assert_link(b, false, "there is no interface w0");
	assert_int_equal(status_of(a).ifindex, 0);
	frame = make_frame(60, 0, 0);
	assert_int_equal(a->ops->tx(a, 0, &frame, 1), 0);
	rte_pktmbuf_free(frame);

	/* Nothing spins meanwhile: this takes a while, and no CPU time of ours. */
	cpu = cpu_seconds();
	(void)poll(NULL, 0, 300);
	assert_true(cpu_seconds() - cpu < 0.1);

	assert_int_equal(
		netns_run("ip link add v0 type veth peer name w0 && ip link set w0 up"), 0);
	assert_link(a, true, "");
	assert_link(b, true, "");
	assert_passes(a, b);
	assert_passes(b, a);

	assert_int_equal(netns_run("ip link set v0 down && ip link set v0 name v9"), 0);
	assert_link(a, false, "there is no interface v0");
	assert_int_equal(netns_run("ip link set v9 name v0"), 0);
	assert_link(a, true, "");
	assert_passes(a, b);
	close_pair(a, b);
}

static void a_tap_that_was_deleted_is_missed(void **state)
{
	struct port *tap = open_port(
		&(struct port_args){.name = "t", .ifname = "t0", .make_tap = true, .mtu = 2000});
	struct port_status status = status_of(tap);
	struct rte_mbuf *frame;
	struct errmsg err;
	double cpu;

	assert_string_equal(pair_of(&status, "driver_name"), "tun");
	assert_int_equal(status.mtu, 2000);
	assert_false(status.admin_up);
	assert_int_equal(netlink_set_admin_up(status.ifindex, true, &err), 0);
	assert_link(tap, true, "");
	assert_int_equal(netns_run("ip link set t0 down && ip link set t0 name t7"), 0);
	assert_int_equal(netns_run("ip link set t7 up"), 0);
	assert_link(tap, true, "");

	assert_int_equal(netns_run("ip link del t7"), 0);
	assert_link(tap, false, "t0 was deleted by someone else");
	frame = make_frame(60, 0, 0);
	assert_int_equal(tap->ops->tx(tap, 0, &frame, 1), 0);
	rte_pktmbuf_free(frame);
	cpu = cpu_seconds();
	(void)poll(NULL, 0, 300);
	assert_true(cpu_seconds() - cpu < 0.1);
	assert_int_equal(tap->ops->set_mtu(tap, 1500, &err), -ENODEV);
	assert_non_null(strstr(err.text, "was deleted"));
	tap->ops->close(tap);
}

static void a_tap_works_from_another_namespace(void **state)
{
	struct port *tap =
		open_port(&(struct port_args){.name = "t", .ifname = "t0", .make_tap = true});
	struct errmsg err;
	char command[64];

	assert_int_equal(netlink_set_admin_up(if_nametoindex("t0"), true, &err), 0);
	assert_link(tap, true, "");
	snprintf(command, sizeof(command), "ip link set t0 netns %d", elsewhere.pid);
	assert_int_equal(netns_run(command), 0);
	assert_link(tap, true, "t0 is in another network namespace");
	assert_int_equal(agent_run(&elsewhere, "ip link set t0 name t5 && ip link set t5 up"), 0);
	/* The kernel's own frames (IPv6 looks for neighbours) still come. */
	for (double deadline = netns_now() + 10;;) {
		struct rte_mbuf *frame;

		if (tap->ops->rx(tap, 0, &frame, 1)) {
			rte_pktmbuf_free(frame);
			break;
		}
		assert_true(netns_now() < deadline);
	}
	snprintf(command, sizeof(command), "ip link set t5 netns %d", getpid());
	assert_int_equal(agent_run(&elsewhere, command), 0);
	assert_int_equal(netns_run("ip link set t5 up"), 0);
	assert_link(tap, true, "");
	tap->ops->close(tap);
	assert_int_equal(if_nametoindex("t5"), 0);
}

static unsigned int open_descriptors(void)
{
	unsigned int n = 0;

	for (int fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void many_comings_and_goings_leave_nothing(void **state)
{
	struct port *a, *b;
	uint32_t before, after, size;
	unsigned int fds;

	open_pair(&a, &b);
	fds = open_descriptors();
	pktpool_usage(&before, &size);
	for (int i = 0; i < 50; i++) {
		struct rte_mbuf *frame = make_frame(60, 0, 0);
		struct port *tap = open_port(
			&(struct port_args){.name = "t", .ifname = "t0", .make_tap = true});

		if (!tap->ops->tx(tap, 0, &frame, 1))
			rte_pktmbuf_free(frame);
		assert_passes(a, b);
		b->ops->close(b);
		b = open_system("w0");
		tap->ops->close(tap);
	}
	assert_int_equal(open_descriptors(), fds);
	pktpool_usage(&after, &size);
	assert_int_equal(before, after);
	close_pair(a, b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(what_cannot_be_opened_says_why, del_veths),
		cmocka_unit_test_teardown(the_state_of_an_interface_shows, del_veths),
		cmocka_unit_test_teardown(an_interface_that_comes_back_is_picked_up, del_veths),
		cmocka_unit_test_teardown(a_tap_that_was_deleted_is_missed, del_veths),
		cmocka_unit_test_teardown(many_comings_and_goings_leave_nothing, del_veths),
		cmocka_unit_test_teardown(a_tap_works_from_another_namespace, del_veths),
	};
	int ret;

	netns_enter();
	elsewhere = agent_start(true);
	thread_role_begin(&role_control);
	ret = cmocka_run_group_tests(tests, start, stop);
	agent_stop(&elsewhere);
	return ret;
}
