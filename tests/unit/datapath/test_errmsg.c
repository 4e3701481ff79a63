/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "datapath/errmsg.h"

static void set_formats_and_returns_negative_errno(void **state)
{
	struct errmsg err;

	assert_int_equal(errmsg_set(&err, ENOENT, "no port %s", "a"), -ENOENT);
	assert_string_equal(err.text, "no port a");
	assert_int_equal(errmsg_set(NULL, EINVAL, "unseen"), -EINVAL);
}

static void prefix_goes_before_and_never_overflows(void **state)
{
	struct errmsg err;
	char long_text[ERRMSG_SIZE * 2];

	errmsg_set(&err, EIO, "read failed");
	errmsg_prefix(&err, "port %d", 7);
	assert_string_equal(err.text, "port 7: read failed");

	memset(long_text, 'x', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	errmsg_set(&err, EIO, "%s", long_text);
	assert_int_equal(strlen(err.text), ERRMSG_SIZE - 1);
	errmsg_prefix(&err, "p");
	assert_true(strlen(err.text) < ERRMSG_SIZE);
	assert_memory_equal(err.text, "p: xxx", 6);
	errmsg_prefix(&err, "%s", long_text);
	assert_true(strlen(err.text) < ERRMSG_SIZE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_formats_and_returns_negative_errno),
		cmocka_unit_test(prefix_goes_before_and_never_overflows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
