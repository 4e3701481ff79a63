/* SPDX-License-Identifier: Apache-2.0 */
#include "ovsdb_test_db.h"

#define WHO(NAME) "'where':[['name','==','" NAME "']]"

static struct ovsdb_db *db;

static void operations_have_their_results(void **state)
{
	assert_json(run(db, "[{'op':'insert','table':'Root','row':{'name':'a','n':1}},"
			    "{'op':'insert','table':'Root','row':{'name':'b','n':2}},"
			    "{'op':'comment','comment':'hello'},"
			    "{'op':'select','table':'Root','where':[['n','>',1]],"
			    "'columns':['name']}]"),
		"[{'uuid':'U'},{'uuid':'U'},{},{'rows':[{'name':'b'}]}]");
	assert_json(
		run(db, "[{'op':'update','table':'Root','where':[],'row':{'n':7}},"
			"{'op':'mutate','table':'Root'," WHO(
				"a") ","
				     "'mutations':[['n','+=',1],['few','insert',['set',[3,4]]]]},"
				     "{'op':'select','table':'Root','where':[],'columns':['n']},"
				     "{'op':'delete','table':'Root'," WHO(
					     "b") "},"
						  "{'op':'select','table':'Root','where':[],'"
						  "columns':['few']},"
						  "{'op':'commit','durable':true}]"),
		"[{'count':2},{'count':1},{'rows':[{'n':8},{'n':7}]},{'count':1},"
		"{'rows':[{'few':['set',[3,4]]}]},{}]");
}

static void the_first_error_ends_and_undoes(void **state)
{
	done(db, "[{'op':'insert','table':'Root','row':{'name':'a'}}]");
	json_t *before = state_of(db);

	json_t *result = run(db, "[{'op':'insert','table':'Root','row':{'name':'b'}},"
				 "{'op':'update','table':'Root','where':[],'row':{'n':5}},"
				 "{'op':'abort'},{'op':'abort'}]");
	assert_int_equal(json_array_size(result), 4);
	assert_string_equal(
		json_string_value(json_object_get(json_array_get(result, 2), "error")), "aborted");
	assert_true(json_is_null(json_array_get(result, 3)));
	json_decref(result);
	assert_true(same_json(before, state_of(db)));
	json_decref(before);
}

static void equal_rows_are_selected_once(void **state)
{
	done(db, "[{'op':'insert','table':'Root','row':{'n':1}},"
		 "{'op':'insert','table':'Root','row':{'n':1}}]");
	assert_json(run(db, "[{'op':'select','table':'Root','where':[],'columns':['n']},"
			    "{'op':'select','table':'Root','where':[],'columns':[]}]"),
		"[{'rows':[{'n':1}]},{'rows':[{}]}]");
}

static void conditions(void **state)
{
	static const char *const cases[][2] = {
		{"[]", "ab"},
		{"['n','==',1]", "a"},
		{"['n','!=',1]", "b"},
		{"['n','<',2]", "a"},
		{"['n','<=',2]", "ab"},
		{"['n','>=',2]", "b"},
		{"['few','includes',['set',[1,2]]]", "a"},
		{"['few','includes',2]", "ab"},
		{"['few','excludes',['set',[1,9]]]", "b"},
		{"['few','==',['set',[2]]]", "b"},
		{"['few','includes',['set',[]]]", "ab"},
		{"['map','includes',['map',[['k','v']]]]", "a"},
		{"['map','excludes',['map',[['k','w']]]]", "ab"},
		{"['name','includes','a']", "a"},
		{"['name','excludes','a']", "b"},
	};

	done(db, "[{'op':'insert','table':'Root','row':{'name':'a','n':1,'few':['set',[1,2]],"
		 "'map':['map',[['k','v']]]}},"
		 "{'op':'insert','table':'Root','row':{'name':'b','n':2,'few':2}}]");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char ops[256];
		json_t *rows, *result;

		snprintf(ops, sizeof(ops),
			"[{'op':'select','table':'Root','where':%s%s%s,'columns':['name']}]",
			i ? "[" : "", cases[i][0], i ? "]" : "");
		result = run(db, ops);
		rows = json_object_get(json_array_get(result, 0), "rows");
		assert_int_equal(json_array_size(rows), strlen(cases[i][1]));
		for (const char *name = cases[i][1]; *name; name++) {
			const char *is = json_string_value(
				json_object_get(json_array_get(rows, name - cases[i][1]), "name"));

			assert_int_equal(is[0], *name);
		}
		json_decref(result);
	}
}

