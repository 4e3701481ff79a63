/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "utilities/ctl_args.h"
#include "utilities/ctl_db.h"
#include "utilities/ctl_txn.h"

#define ROOT "00000000-0000-4000-8000-000000000001"
#define BR0 "00000000-0000-4000-8000-000000000002"
#define PORT0 "00000000-0000-4000-8000-000000000003"
#define IFACE0 "00000000-0000-4000-8000-000000000004"
#define PORT1 "00000000-0000-4000-8000-000000000005"
#define IFACE1 "00000000-0000-4000-8000-000000000006"
#define REF(UUID) "[\"uuid\",\"" UUID "\"]"

/* What a server says of a bridge br0 with a port vm1. */
static const char contents[] = "{\"Open_vSwitch\":{\"" ROOT "\":{\"new\":{\"bridges\":" REF(
	BR0) "}}},"
	     "\"Bridge\":{\"" BR0
	     "\":{\"new\":{\"name\":\"br0\",\"ports\":[\"set\",[" REF(PORT0) "," REF(
		     PORT1) "]]}}},"
			    "\"Port\":{\"" PORT0
			    "\":{\"new\":{\"name\":\"br0\",\"interfaces\":" REF(
				    IFACE0) ","
					    "\"tag\":[\"set\",[]],\"fake_bridge\":false}},\"" PORT1
					    "\":{\"new\":{\"name\":\"vm1\","
					    "\"interfaces\":" REF(
						    IFACE1) ",\"tag\":7,\"fake_bridge\":false,"
							    "\"other_config\":[\"map\",[[\"a\","
							    "\"1\"],[\"b\",\"2\"]]]}}},"
							    "\"Interface\":{\"" IFACE0
							    "\":{\"new\":{\"name\":\"br0\"}},"
							    "\"" IFACE1
							    "\":{\"new\":{\"name\":\"vm1\"}}}}";

static struct ctl_settings settings;

static void take_updates(struct ctl_db *db, const char *text)
{
	json_t *updates = json_loads(text, 0, NULL);
	struct errmsg err = {""};

	assert_non_null(updates);
	if (ctl_db_apply(db, updates, &err))
		fail_msg("%s", err.text);
	json_decref(updates);
}

static int setup(void **state)
{
	struct ctl_db *db = ctl_xcalloc(1, sizeof(*db));

	settings = (struct ctl_settings){0};
	ctl_db_init(db, &settings, ovsdb_schema_builtin());
	for (unsigned int i = 0; i < db->schema->n_tables; i++)
		db->tables[i].watched = true;
	take_updates(db, contents);
	*state = db;
	return 0;
}

static int teardown(void **state)
{
	ctl_db_close(*state);
	free(*state);
	return 0;
}

/* Runs the commands of `line`; the operations that would be sent, as text. Returns -errno of the
 * command that failed. */
static int run(struct ctl_db *db, const char *line, char **operations, struct errmsg *err)
{
	char *copy = ctl_xstrdup(line), *argv[32] = {(char[]){"ctl"}};
	struct ctl_args args;
	int argc = 1, ret;
	json_t *json;
	size_t n;

	for (char *word = strtok(copy, " "); word && argc < 32; word = strtok(NULL, " "))
		argv[argc++] = word;
	ret = ctl_args_parse(&args, argc, argv, err);
	for (size_t i = 0; i < args.n_calls && !ret; i++)
		ret = args.calls[i].command->run(db, &args.calls[i], err);
	ctl_args_destroy(&args);
	free(copy);
	json = ctl_txn_operations(db, NULL, false, &n);
	*operations = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(json);
	return ret;
}

static void assert_sends(struct ctl_db *db, const char *line, const char *part)
{
	struct errmsg err = {""};
	char *operations;

	if (run(db, line, &operations, &err))
		fail_msg("%s: %s", line, err.text);
	if (!strstr(operations, part))
		fail_msg("%s: %s\nis not in %s", line, part, operations);
	free(operations);
	ctl_txn_abort(db);
}

static void add_port_is_guarded_by_the_absence_of_its_name(void **state)
{
	assert_sends(*state, "add-port br0 vm2",
		"{\"columns\":[\"name\"],\"op\":\"wait\",\"rows\":[],\"table\":\"Port\","
		"\"timeout\":0,\"until\":\"==\",\"where\":[[\"name\",\"==\",\"vm2\"]]}");
	assert_sends(*state, "add-port br0 vm2",
		"{\"columns\":[\"_uuid\"],\"op\":\"wait\",\"rows\":[{\"_uuid\":" REF(
			BR0) "}],\"table\":\"Bridge\"");
	assert_sends(*state, "add-port br0 vm2",
		"\"mutations\":[[\"ports\",\"insert\",[\"named-uuid\",");
}

