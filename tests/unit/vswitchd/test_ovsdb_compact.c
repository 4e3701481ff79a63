/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "vswitchd/ovsdb_compact.h"

#define MIB (1 << 20)
#define MINUTES 60
#define HOURS (60 * MINUTES)

static bool due(off_t size, size_t n_records, uint64_t now_s, unsigned int spread)
{
	struct ovsdb_compact_policy policy;

	ovsdb_compact_restart(&policy, 8 * MIB, 50, 1000, spread);
	return ovsdb_compact_is_due(&policy, size, n_records, 1000 + now_s);
}

static void needs_time_records_and_growth(void **state)
{
	assert_true(due(16 * MIB, 100, 10 * MINUTES, 0));
	assert_false(due(16 * MIB, 100, 10 * MINUTES - 1, 0));
	assert_false(due(16 * MIB, 99, 10 * MINUTES, 0));
	assert_false(due(15 * MIB, 100, 10 * MINUTES, 0));
}

static void the_first_moment_is_spread_over_ten_minutes(void **state)
{
	assert_false(due(16 * MIB, 100, 19 * MINUTES, 599));
	assert_true(due(16 * MIB, 100, 20 * MINUTES, 599));
	assert_true(due(16 * MIB, 100, 20 * MINUTES, 12345));
}

static void after_a_day_any_change_will_do(void **state)
{
	assert_false(due(8 * MIB, 50, 24 * HOURS, 0));
	assert_true(due(8 * MIB, 51, 24 * HOURS, 0));
	assert_false(due(8 * MIB, 51, 23 * HOURS, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(needs_time_records_and_growth),
		cmocka_unit_test(the_first_moment_is_spread_over_ten_minutes),
		cmocka_unit_test(after_a_day_any_change_will_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
