/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "vswitchd/ovsdb_lock.h"

static char events[256];
static char a[] = "a", b[] = "b", c[] = "c"; /* sessions */

static void notify(void *session, const char *name, enum ovsdb_lock_event event)
{
	size_t n = strlen(events);

	snprintf(events + n, sizeof(events) - n, "%s %s %s; ", (char *)session,
		event == OVSDB_LOCK_STOLEN ? "lost" : "got", name);
}

static int set_up(void **state)
{
	thread_role_begin(&role_control);
	*events = '\0';
	*state = ovsdb_locks_create(notify);
	return 0;
}

static int tear_down(void **state)
{
	ovsdb_locks_release_all(*state, a);
	ovsdb_locks_release_all(*state, b);
	ovsdb_locks_release_all(*state, c);
	ovsdb_locks_destroy(*state);
	return 0;
}

static void the_first_owns_and_the_next_inherits(void **state)
{
	assert_int_equal(ovsdb_locks_acquire(*state, a, "x", false), 1);
	assert_int_equal(ovsdb_locks_acquire(*state, b, "x", false), 0);
	assert_int_equal(ovsdb_locks_acquire(*state, c, "x", false), 0);
	assert_int_equal(ovsdb_locks_acquire(*state, c, "y", false), 1);
	assert_true(ovsdb_locks_owns(*state, a, "x"));
	assert_false(ovsdb_locks_owns(*state, b, "x"));
	assert_int_equal(ovsdb_locks_release(*state, a, "x"), 0);
	assert_string_equal(events, "b got x; ");
	assert_true(ovsdb_locks_owns(*state, b, "x"));
	ovsdb_locks_release_all(*state, b);
	assert_string_equal(events, "b got x; c got x; ");
}

static void who_waits_may_leave(void **state)
{
	ovsdb_locks_acquire(*state, a, "x", false);
	ovsdb_locks_acquire(*state, b, "x", false);
	assert_int_equal(ovsdb_locks_release(*state, b, "x"), 0);
	assert_int_equal(ovsdb_locks_release(*state, a, "x"), 0);
	assert_string_equal(events, "");
	assert_int_equal(ovsdb_locks_release(*state, a, "x"), -ENOENT);
}

static void a_thief_gets_it_and_the_victim_waits(void **state)
{
	ovsdb_locks_acquire(*state, a, "x", false);
	ovsdb_locks_acquire(*state, b, "x", false);
	assert_int_equal(ovsdb_locks_acquire(*state, c, "x", true), 1);
	assert_string_equal(events, "a lost x; ");
	assert_true(ovsdb_locks_owns(*state, c, "x"));
	ovsdb_locks_release(*state, c, "x");
	assert_string_equal(events, "a lost x; a got x; ");
}

static void asking_twice_or_too_often_is_refused(void **state)
{
	char name[16];
	int n = 0;

	ovsdb_locks_acquire(*state, a, "x", false);
	assert_int_equal(ovsdb_locks_acquire(*state, a, "x", false), -EEXIST);
	assert_int_equal(ovsdb_locks_acquire(*state, a, "x", true), -EEXIST);
	do
		snprintf(name, sizeof(name), "l%d", n++);
	while (ovsdb_locks_acquire(*state, a, name, false) == 1);
	assert_int_equal(n, 100);
	assert_int_equal(ovsdb_locks_acquire(*state, b, name, false), 1);
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_first_owns_and_the_next_inherits),
		TEST(who_waits_may_leave),
		TEST(a_thief_gets_it_and_the_victim_waits),
		TEST(asking_twice_or_too_often_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