static void requests_that_are_wrong(void **state)
{
#define SELECT(WHERE) "[{'op':'select','table':'Root','where':" WHERE "}]"
#define MUTATE(M) "[{'op':'mutate','table':'Root','where':[],'mutations':[" M "]}]"
	done(db, "[{'op':'insert','table':'Root','row':{'name':'a','n':3,'few':['set',[1,2]]}}]");
	fails(db, "[{'op':'nonesuch'}]", "syntax error");
	fails(db, "[7]", "syntax error");
	fails(db, "[{'op':'select','table':'None','where':[]}]", "syntax error");
	fails(db, "[{'op':'select','table':'Root'}]", "syntax error");
	fails(db, "[{'op':'select','table':'Root','where':[],'more':1}]", "syntax error");
	fails(db, "[{'op':'select','table':'Root','where':[],'columns':['n','n']}]",
		"syntax error");
	fails(db, SELECT("[['none','==',1]]"), "unknown column");
	fails(db, SELECT("[['n','~',1]]"), "unknown function");
	fails(db, SELECT("[['name','<','b']]"), "syntax error");
	fails(db, SELECT("[['n','==']]"), "syntax error");
	fails(db, SELECT("[['n','==','a']]"), "syntax error");
	fails(db, MUTATE("['none','+=',1]"), "unknown column");
	fails(db, MUTATE("['n','~=',1]"), "unknown mutator");
	fails(db, MUTATE("['n','/=',0]"), "domain error");
	fails(db, MUTATE("['n','%=',0]"), "domain error");
	fails(db, MUTATE("['n','+=',9223372036854775807]"), "range error");
	fails(db, MUTATE("['few','+=',19]"), "constraint violation");
	fails(db, MUTATE("['few','*=',0]"), "constraint violation");
	fails(db, MUTATE("['few','insert',['set',[3,4,5,6]]]"), "constraint violation");
	fails(db, MUTATE("['n','insert',1]"), "syntax error");
	fails(db, MUTATE("['map','+=',1]"), "syntax error");
	fails(db, MUTATE("['fixed','insert','x']"), "constraint violation");
	fails(db, MUTATE("['_version','insert',['uuid','x']]"), "constraint violation");
	fails(db, "[{'op':'update','table':'Root','where':[],'row':{'fixed':'x'}}]",
		"constraint violation");
	fails(db, "[{'op':'update','table':'Root','where':[],'row':{'none':1}}]", "unknown column");
	fails(db, "[{'op':'insert','table':'Root','row':{'few':21}}]", "constraint violation");
	fails(db, "[{'op':'assert','lock':'l'}]", "not owner");
}

static void mutations_of_maps(void **state)
{
	done(db, "[{'op':'insert','table':'Root','row':{'map':['map',[['a','1'],['b','2']]]}}]");
	assert_json(run(db, "[{'op':'mutate','table':'Root','where':[],'mutations':["
			    "['map','insert',['map',[['a','9'],['c','3'],['d','4']]]],"
			    "['map','delete',['map',[['b','no'],['d','4']]]],"
			    "['map','delete',['set',['zz']]]]},"
			    "{'op':'select','table':'Root','where':[],'columns':['map']},"
			    "{'op':'mutate','table':'Root','where':[],'mutations':["
			    "['map','delete',['set',['b','c']]],['map','delete','a']]},"
			    "{'op':'select','table':'Root','where':[],'columns':['map']}]"),
		"[{'count':1},{'rows':[{'map':['map',[['a','1'],['b','2'],['c','3']]]}]},"
		"{'count':1},{'rows':[{'map':['map',[]]}]}]");
}

