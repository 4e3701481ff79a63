/* SPDX-License-Identifier: Apache-2.0 */
#include "ovsdb_test_db.h"

#include "vswitchd/ovsdb_monitor.h"

#define U1 "11111111-1111-4111-8111-111111111111"
#define U2 "22222222-2222-4222-8222-222222222222"
#define NOTHING "00000000-0000-0000-0000-000000000000"
#define INSERT(ID, ROW) "[{'op':'insert','table':'Root','uuid':'" ID "','row':" ROW "}]"
#define UPDATE(ROW) "[{'op':'update','table':'Root','where':[],'row':" ROW "}]"

static struct ovsdb_db *db;
static json_t *flushed; /* what was, in order */

static void keep(struct ovsdb_monitor *monitor, json_t *params, const char *method)
{
	json_array_append_new(flushed, json_pack("[s,o]", method, params));
}

static struct ovsdb_monitor *monitor_of(enum ovsdb_monitor_kind kind, const char *requests)
{
	struct ovsdb_error err = {.tag = NULL};
	struct ovsdb_monitor *monitor;
	json_t *json = js(requests), *id = json_string("m");

	if (ovsdb_monitor_create(db, kind, id, json, keep, NULL, &monitor, &err))
		fail_msg("%s", err.details);
	json_decref(json);
	json_decref(id);
	return monitor;
}

/* What was flushed since the last time. */
static void assert_flushed(const char *expected)
{
	json_t *was = flushed;

	flushed = json_array();
	assert_json(was, expected);
}

static void plain_monitors(void **state)
{
	struct ovsdb_monitor *monitor;

	done(db, INSERT(U1, "{'name':'a','few':['set',[1,2]]}"));
	monitor = monitor_of(OVSDB_MONITOR, "{'Root':[{'columns':['name','few']}]}");
	assert_json(ovsdb_monitor_reply(monitor),
		"{'Root':{'" U1 "':{'new':{'name':'a','few':['set',[1,2]]}}}}");
	assert_flushed("[]");
	done(db, INSERT(U2, "{}"));
	assert_flushed(
		"[['update',['m',{'Root':{'" U2 "':{'new':{'name':'','few':['set',[]]}}}}]]]");
	done(db, "[{'op':'update','table':'Root','where':[['name','==','a']],"
		 "'row':{'few':['set',[2,3]],'n':5}}]");
	assert_flushed("[['update',['m',{'Root':{'" U1 "':{'old':{'few':['set',[1,2]]},"
		       "'new':{'name':'a','few':['set',[2,3]]}}}}]]]");
	done(db, UPDATE("{'n':6}"));
	assert_flushed("[]");
	done(db, "[{'op':'delete','table':'Root','where':[['name','==','a']]}]");
	assert_flushed(
		"[['update',['m',{'Root':{'" U1 "':{'old':{'name':'a','few':['set',[2,3]]}}}}]]]");
	ovsdb_monitor_destroy(monitor);
	done(db, "[{'op':'delete','table':'Root','where':[]}]");
	assert_flushed("[]");
}

static void conditional_monitors(void **state)
{
	struct ovsdb_monitor *monitor;

	done(db, INSERT(U1, "{'name':'a','n':1,'few':['set',[1,2]],'map':['map',[['k','v']]]}"));
	monitor = monitor_of(OVSDB_MONITOR_COND,
		"{'Root':[{'columns':['name','few','map'],'where':[['n','==',1],['n','==',2]]}]}");
	assert_json(ovsdb_monitor_reply(monitor),
		"{'Root':{'" U1 "':{'initial':{'name':'a','few':['set',[1,2]],"
		"'map':['map',[['k','v']]]}}}}");
	done(db, UPDATE("{'name':'b','few':['set',[2,3]],'map':['map',[['k','w'],['l','x']]]}"));
	assert_flushed("[['update2',['m',{'Root':{'" U1 "':{'modify':{'name':'b',"
		       "'few':['set',[1,3]],'map':['map',[['k','w'],['l','x']]]}}}}]]]");
	done(db, UPDATE("{'n':2}"));
	assert_flushed("[]");
	done(db, UPDATE("{'n':3}"));
	assert_flushed("[['update2',['m',{'Root':{'" U1 "':{'delete':null}}}]]]");
	done(db, UPDATE("{'few':['set',[]],'map':['map',[]]}"));
	assert_flushed("[]");
	done(db, UPDATE("{'n':1}"));
	assert_flushed("[['update2',['m',{'Root':{'" U1 "':{'insert':{'name':'b'}}}}]]]");
	done(db, "[{'op':'delete','table':'Root','where':[]}]");
	assert_flushed("[['update2',['m',{'Root':{'" U1 "':{'delete':null}}}]]]");
	ovsdb_monitor_destroy(monitor);
}

