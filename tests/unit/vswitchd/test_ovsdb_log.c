/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "vswitchd/ovsdb_log.h"

#define SCHEMA "{\"name\":\"X\",\"tables\":{}}"

static char folder[] = "/tmp/vswitch-test-XXXXXX";
static char path[64], lock_path[64];

static struct ovsdb_log_record record(const char *text)
{
	return (struct ovsdb_log_record){text, strlen(text)};
}

static int set_up(void **state)
{
	struct ovsdb_log_record schema = record(SCHEMA);
	struct ovsdb_log *log = NULL;

	unlink(path);
	if (ovsdb_log_create(path, &schema, &log, NULL))
		return -1;
	*state = log;
	return 0;
}

static int tear_down(void **state)
{
	ovsdb_log_close(*state);
	unlink(path);
	return 0;
}

static int make_folder(void **state)
{
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/conf.db", folder);
	snprintf(lock_path, sizeof(lock_path), "%s/.conf.db.~lock~", folder);
	return 0;
}

static int remove_folder(void **state)
{
	unlink(lock_path);
	return rmdir(folder);
}

static struct ovsdb_log *reopen(void **state)
{
	struct ovsdb_log *log = NULL;
	struct errmsg err;

	ovsdb_log_close(*state);
	*state = NULL;
	if (ovsdb_log_open(path, &log, &err))
		fail_msg("%s", err.text);
	*state = log;
	return log;
}

/* How many records can be read, and what ended it. */
static int count(struct ovsdb_log *log, int *end)
{
	json_t *json;
	int n = 0;

	while ((*end = ovsdb_log_read(log, &json, NULL)) > 0) {
		json_decref(json);
		n++;
	}
	return n;
}

static void append(struct ovsdb_log *log, const char *text)
{
	struct ovsdb_log_record r = record(text);
	struct errmsg err;

	if (ovsdb_log_append(log, &r, 1, &err))
		fail_msg("%s", err.text);
}

static void reads_back_what_it_wrote(void **state)
{
	struct ovsdb_log_record two[] = {record("{\"a\":1}"), record("{\"b\":2}")};
	int end;

	assert_int_equal(ovsdb_log_append(*state, two, 2, NULL), 0);
	append(*state, "{\"c\":3}");
	assert_int_equal(ovsdb_log_n_records(*state), 4);
	assert_int_equal(count(reopen(state), &end), 4);
	assert_int_equal(end, 0);
	append(*state, "{\"d\":4}");
	assert_int_equal(count(reopen(state), &end), 5);
}

static void damage(off_t offset, const char *bytes)
{
	int fd = open(path, O_WRONLY);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, strlen(bytes), offset), strlen(bytes));
	close(fd);
}

static void stops_at_damage_and_cuts_it_with_the_next_write(void **state)
{
	off_t good;
	int end;

	append(*state, "{\"a\":1}");
	good = ovsdb_log_size(*state);
	append(*state, "{\"b\":2}");
	append(*state, "{\"c\":3}");
	damage(good + 60, "9");
	assert_int_equal(count(reopen(state), &end), 2);
	assert_int_equal(end, -EBADMSG);
	assert_int_equal(ovsdb_log_size(*state), good);
	append(*state, "{\"d\":4}");
	assert_int_equal(count(reopen(state), &end), 3);
	assert_int_equal(end, 0);
}

static void every_torn_tail_loses_only_the_last_record(void **state)
{
	off_t good, size;
	int end;

	append(*state, "{\"a\":1}");
	good = ovsdb_log_size(*state);
	append(*state, "{\"b\":\"a longer one\"}");
	size = ovsdb_log_size(*state);
	for (off_t at = size - 1; at > good; at--) {
		assert_int_equal(truncate(path, at), 0);
		assert_int_equal(count(reopen(state), &end), 2);
		assert_int_equal(end, -EBADMSG);
	}
}

