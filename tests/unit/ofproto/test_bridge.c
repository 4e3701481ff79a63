/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "datapath/clock.h"
#include "ofproto/bridge.h"
#include "ofproto/vswitch.h"

#define DEADLINE_MS 20000

static struct vswitch *vswitch;
static int n_devices; /* so that each has a name of its own */

static struct bridge *add_bridge(const char *name, uint32_t fdb_size)
{
	const struct bridge_settings settings = {
		.fdb_size = fdb_size, .fdb_age_s = FDB_AGE_DEFAULT};

	return bridge_set(vswitch, name, &settings);
}

/* A port with one interface of the same name, on a device that makes and takes nothing. */
static struct iface *add_iface(struct bridge *br, const char *name, int ofport_request)
{
	const struct vlan_settings vlan = {.tag = -1};
	struct string_map options = {0};
	const struct iface_settings settings = {
		.type = "dpdk", .options = &options, .ofport_request = ofport_request};
	struct iface *iface;
	char devargs[64];

	snprintf(devargs, sizeof(devargs), "net_null%d,no-rx=1", n_devices++);
	string_map_add(&options, "dpdk-devargs", devargs);
	iface = iface_set(bridge_port_set(br, name, &vlan), name, &settings);
	string_map_clear(&options);
	assert_non_null(iface);
	assert_string_equal(iface->error.text, "");
	assert_non_null(iface->port);
	return iface;
}

static void settle(void)
{
	uint64_t end = clock_ms() + DEADLINE_MS;

	vswitch_commit(vswitch);
	while (datapath_poll()) {
		assert_true(clock_ms() < end);
		usleep(100);
	}
	assert_false(vswitch_is_closing(vswitch));
}

static void learn(struct fdb *fdb, uint64_t mac, uint16_t vid, uint16_t port)
{
	fdb_update(fdb, fdb_key(mac, vid), port, clock_seconds());
}

static void a_bridge_is_made_once(void **state)
{
	struct bridge *br = add_bridge("br0", 1000);
	char name[PORT_NAME_SIZE + 1];

	assert_non_null(br);
	assert_ptr_equal(add_bridge("br0", 1000), br);
	assert_ptr_equal(bridge_find(vswitch, "br0"), br);
	assert_null(bridge_find(vswitch, "br1"));
	memset(name, 'x', sizeof(name));
	name[PORT_NAME_SIZE] = '\0';
	assert_null(add_bridge(name, 1000));
	name[PORT_NAME_SIZE - 1] = '\0';
	assert_non_null(add_bridge(name, 1000));
}

static void another_table_size_starts_a_new_table(void **state)
{
	struct bridge *br = add_bridge("br0", 1000);
	struct fdb *fdb = br->fdb;

	vswitch_commit(vswitch);
	assert_false(vswitch->changed);
	add_bridge("br0", 1000);
	assert_ptr_equal(br->fdb, fdb);
	assert_false(vswitch->changed);
	learn(br->fdb, 1, 0, 1);
	add_bridge("br0", 2000);
	assert_true(vswitch->changed);
	assert_int_equal(br->fdb->n_entries, 0);
	assert_int_equal(br->fdb->max_entries, 2000);
	/* Clamped, and then the same: no new table. */
	add_bridge("br0", 1);
	assert_int_equal(br->fdb->max_entries, FDB_SIZE_MIN);
	settle();
	fdb = br->fdb;
	add_bridge("br0", 2);
	assert_ptr_equal(br->fdb, fdb);
	assert_false(vswitch->changed);
	add_bridge("br0", UINT32_MAX);
	assert_int_equal(br->fdb->max_entries, FDB_SIZE_MAX);
}

static void numbers_are_chosen_as_asked_or_from_the_lowest(void **state)
{
	struct bridge *br = add_bridge("br0", 1000);
	struct iface *a = add_iface(br, "a", 0), *b = add_iface(br, "b", 7);
	struct iface *c = add_iface(br, "c", 7), *d = add_iface(br, "d", BRIDGE_OFPORT_MAX + 1);

	assert_int_equal(add_iface(br, "br0", 5)->ofport, BRIDGE_OFPORT_LOCAL);
	assert_int_equal(a->ofport, 1);
	assert_int_equal(b->ofport, 7);
	assert_int_equal(c->ofport, 2);
	assert_int_equal(d->ofport, 3);
	iface_remove(a);
	assert_int_equal(add_iface(br, "e", 0)->ofport, 1);
	assert_int_equal(add_iface(br, "f", BRIDGE_OFPORT_MAX)->ofport, BRIDGE_OFPORT_MAX);
	/* Each bridge counts by itself. */
	assert_int_equal(add_iface(add_bridge("br1", 1000), "g", 0)->ofport, 1);
}