static void since_monitors_have_no_history(void **state)
{
	struct ovsdb_monitor *monitor =
		monitor_of(OVSDB_MONITOR_COND_SINCE, "{'Root':[{'columns':['n']}]}");

	assert_json(ovsdb_monitor_reply(monitor), "[false,'" NOTHING "',{}]");
	done(db, INSERT(U1, "{'n':3}"));
	assert_flushed("[['update3',['m','" NOTHING "',{'Root':{'" U1 "':{'insert':{'n':3}}}}]]]");
	ovsdb_monitor_destroy(monitor);
}

static void selects_say_what_is_told(void **state)
{
	struct ovsdb_monitor *monitor;

	done(db, INSERT(U1, "{'name':'a','n':1}"));
	monitor = monitor_of(OVSDB_MONITOR,
		"{'Root':[{'columns':['n'],'select':{'initial':false,'insert':false,"
		"'delete':false}},{'columns':['name'],'select':{'modify':false}}]}");
	assert_json(ovsdb_monitor_reply(monitor), "{'Root':{'" U1 "':{'new':{'name':'a'}}}}");
	done(db, UPDATE("{'n':2,'name':'b'}"));
	assert_flushed("[['update',['m',{'Root':{'" U1 "':{'old':{'n':1},'new':{'n':2}}}}]]]");
	done(db, UPDATE("{'name':'c'}"));
	assert_flushed("[]");
	done(db, INSERT(U2, "{'name':'z'}"));
	assert_flushed("[['update',['m',{'Root':{'" U2 "':{'new':{'name':'z'}}}}]]]");
	ovsdb_monitor_destroy(monitor);
}

static void columns_may_be_none_or_left_out(void **state)
{
	struct ovsdb_monitor *none = monitor_of(OVSDB_MONITOR, "{'Root':{'columns':[]}}");
	struct ovsdb_monitor *all = monitor_of(OVSDB_MONITOR_COND, "{'Single':[{}],'Fan':[]}");
	json_t *row;

	done(db, INSERT(U1, "{'n':3}"));
	assert_flushed("[['update',['m',{'Root':{'" U1 "':{'new':{}}}}]]]");
	done(db, UPDATE("{'n':4}"));
	assert_flushed("[]");
	done(db, "[{'op':'insert','table':'Part','uuid-name':'p','row':{"
		 "'single':['named-uuid','s']}},"
		 "{'op':'insert','table':'Single','uuid-name':'s','uuid':'" U2 "','row':{'n':1}},"
		 "{'op':'update','table':'Root','where':[],'row':{'parts':['named-uuid','p']}}]");
	row = json_object_get(
		json_object_get(
			json_object_get(
				json_array_get(json_array_get(json_array_get(flushed, 0), 1), 1),
				"Single"),
			U2),
		"insert");
	assert_int_equal(json_object_size(row), 2);
	assert_non_null(json_object_get(row, "_version"));
	assert_int_equal(json_integer_value(json_object_get(row, "n")), 1);
	ovsdb_monitor_destroy(none);
	ovsdb_monitor_destroy(all);
}