static void waits(void **state)
{
#define WAIT(UNTIL, ROWS, MORE)                                                   \
	"[{'op':'wait','table':'Root','where':[],'columns':['n'],'until':'" UNTIL \
	"','rows':" ROWS MORE "}]"
	struct ovsdb_exec_ctx ctx = {.elapsed_ms = 10};
	json_t *ops = js(WAIT("==", "[{'n':2}]", ",'timeout':30")), *result;
	struct ovsdb_txn *txn;
	uint64_t retry_ms = 0;

	done(db, "[{'op':'insert','table':'Root','row':{'n':1}},"
		 "{'op':'insert','table':'Root','row':{'n':1}}]");
	assert_json(run(db, WAIT("==", "[{'n':1}]", ",'timeout':0")), "[{}]");
	assert_json(run(db, WAIT("!=", "[{'n':2}]", "")), "[{}]");
	fails(db, WAIT("==", "[{'n':2}]", ",'timeout':0"), "timed out");
	fails(db, WAIT("==", "[]", ",'timeout':0"), "timed out");
	fails(db, WAIT("~~", "[]", ",'timeout':0"), "syntax error");
	fails(db, WAIT("==", "[]", ",'timeout':-1"), "syntax error");

	assert_int_equal(ovsdb_execute(db, ops, &ctx, &result, &txn, &retry_ms), -EAGAIN);
	assert_int_equal(retry_ms, 20);
	assert_null(result);
	ctx.elapsed_ms = 30;
	assert_int_equal(ovsdb_execute(db, ops, &ctx, &result, &txn, &retry_ms), 0);
	assert_non_null(json_object_get(json_array_get(result, 0), "error"));
	json_decref(result);
	json_decref(ops);

	/* What came before an unmet wait is undone. */
	ops = js("[{'op':'update','table':'Root','where':[],'row':{'n':5}},"
		 "{'op':'wait','table':'Root','where':[],'columns':['n'],'until':'!=',"
		 "'rows':[{'n':5}]}]");
	assert_int_equal(ovsdb_execute(db, ops, &ctx, &result, &txn, &retry_ms), -EAGAIN);
	assert_true(retry_ms == UINT64_MAX);
	json_decref(ops);
	assert_json(run(db, WAIT("==", "[{'n':1}]", ",'timeout':0")), "[{}]");
}

static bool owns_l(void *arg, const char *lock)
{
	return !strcmp(lock, (const char *)arg);
}

static void sessions_limit_what_can_be_done(void **state)
{
	char lock[] = "l";
	struct ovsdb_exec_ctx ctx = {.read_only = true, .owns_lock = owns_l, .arg = lock};
	json_t *ops = js("[{'op':'select','table':'Root','where':[]},{'op':'assert','lock':'l'},"
			 "{'op':'insert','table':'Root','row':{}}]");
	struct ovsdb_txn *txn;
	json_t *result;
	uint64_t retry_ms;

	assert_int_equal(ovsdb_execute(db, ops, &ctx, &result, &txn, &retry_ms), 0);
	assert_json(json_incref(json_array_get(result, 1)), "{}");
	assert_string_equal(json_string_value(json_object_get(json_array_get(result, 2), "error")),
		"not allowed");
	assert_null(txn);
	json_decref(result);
	assert_int_equal(
		ovsdb_execute(db, json_array_get(ops, 0), &ctx, &result, &txn, &retry_ms), -EINVAL);
	json_decref(ops);
}

static int setup(void **state)
{
	db = test_db();
	return 0;
}

static int teardown(void **state)
{
	ovsdb_db_destroy(db);
	return 0;
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(operations_have_their_results),
		TEST(the_first_error_ends_and_undoes),
		TEST(equal_rows_are_selected_once),
		TEST(conditions),
		TEST(requests_that_are_wrong),
		TEST(mutations_of_maps),
		TEST(waits),
		TEST(sessions_limit_what_can_be_done),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