static void another_number_may_be_asked_for_later(void **state)
{
	struct bridge *br = add_bridge("br0", 1000);
	struct iface *a = add_iface(br, "a", 0), *b = add_iface(br, "b", 0);
	struct iface_settings settings = {
		.type = "dpdk", .options = &a->options, .ofport_request = 9};
	struct port *port = a->port;

	assert_false(iface_is_stale(a, &settings));
	iface_set(a->bridge_port, "a", &settings);
	assert_int_equal(a->ofport, 9);
	assert_ptr_equal(a->port, port);
	/* What another has, or what can't be, changes nothing; nor does asking no more. */
	settings.ofport_request = b->ofport;
	iface_set(a->bridge_port, "a", &settings);
	assert_int_equal(a->ofport, 9);
	settings.ofport_request = -3;
	iface_set(a->bridge_port, "a", &settings);
	settings.ofport_request = 0;
	iface_set(a->bridge_port, "a", &settings);
	assert_int_equal(a->ofport, 9);
}

static void what_needs_a_new_device_is_stale(void **state)
{
	struct iface *a = add_iface(add_bridge("br0", 1000), "a", 0);
	struct string_map options = {0};
	struct iface_settings settings = {.type = "dpdk", .options = &a->options};

	assert_false(iface_is_stale(a, &settings));
	settings.mtu_request = 9000;
	settings.ofport_request = 3;
	assert_false(iface_is_stale(a, &settings));
	/* An address can be changed in place, but not forgotten. */
	settings.mac.addr_bytes[5] = 1;
	assert_false(iface_is_stale(a, &settings));
	iface_set(a->bridge_port, "a", &settings);
	settings.mac.addr_bytes[5] = 0;
	assert_true(iface_is_stale(a, &settings));
	settings.mac.addr_bytes[5] = 1;
	settings.type = "tap";
	assert_true(iface_is_stale(a, &settings));
	settings.type = "dpdk";
	settings.options = &options;
	assert_true(iface_is_stale(a, &settings));
}

static void addresses_change_in_place(void **state)
{
	struct bridge_settings of_bridge = {
		.mac = {{2, 0, 0, 0, 0, 1}}, .fdb_size = 1000, .fdb_age_s = FDB_AGE_DEFAULT};
	struct bridge *br = bridge_set(vswitch, "br0", &of_bridge);
	struct iface *a = add_iface(br, "br0", 0);
	struct iface_settings settings = {.type = "dpdk", .options = &a->options};
	struct port *port = a->port;

	assert_memory_equal(&a->status.mac, &of_bridge.mac, sizeof(of_bridge.mac));
	/* The bridge's own interface follows the bridge ... */
	of_bridge.mac.addr_bytes[5] = 2;
	bridge_set(vswitch, "br0", &of_bridge);
	iface_set(a->bridge_port, "br0", &settings);
	assert_memory_equal(&a->status.mac, &of_bridge.mac, sizeof(of_bridge.mac));
	/* ... unless it has an address of its own ... */
	settings.mac.addr_bytes[5] = 3;
	iface_set(a->bridge_port, "br0", &settings);
	assert_memory_equal(&a->status.mac, &settings.mac, sizeof(settings.mac));
	/* ... and follows again when that is taken back. */
	settings.mac.addr_bytes[5] = 0;
	assert_false(iface_is_stale(a, &settings));
	iface_set(a->bridge_port, "br0", &settings);
	assert_memory_equal(&a->status.mac, &of_bridge.mac, sizeof(of_bridge.mac));
	assert_ptr_equal(a->port, port);
}

static void a_name_is_open_once(void **state)
{
	const struct vlan_settings vlan = {.tag = -1};
	struct string_map options = {0};
	const struct iface_settings settings = {.type = "dpdk", .options = &options};
	struct bridge_port *p;
	struct iface *again;

	add_iface(add_bridge("br0", 1000), "a", 0);
	string_map_add(&options, "dpdk-devargs", "net_null99");
	p = bridge_port_set(add_bridge("br1", 1000), "a", &vlan);
	again = iface_set(p, "a", &settings);
	assert_null(again->port);
	assert_non_null(strstr(again->error.text, "open already"));
	string_map_clear(&options);
}

static void a_failed_open_says_why_and_is_tried_again(void **state)
{
	struct bridge *br = add_bridge("br0", 1000);
	const struct vlan_settings vlan = {.tag = -1};
	struct string_map options = {0};
	struct iface_settings settings = {.type = "teapot", .options = &options};
	struct bridge_port *p = bridge_port_set(br, "a", &vlan);
	struct iface *a = iface_set(p, "a", &settings);

	assert_null(a->port);
	assert_int_equal(a->ofport, BRIDGE_OFPORT_NONE);
	assert_non_null(strstr(a->error.text, "teapot"));
	assert_true(vswitch_has_unopened(vswitch));
	assert_ptr_equal(iface_set(p, "a", &settings), a);
	iface_remove(a);
	settings.type = "dpdk";
	a = iface_set(p, "a", &settings);
	assert_non_null(strstr(a->error.text, "dpdk-devargs"));
	iface_remove(a);
	assert_false(vswitch_has_unopened(vswitch));
	settle();
}