static void conditions_can_be_changed(void **state)
{
	struct ovsdb_monitor *monitor;
	struct ovsdb_error err;
	json_t *json, *id = json_integer(7);

	done(db, INSERT(U1, "{'name':'a','n':1}"));
	done(db, INSERT(U2, "{'name':'b','n':2}"));
	monitor = monitor_of(
		OVSDB_MONITOR_COND, "{'Root':[{'columns':['name'],'where':[['n','==',1]]}]}");
	json = js("{'Root':[{'where':[['n','==',2]]}]}");
	assert_int_equal(ovsdb_monitor_change(monitor, id, json, &err), 0);
	json_decref(json);
	assert_flushed("[['update2',[7,{'Root':{'" U1 "':{'delete':null},'" U2
		       "':{'insert':{'name':'b'}}}}]]]");
	json = js("{'Root':[{'where':[]}]}");
	assert_int_equal(ovsdb_monitor_change(monitor, id, json, &err), 0);
	json_decref(json);
	assert_flushed("[['update2',[7,{'Root':{'" U1 "':{'insert':{'name':'a'}}}}]]]");
	json = js("{'Root':[{'where':[false]}]}");
	assert_int_equal(ovsdb_monitor_change(monitor, id, json, &err), 0);
	json_decref(json);
	assert_flushed(
		"[['update2',[7,{'Root':{'" U1 "':{'delete':null},'" U2 "':{'delete':null}}}]]]");
	static const char *const wrong[] = {"[]", "{'Fan':[{}]}", "{'None':[{}]}", "{'Root':{}}",
		"{'Root':[{'columns':['n']}]}", "{'Root':[{'where':[['none','==',1]]}]}",
		"{'Root':[{'more':1}]}"};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		json = js(wrong[i]);
		assert_int_equal(ovsdb_monitor_change(monitor, id, json, &err), -EINVAL);
		json_decref(json);
	}
	assert_flushed("[]");
	json_decref(id);
	ovsdb_monitor_destroy(monitor);
}

static void wrong_requests_are_refused(void **state)
{
	static const char *const wrong[] = {"[]", "{'None':[{}]}", "{'Root':[7]}",
		"{'Root':[{'columns':['none']}]}", "{'Root':[{'columns':['n','n']}]}",
		"{'Root':[{'columns':['n']},{'columns':['n']}]}", "{'Root':[{'more':1}]}",
		"{'Root':[{'select':{'initial':1}}]}", "{'Root':[{'select':{'all':true}}]}",
		"{'Root':[{'where':[]}]}"};
	struct ovsdb_monitor *monitor;
	struct ovsdb_error err;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		json_t *json = js(wrong[i]);

		assert_int_equal(ovsdb_monitor_create(
					 db, OVSDB_MONITOR, json, json, keep, NULL, &monitor, &err),
			-EINVAL);
		json_decref(json);
	}
}

/* A client that comes while a transaction waits for the disk sees it once: when it is committed. */
static void what_is_pending_is_told_when_it_is_committed(void **state)
{
	struct ovsdb_monitor *monitor;
	struct ovsdb_txn *txn;

	done(db, INSERT(U1, "{'few':['set',[1]]}"));
	json_decref(execute(db, UPDATE("{'few':['set',[1,2]]}"), &txn));
	monitor = monitor_of(OVSDB_MONITOR_COND, "{'Root':[{'columns':['few']}]}");
	assert_json(ovsdb_monitor_reply(monitor), "{'Root':{'" U1 "':{'initial':{'few':1}}}}");
	ovsdb_txn_commit(txn);
	assert_flushed("[['update2',['m',{'Root':{'" U1 "':{'modify':{'few':2}}}}]]]");

	json_decref(execute(db, UPDATE("{'few':['set',[]]}"), &txn));
	ovsdb_txn_abort(txn);
	assert_flushed("[]");
	ovsdb_monitor_destroy(monitor);
}

static int setup(void **state)
{
	db = test_db();
	flushed = json_array();
	return 0;
}

static int teardown(void **state)
{
	ovsdb_db_destroy(db);
	json_decref(flushed);
	return 0;
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(plain_monitors),
		TEST(conditional_monitors),
		TEST(since_monitors_have_no_history),
		TEST(selects_say_what_is_told),
		TEST(columns_may_be_none_or_left_out),
		TEST(conditions_can_be_changed),
		TEST(wrong_requests_are_refused),
		TEST(what_is_pending_is_told_when_it_is_committed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
