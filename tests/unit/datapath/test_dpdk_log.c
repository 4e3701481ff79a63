/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_log.h>

#include "datapath/dpdk_log.h"
#include "datapath/log.h"

static char path[] = "/tmp/test_dpdk_log.XXXXXX";

/* How many lines of the log hold `part`. */
static unsigned int lines_with(const char *part)
{
	FILE *f = fopen(path, "r");
	unsigned int n = 0;
	char line[4096];

	assert_non_null(f);
	while (fgets(line, sizeof(line), f))
		n += strstr(line, part) != NULL;
	fclose(f);
	return n;
}

static void levels_are_translated(void **state)
{
	int vhost = rte_log_register("lib.vhost.config");

	rte_log(RTE_LOG_ERR, RTE_LOGTYPE_USER1, "a fault\n");
	rte_log(RTE_LOG_WARNING, RTE_LOGTYPE_USER1, "a doubt\n");
	rte_log(RTE_LOG_INFO, RTE_LOGTYPE_USER1, "a detail\n");
	rte_log(RTE_LOG_ERR, vhost, "a guest's fault\n");
	rte_log(RTE_LOG_ERR, RTE_LOGTYPE_USER1, "\n");
	assert_int_equal(lines_with("|dpdk|err|a fault"), 1);
	assert_int_equal(lines_with("|dpdk|warn|a doubt"), 1);
	assert_int_equal(lines_with("a detail"), 0);
	assert_int_equal(lines_with("|dpdk|warn|a guest's fault"), 1);
	assert_int_equal(lines_with("|dpdk|"), 3);
}

static void the_first_reason_is_caught(void **state)
{
	dpdk_log_capture_begin();
	assert_null(dpdk_log_captured());
	rte_log(RTE_LOG_INFO, RTE_LOGTYPE_USER2, "by the way\n");
	rte_log(RTE_LOG_ERR, RTE_LOGTYPE_USER2, "no such file\n");
	rte_log(RTE_LOG_ERR, RTE_LOGTYPE_USER2, "can't attach\n");
	dpdk_log_capture_end();
	assert_string_equal(dpdk_log_captured(), "no such file");
	/* The caller tells of it, so it is no error of its own. */
	assert_int_equal(lines_with("|dpdk|info|no such file"), 1);
	rte_log(RTE_LOG_ERR, RTE_LOGTYPE_USER2, "another time\n");
	assert_int_equal(lines_with("|dpdk|err|another time"), 1);
	assert_string_equal(dpdk_log_captured(), "no such file");
}

static void a_flood_is_held_back(void **state)
{
	for (int i = 0; i < 1000; i++)
		rte_log(RTE_LOG_ERR, RTE_LOGTYPE_USER3, "again\n");
	assert_in_range(lines_with("again"), 1, 10);
	/* It doesn't silence others. */
	rte_log(RTE_LOG_ERR, RTE_LOGTYPE_USER4, "something else\n");
	assert_int_equal(lines_with("something else"), 1);
}

static int setup(void **state)
{
	int fd = mkstemp(path);

	thread_role_begin(&role_control);
	if (fd < 0)
		return -1;
	close(fd);
	return log_open_file(path) || dpdk_log_init();
}

static int teardown(void **state)
{
	dpdk_log_fini();
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels_are_translated),
		cmocka_unit_test(the_first_reason_is_caught),
		cmocka_unit_test(a_flood_is_held_back),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