static void a_removed_port_takes_its_addresses_along(void **state)
{
	struct bridge *br = add_bridge("br0", 1000);
	struct iface *a = add_iface(br, "a", 0), *b = add_iface(br, "b", 0);
	uint16_t index = a->port->index;

	vswitch_commit(vswitch);
	learn(br->fdb, 1, 0, index);
	learn(br->fdb, 2, 0, b->port->index);
	bridge_port_remove(a->bridge_port);
	assert_null(bridge_port_find(br, "a"));
	vswitch_commit(vswitch);
	assert_true(vswitch_is_closing(vswitch));
	/* Its place isn't given away while a worker may still see it. */
	assert_int_not_equal(add_iface(br, "c", 0)->port->index, index);
	settle();
	assert_int_equal(br->fdb->n_entries, 1);
	assert_int_equal(add_iface(br, "d", 0)->port->index, index);
}

static void a_removed_bridge_takes_all_along(void **state)
{
	struct bridge *br = add_bridge("br0", 1000);
	struct iface *a = add_iface(br, "a", 0);

	add_iface(br, "b", 0);
	vswitch_commit(vswitch);
	learn(br->fdb, 1, 0, a->port->index);
	bridge_remove(br);
	/* The same names at once, in the way that a transaction replaces a bridge. */
	br = add_bridge("br0", 1000);
	vswitch_commit(vswitch);
	assert_true(vswitch_is_closing(vswitch));
	settle();
	add_iface(br, "a", 0);
	settle();
	assert_int_equal(br->fdb->n_entries, 0);
}

static void a_port_that_changes_its_vlan_forgets(void **state)
{
	const struct vlan_settings other = {.tag = 10}, bad = {.tag = 4095};
	struct bridge *br = add_bridge("br0", 1000);
	struct iface *a = add_iface(br, "a", 0);

	vswitch_commit(vswitch);
	learn(br->fdb, 1, 0, a->port->index);
	assert_ptr_equal(bridge_port_set(br, "a", &other), a->bridge_port);
	assert_true(vswitch->changed);
	assert_int_equal(br->fdb->n_entries, 0);
	vswitch_commit(vswitch);
	bridge_port_set(br, "a", &other);
	assert_false(vswitch->changed);
	bridge_port_set(br, "a", &bad);
	assert_string_not_equal(a->bridge_port->error.text, "");
	bridge_port_set(br, "a", &other);
	assert_string_equal(a->bridge_port->error.text, "");
}

static void addresses_age(void **state)
{
	struct bridge *br = add_bridge("br0", 1000);

	learn(br->fdb, 1, 0, 1);
	clock_warp((FDB_AGE_DEFAULT - 10) * 1000);
	for (int i = 0; i < 8; i++) {
		clock_warp(1000);
		vswitch_run(vswitch);
	}
	assert_int_equal(br->fdb->n_entries, 1);
	for (int i = 0; i < 8; i++) {
		clock_warp(1000);
		vswitch_run(vswitch);
	}
	assert_int_equal(br->fdb->n_entries, 0);
	assert_int_equal(br->fdb->expired, 1);
}

static void wake(void *arg)
{
}

static int start(void **state)
{
	const struct datapath_args args = {
		.eal = {.no_huge = true, .rundir = "/tmp/test_bridge"}, .wake = wake};
	struct errmsg err;

	thread_role_begin(&role_control);
	if (!datapath_start(&args, &err)) {
		worker_set_sleep_max(100);
		return 0;
	}
	fprintf(stderr, "%s\n", err.text);
	return -1;
}

static int stop(void **state)
{
	datapath_stop();
	return 0;
}

static int begin(void **state)
{
	vswitch = vswitch_create("/tmp");
	return 0;
}

static int end(void **state)
{
	vswitch_destroy(vswitch);
	return 0;
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_bridge_is_made_once),
		TEST(another_table_size_starts_a_new_table),
		TEST(numbers_are_chosen_as_asked_or_from_the_lowest),
		TEST(another_number_may_be_asked_for_later),
		TEST(what_needs_a_new_device_is_stale),
		TEST(addresses_change_in_place),
		TEST(a_name_is_open_once),
		TEST(a_failed_open_says_why_and_is_tried_again),
		TEST(a_removed_port_takes_its_addresses_along),
		TEST(a_removed_bridge_takes_all_along),
		TEST(a_port_that_changes_its_vlan_forgets),
		TEST(addresses_age),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
