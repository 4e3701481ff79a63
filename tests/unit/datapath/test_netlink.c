/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "datapath/netlink.h"
#include "netns.h"

static uint32_t ifindex;

static int set_up(void **state)
{
	struct netlink_link link;
	struct errmsg err;

	assert_int_equal(netlink_init(&err), 0);
	assert_int_equal(netns_run("ip link add v0 type veth peer name v1"), 0);
	assert_int_equal(netlink_get_link(0, "v0", &link, &err), 0);
	ifindex = link.ifindex;
	return 0;
}

static int tear_down(void **state)
{
	netlink_fini();
	return netns_run("ip link del v0");
}

static void a_link_is_found_by_name_and_index(void **state)
{
	struct netlink_link link;
	struct errmsg err;

	assert_int_equal(netlink_get_link(ifindex, NULL, &link, &err), 0);
	assert_string_equal(link.name, "v0");
	assert_string_equal(link.kind, "veth");
	assert_int_equal(link.ifindex, if_nametoindex("v0"));
	assert_int_equal(link.mtu, 1500);
	assert_false(link.admin_up);

	assert_int_equal(netlink_get_link(0, "none", &link, &err), -ENODEV);
	assert_string_equal(err.text, "there is no interface none");
	assert_int_equal(netlink_get_link(99999, NULL, &link, &err), -ENODEV);
}

static void state_mac_and_mtu_are_set(void **state)
{
	struct rte_ether_addr mac = {{2, 0, 0, 1, 2, 3}};
	struct rte_ether_addr multicast = {{1, 0, 0, 1, 2, 3}};
	struct netlink_link link;
	struct errmsg err;

	assert_int_equal(netlink_set_mac(ifindex, &mac, &err), 0);
	assert_int_equal(netlink_set_mtu(ifindex, 9000, &err), 0);
	assert_int_equal(netlink_set_admin_up(ifindex, true, &err), 0);
	assert_int_equal(netlink_get_link(ifindex, NULL, &link, &err), 0);
	assert_memory_equal(&link.mac, &mac, sizeof(mac));
	assert_int_equal(link.mtu, 9000);
	assert_true(link.admin_up);
	assert_false(link.link_up); /* the other end is down */
	assert_int_equal(netns_run("ip link set v1 up"), 0);
	assert_int_equal(netlink_get_link(ifindex, NULL, &link, &err), 0);
	assert_true(link.link_up);
	assert_int_equal(netlink_set_admin_up(ifindex, false, &err), 0);
	assert_int_equal(netlink_get_link(ifindex, NULL, &link, &err), 0);
	assert_false(link.admin_up);

	assert_true(netlink_set_mtu(ifindex, 5000000, &err) < 0);
	assert_non_null(strstr(err.text, "interface v0: setting its MTU to 5000000 failed"));
	assert_true(netlink_set_mac(ifindex, &multicast, &err) < 0);
	assert_int_equal(netlink_set_admin_up(99999, true, &err), -ENODEV);
}

static void addresses_come_and_go(void **state)
{
	struct errmsg err;

	assert_int_equal(netlink_set_admin_up(ifindex, true, &err), 0);
	assert_int_equal(netlink_add_address(ifindex, "192.0.2.1/24", &err), 0);
	assert_int_equal(netlink_add_address(ifindex, "192.0.2.2/24", &err), 0);
	assert_int_equal(netlink_add_address(ifindex, "2001:db8::1/64", &err), 0);
	assert_int_equal(netns_run("ip -o addr show dev v0 | grep -q ' 192.0.2.1/24 '"), 0);
	assert_int_equal(netns_run("ip -o addr show dev v0 | grep -q ' 2001:db8::1/64 '"), 0);
	assert_int_equal(netlink_add_address(ifindex, "192.0.2.1/24", &err), -EEXIST);
	assert_int_equal(netlink_add_address(ifindex, "192.0.2.1000/24", &err), -EINVAL);
	assert_int_equal(netlink_add_address(ifindex, "02:00:00:00:00:01", &err), -EINVAL);
	assert_int_equal(netlink_del_address(ifindex, "2001:db8::1/64", &err), 0);
	assert_int_equal(netlink_del_address(ifindex, "2001:db8::1/64", &err), -EADDRNOTAVAIL);

	assert_int_equal(netlink_add_address(ifindex, "2001:db8::2/64", &err), 0);
	assert_int_equal(netlink_flush_addresses(ifindex, &err), 0);
	assert_int_equal(netns_run("ip -o addr show dev v0 scope global | grep -q ."), 1);
	assert_int_equal(netns_run("ip -o addr show dev lo | grep -q 127.0.0.1"), 0);
}

static const char *awaited;
static bool heard;
static uint32_t last_index;
static int n_changes;

static void note_change(uint32_t index, const char *name)
{
	n_changes++;
	if (name && awaited && strcmp(name, awaited))
		return;
	heard = true;
	last_index = index;
}

/* Handles news until one is about `name`. */
static bool hear_of(const char *name)
{
	double deadline = netns_now() + 5;

	awaited = name;
	heard = false;
	while (netns_now() < deadline) {
		struct pollfd p = {.fd = netlink_fd(), .events = POLLIN};

		if (poll(&p, 1, 100) > 0)
			netlink_handle();
		if (heard)
			return true;
	}
	return false;
}

static void changes_are_told(void **state)
{
	netlink_set_link_handler(note_change);
	assert_int_equal(netns_run("ip link add d0 type veth peer name d1"), 0);
	assert_true(hear_of("d0"));
	assert_int_equal(last_index, if_nametoindex("d0"));
	assert_int_equal(netns_run("ip link set d0 mtu 1400 up"), 0);
	assert_true(hear_of("d0"));
	assert_int_equal(netns_run("ip link del d0"), 0);
	assert_true(hear_of("d0"));

	n_changes = 0;
	netlink_set_link_handler(NULL);
	netlink_handle();
	assert_int_equal(n_changes, 0);
}

static void lost_news_are_told_too(void **state)
{
	n_changes = 0;
	last_index = 1;
	netlink_set_link_handler(note_change);
	/* Far more than the socket's queue holds. */
	assert_int_equal(netns_run("ip link add d1 type veth; i=0; while [ $i -lt 1500 ]; do "
				   "echo link set d1 mtu $((1000 + i)); i=$((i + 1)); done | "
				   "ip -batch - && ip link del d1"),
		0);
	netlink_handle();
	assert_true(n_changes > 0);
	assert_int_equal(last_index, 0);
	netlink_set_link_handler(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_link_is_found_by_name_and_index),
		cmocka_unit_test(state_mac_and_mtu_are_set),
		cmocka_unit_test(addresses_come_and_go),
		cmocka_unit_test(changes_are_told),
		cmocka_unit_test(lost_news_are_told_too),
	};
	netns_enter();
	thread_role_begin(&role_control);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
