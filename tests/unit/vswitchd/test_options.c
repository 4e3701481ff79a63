/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "vswitchd/options.h"

static int parse(struct options *o, const char *line, struct errmsg *err)
{
	static char copy[256];
	static char name[] = "vswitchd";
	char *argv[16] = {name};
	char *save = NULL;
	int argc = 1;
	FILE *out = fopen("/dev/null", "w");
	int r;

	snprintf(copy, sizeof(copy), "%s", line);
	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save))
		argv[argc++] = w;
	r = options_parse(o, argc, argv, out, err);
	fclose(out);
	return r;
}

static void has_defaults(void **state)
{
	struct options o;

	assert_int_equal(parse(&o, "", NULL), 0);
	assert_string_equal(o.db, VSWITCH_DBDIR "/conf.db");
	assert_string_equal(o.rundir, VSWITCH_RUNDIR);
	assert_int_equal(o.n_remotes, 1);
	assert_string_equal(o.remotes[0], "punix:" VSWITCH_RUNDIR "/db.sock");
	assert_null(o.log_file);
	assert_null(o.pidfile);
	assert_false(o.detach || o.monitor || o.no_huge);
	options_free(&o);
}

static void takes_every_option(void **state)
{
	struct options o;

	assert_int_equal(parse(&o,
				 "--db /a --rundir=/b --remote punix:/c --remote=punix:/d "
				 "--pidfile=/e --log-file=/f --log-level dbg --log-level x:err "
				 "--no-huge --detach --monitor",
				 NULL),
		0);
	assert_string_equal(o.db, "/a");
	assert_string_equal(o.rundir, "/b");
	assert_int_equal(o.n_remotes, 2);
	assert_string_equal(o.remotes[1], "punix:/d");
	assert_string_equal(o.pidfile, "/e");
	assert_string_equal(o.log_file, "/f");
	assert_string_equal(o.log_levels[1], "x:err");
	assert_true(o.detach && o.monitor && o.no_huge);
	options_free(&o);
}

static void logs_into_the_run_directory_when_detached(void **state)
{
	struct options o;

	assert_int_equal(parse(&o, "--rundir /r --detach", NULL), 0);
	assert_string_equal(o.log_file, "/r/vswitchd.log");
	options_free(&o);
}

static void optional_values_may_stand_apart(void **state)
{
	struct options o;

	assert_int_equal(parse(&o, "--log-file /a/b --pidfile /c --detach", NULL), 0);
	assert_string_equal(o.log_file, "/a/b");
	assert_string_equal(o.pidfile, "/c");
	options_free(&o);
	assert_int_equal(parse(&o, "--rundir /r --pidfile --log-file --detach", NULL), 0);
	assert_string_equal(o.log_file, "/r/vswitchd.log");
	assert_null(o.pidfile);
	options_free(&o);
}

static void makes_paths_absolute(void **state)
{
	struct options o;

	assert_int_equal(parse(&o, "--rundir r --remote punix:s", NULL), 0);
	assert_int_equal(o.rundir[0], '/');
	assert_non_null(strstr(o.remotes[0], "punix:/"));
	options_free(&o);
}

static void explains_what_is_wrong(void **state)
{
	static const char *const rows[][2] = {
		{"--foo", "unknown option --foo"},
		{"-x", "unknown option -x"},
		{"--db", "--db needs a value"},
		{"--no-huge=1", "--no-huge=1 takes no value"},
		{"extra", "unexpected argument extra"},
		{"--remote=ptcp:1", "--remote=ptcp:1: only punix:PATH can be served"},
		{"--db=", "a path is empty"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct options o;
		struct errmsg err;

		assert_int_equal(parse(&o, rows[i][0], &err), -EINVAL);
		assert_string_equal(err.text, rows[i][1]);
		options_free(&o);
	}
}

static void help_and_version_end_it(void **state)
{
	struct options o;

	assert_int_equal(parse(&o, "--help", NULL), 1);
	options_free(&o);
	assert_int_equal(parse(&o, "--version", NULL), 1);
	options_free(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_defaults),
		cmocka_unit_test(takes_every_option),
		cmocka_unit_test(logs_into_the_run_directory_when_detached),
		cmocka_unit_test(optional_values_may_stand_apart),
		cmocka_unit_test(makes_paths_absolute),
		cmocka_unit_test(explains_what_is_wrong),
		cmocka_unit_test(help_and_version_end_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