static void a_key_is_changed_alone(void **state)
{
	assert_sends(*state, "set Port vm1 other_config:a=9",
		"\"mutations\":[[\"other_config\",\"delete\",[\"map\",[[\"a\",\"1\"]]]],"
		"[\"other_config\",\"insert\",[\"map\",[[\"a\",\"9\"]]]]]");
	assert_sends(*state, "remove Port vm1 other_config b",
		"\"mutations\":[[\"other_config\",\"delete\",[\"map\",[[\"b\",\"2\"]]]]]");
	assert_sends(*state, "set Port vm1 tag=8", "\"op\":\"update\",\"row\":{\"tag\":8}");
	/* What seems to be there already is written all the same. */
	assert_sends(*state, "set Port vm1 tag=7", "\"op\":\"update\",\"row\":{\"tag\":7}");
}

static void what_was_read_is_verified(void **state)
{
	assert_sends(*state, "get Port vm1 tag -- set Port vm1 other_config:a=9",
		"\"rows\":[{\"tag\":7}]");
}

static void reading_sends_nothing(void **state)
{
	struct errmsg err = {""};
	struct ctl_db *db = *state;
	char *operations;
	json_t *json;
	size_t n;

	assert_int_equal(run(db, "get Port vm1 tag -- list-ports br0", &operations, &err), 0);
	free(operations);
	json = ctl_txn_operations(db, NULL, true, &n);
	assert_int_equal(n, 0);
	json_decref(json);
}

static void only_root_rows_are_deleted_by_name(void **state)
{
	struct errmsg err = {""};
	char *operations;

	assert_int_equal(run(*state, "del-port vm1", &operations, &err), 0);
	assert_null(strstr(operations, "\"op\":\"delete\""));
	assert_non_null(strstr(operations, "[\"ports\",\"delete\"," REF(PORT1) "]"));
	free(operations);
}

static void commands_see_what_those_before_them_did(void **state)
{
	assert_sends(*state, "del-port vm1 -- add-port br0 vm1 tag=3 -- set Port vm1 tag=4",
		"\"tag\":4");
	assert_sends(*state, "del-br br0 -- add-br br0 -- add-port br0 vm1", "\"name\":\"vm1\"");
	assert_sends(*state,
		"add-br b1 -- add-br v7 b1 7 -- add-port v7 p -- port-to-br p -- del-br v7 -- "
		"add-port b1 p",
		"\"name\":\"p\"");
}

static void references_by_name_go_both_ways(void **state)
{
	assert_sends(*state,
		"set Port vm1 qos=@new-qos -- --id=@new-qos create QoS type=x queues:0=@q -- "
		"--id=@q create Queue dscp=1",
		"\"queues\":[\"map\",[[0,[\"named-uuid\",\"row");
	assert_sends(*state,
		"-- --id=@p get Port vm1 -- --id=@m create Mirror name=m output_port=@p -- "
		"set Bridge br0 mirrors=@m",
		"\"output_port\":" REF(PORT1));
}

static void updates_change_the_copy(void **state)
{
	struct ctl_db *db = *state;
	struct errmsg err = {""};
	char *operations;

	take_updates(db, "{\"Port\":{\"" PORT1 "\":{\"old\":{},\"new\":{\"name\":\"vm9\"}}}}");
	assert_int_equal(run(db, "del-port vm1", &operations, &err), -ENOENT);
	free(operations);
	assert_sends(db, "del-port vm9", REF(PORT1));
	take_updates(db, "{\"Port\":{\"" PORT1 "\":{\"old\":{}}}}");
	assert_int_equal(run(db, "del-port vm9", &operations, &err), -ENOENT);
	free(operations);
}

static void wrong_updates_are_refused(void **state)
{
	static const char *const updates[] = {
		"{\"Nope\":{}}",
		"{\"Port\":{\"x\":{\"new\":{}}}}",
		"{\"Port\":{\"" PORT1 "\":{\"new\":{\"nope\":1}}}}",
		"{\"Port\":{\"" PORT1 "\":{\"new\":{\"tag\":\"x\"}}}}",
	};
	struct errmsg err;

	for (size_t i = 0; i < CTL_ARRAY_SIZE(updates); i++) {
		json_t *json = json_loads(updates[i], 0, NULL);

		assert_int_equal(ctl_db_apply(*state, json, &err), -EPROTO);
		json_decref(json);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			add_port_is_guarded_by_the_absence_of_its_name, setup, teardown),
		cmocka_unit_test_setup_teardown(a_key_is_changed_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(what_was_read_is_verified, setup, teardown),
		cmocka_unit_test_setup_teardown(reading_sends_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(
			only_root_rows_are_deleted_by_name, setup, teardown),
		cmocka_unit_test_setup_teardown(
			commands_see_what_those_before_them_did, setup, teardown),
		cmocka_unit_test_setup_teardown(references_by_name_go_both_ways, setup, teardown),
		cmocka_unit_test_setup_teardown(updates_change_the_copy, setup, teardown),
		cmocka_unit_test_setup_teardown(wrong_updates_are_refused, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
