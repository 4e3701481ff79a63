/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "ofproto/vlan.h"

static void access_admits_its_tag_alone(void **state)
{
	const struct vlan_settings settings = {.tag = 10};
	struct vlan_conf conf;

	assert_int_equal(vlan_configure(&settings, &conf, NULL), 0);
	assert_int_equal(conf.pvid, 10);
	assert_int_equal(conf.untagged_vid, 10);
	assert_true(conf.refuse_tagged);
	for (uint16_t vid = 0; vid < VLAN_N; vid++)
		assert_int_equal(vlan_set_has(&conf.members, vid), vid == 10);
}

static void trunk_without_a_list_has_all_but_the_reserved(void **state)
{
	const struct vlan_settings settings = {.tag = -1};
	struct vlan_conf conf;

	assert_int_equal(vlan_configure(&settings, &conf, NULL), 0);
	assert_int_equal(conf.pvid, 0);
	assert_int_equal(conf.untagged_vid, 0);
	assert_false(conf.refuse_tagged);
	for (uint16_t vid = 0; vid < VLAN_N; vid++)
		assert_int_equal(vlan_set_has(&conf.members, vid), vid != VLAN_VID_RESERVED);
}

static void trunk_with_a_list_has_the_list_alone(void **state)
{
	const int64_t trunks[] = {10, 20, 4095};
	const struct vlan_settings settings = {.mode = "trunk", .tag = 5, trunks, 3};
	struct vlan_conf conf;

	assert_int_equal(vlan_configure(&settings, &conf, NULL), 0);
	for (uint16_t vid = 0; vid < VLAN_N; vid++)
		assert_int_equal(vlan_set_has(&conf.members, vid), vid == 10 || vid == 20);
	assert_int_equal(conf.pvid, 0);
}

static void native_modes_add_their_tag(void **state)
{
	const int64_t trunks[] = {10};
	struct vlan_settings settings = {.mode = "native-tagged", .tag = 5, trunks, 1};
	struct vlan_conf conf;

	assert_int_equal(vlan_configure(&settings, &conf, NULL), 0);
	assert_true(vlan_set_has(&conf.members, 5));
	assert_true(vlan_set_has(&conf.members, 10));
	assert_false(vlan_set_has(&conf.members, 11));
	assert_int_equal(conf.pvid, 5);
	assert_int_equal(conf.untagged_vid, SNAPSHOT_NO_VID);
	assert_false(conf.refuse_tagged);

	settings.mode = "native-untagged";
	assert_int_equal(vlan_configure(&settings, &conf, NULL), 0);
	assert_int_equal(conf.untagged_vid, 5);
}

static void what_can_not_be_lets_nothing_through(void **state)
{
	struct vlan_settings settings = {.mode = "dot1q-tunnel", .tag = 5};
	const struct vlan_set none = {0};
	struct vlan_conf conf;
	struct errmsg err;

	assert_int_equal(vlan_configure(&settings, &conf, &err), -ENOTSUP);
	assert_string_equal(err.text, "vlan_mode dot1q-tunnel is not supported");
	assert_true(vlan_set_equal(&conf.members, &none));
	settings = (struct vlan_settings){.tag = 4095};
	assert_int_equal(vlan_configure(&settings, &conf, &err), -EINVAL);
	assert_true(vlan_set_equal(&conf.members, &none));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(access_admits_its_tag_alone),
		cmocka_unit_test(trunk_without_a_list_has_all_but_the_reserved),
		cmocka_unit_test(trunk_with_a_list_has_the_list_alone),
		cmocka_unit_test(native_modes_add_their_tag),
		cmocka_unit_test(what_can_not_be_lets_nothing_through),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