static void refuses_bad_headers(void **state)
{
	static const char *const rows[] = {"OVSDB CLUSTER 1 x\n", "OVSDB JSON x\n",
		"OVSDB JSON 99999999999999999999 da39a3ee5e6b4b0d3255bfef95601890afd80709\n",
		"OVSDB JSON 5 da39a3ee5e6b4b0d3255bfef95601890afd8070\n{}   ",
		"OVSDB JSON 3 da39a3ee5e6b4b0d3255bfef95601890afd80709\n[]\n",
		"OVSDB JSON 3 fe1fb6b8b3e8bb5b4c3ca3ec9dd6a8a2b2a6ca26\n[]\n"};
	int end;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		off_t good = ovsdb_log_size(*state);

		damage(good, rows[i]);
		assert_int_equal(count(reopen(state), &end), 1);
		assert_int_equal(end, -EBADMSG);
		assert_int_equal(truncate(path, good), 0);
	}
}

static void takes_back_a_record(void **state)
{
	json_t *json;
	int end;

	append(*state, "{\"a\":1}");
	append(*state, "{\"b\":2}");
	reopen(state);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(ovsdb_log_read(*state, &json, NULL), 1);
		json_decref(json);
	}
	ovsdb_log_unread(*state);
	assert_int_equal(count(*state, &end), 0);
	append(*state, "{\"c\":3}");
	assert_int_equal(count(reopen(state), &end), 2);
}

static void replaces_the_whole_file(void **state)
{
	struct ovsdb_log_record two[] = {record(SCHEMA), record("{\"a\":1}")};
	int end;

	for (int i = 0; i < 10; i++)
		append(*state, "{\"x\":1}");
	assert_int_equal(ovsdb_log_replace(*state, two, 2, NULL), 0);
	append(*state, "{\"b\":2}");
	assert_int_equal(count(reopen(state), &end), 3);
	assert_int_equal(end, 0);
}

static void a_full_disk_loses_nothing_else(void **state)
{
	struct rlimit old, small;
	struct ovsdb_log_record r;
	struct errmsg err;
	char *big = malloc(10001);
	int end;

	memset(big, ' ', 10000);
	memcpy(big, "{}", 2);
	big[10000] = '\0';
	append(*state, "{\"a\":1}");
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	small = old;
	small.rlim_cur = 4096;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	r = record(big);
	assert_int_equal(ovsdb_log_append(*state, &r, 1, &err), -EFBIG);
	assert_non_null(strstr(err.text, "write failed"));
	append(*state, "{\"b\":2}");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(count(reopen(state), &end), 3);
	assert_int_equal(end, 0);
	free(big);
}

static void only_one_process_has_it(void **state)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		struct ovsdb_log *log;
		struct errmsg err;
		int r = ovsdb_log_open(path, &log, &err);

		_exit(r == -EAGAIN && strstr(err.text, "has the database open") ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void does_not_open_other_files(void **state)
{
	struct ovsdb_log *log;
	struct errmsg err;

	ovsdb_log_close(*state);
	*state = NULL;
	damage(0, "#!/bin/sh\n\n");
	assert_int_equal(ovsdb_log_open(path, &log, &err), -EPROTO);
	damage(0, "OVSDB CLUSTER ");
	assert_int_equal(ovsdb_log_open(path, &log, &err), -EPROTO);
	assert_non_null(strstr(err.text, "clustered"));
	unlink(path);
	assert_int_equal(ovsdb_log_open(path, &log, &err), -ENOENT);
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reads_back_what_it_wrote),
		TEST(stops_at_damage_and_cuts_it_with_the_next_write),
		TEST(every_torn_tail_loses_only_the_last_record),
		TEST(refuses_bad_headers),
		TEST(takes_back_a_record),
		TEST(replaces_the_whole_file),
		TEST(a_full_disk_loses_nothing_else),
		TEST(only_one_process_has_it),
		TEST(does_not_open_other_files),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
