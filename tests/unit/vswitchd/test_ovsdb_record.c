/* SPDX-License-Identifier: Apache-2.0 */
#include "ovsdb_test_db.h"

#define U1 "11111111-1111-4111-8111-111111111111"
#define INSERT                                                                                 \
	"[{'op':'insert','table':'Root','uuid':'" U1                                           \
	"','row':{'name':'a','few':['set',[1,2]],'live':5}},{'op':'comment','comment':'one'}," \
	"{'op':'comment','comment':'two'}]"

static struct ovsdb_db *db, *copy;

/* Executes, checks the record, commits, and replays the record on the copy. */
static void records(const char *ops, const char *expected)
{
	struct ovsdb_error err = {.tag = NULL};
	struct ovsdb_txn *txn;
	json_t *record;

	json_decref(execute(db, ops, &txn));
	record = ovsdb_txn_record(txn, 1000);
	ovsdb_txn_commit(txn);
	if (!expected) {
		assert_null(record);
		return;
	}
	if (ovsdb_record_apply(copy, record, false, &err))
		fail_msg("%s", err.details);
	assert_json(record, expected);
}

static void the_copy_is_the_same(void)
{
	json_t *a = state_of(db), *b = state_of(copy);

	assert_true(json_equal(a, b));
	json_decref(a);
	json_decref(b);
}

static void changes_are_written_as_differences(void **state)
{
	records(INSERT, "{'Root':{'" U1 "':{'name':'a','few':['set',[1,2]]}},"
			"'_comment':'one\\ntwo','_date':1000,'_is_diff':true}");
	records("[{'op':'update','table':'Root','where':[],'row':{'few':['set',[2,3]],'n':4,"
		"'map':['map',[['a','1'],['b','2']]]}}]",
		"{'Root':{'" U1 "':{'few':['set',[1,3]],'n':4,"
		"'map':['map',[['a','1'],['b','2']]]}},'_date':1000,'_is_diff':true}");
	records("[{'op':'update','table':'Root','where':[],'row':{'name':'b','few':['set',[]],"
		"'map':['map',[['b','3'],['c','4']]],'n':4}}]",
		"{'Root':{'" U1 "':{'name':'b','few':['set',[2,3]],"
		"'map':['map',[['a','1'],['b','3'],['c','4']]]}},'_date':1000,'_is_diff':true}");
	the_copy_is_the_same();
	records("[{'op':'delete','table':'Root','where':[]}]",
		"{'Root':{'" U1 "':null},'_date':1000,'_is_diff':true}");
	the_copy_is_the_same();
}

static void ephemeral_columns_are_not_written(void **state)
{
	records("[{'op':'insert','table':'Root','uuid':'" U1 "','row':{'live':5}}]",
		"{'Root':{'" U1 "':{}},'_date':1000,'_is_diff':true}");
	records("[{'op':'update','table':'Root','where':[],'row':{'live':6}}]", NULL);
	the_copy_is_the_same();
}

static void whole_values_are_read_too(void **state)
{
	json_t *record = js("{'Root':{'" U1 "':{'few':['set',[2,3]]}},'_date':1}");
	struct ovsdb_error err;

	records(INSERT, "{'Root':{'" U1 "':{'name':'a','few':['set',[1,2]]}},"
			"'_comment':'one\\ntwo','_date':1000,'_is_diff':true}");
	assert_int_equal(ovsdb_record_apply(copy, record, false, &err), 0);
	json_decref(record);
	assert_json(run(copy, "[{'op':'select','table':'Root','where':[],'columns':['few']}]"),
		"[{'rows':[{'few':['set',[2,3]]}]}]");
}

static void a_snapshot_makes_it_anew(void **state)
{
	struct ovsdb_error err;
	json_t *snapshot;

	json_decref(run(db, INSERT));
	json_decref(run(db, "[{'op':'insert','table':'Part','uuid-name':'p','row':{'name':'p'}},"
			    "{'op':'update','table':'Root','where':[],"
			    "'row':{'parts':['named-uuid','p'],'likes':['named-uuid','p']}}]"));
	snapshot = ovsdb_db_snapshot(db, 5, "compacted");
	assert_string_equal(json_string_value(json_object_get(snapshot, "_comment")), "compacted");
	assert_int_equal(ovsdb_record_apply(copy, snapshot, false, &err), 0);
	json_decref(snapshot);
	the_copy_is_the_same();
}

static void wrong_records_change_nothing(void **state)
{
	static const char *const wrong[] = {
		"[]",
		"{'None':{}}",
		"{'Root':[]}",
		"{'Root':{'x':{}}}",
		"{'Root':{'" U1 "':7}}",
		"{'Root':{'" U1 "':null}}",
		"{'Root':{'" U1 "':{'none':1}}}",
		"{'Root':{'" U1 "':{'_uuid':['uuid','" U1 "']}}}",
		"{'Root':{'" U1 "':{'n':'x'}}}",
		"{'Root':{'" U1 "':{'few':['set',[1,2,3,4,5,6]]}},'_is_diff':true}",
		"{'Root':{'" U1 "':{'parts':['uuid','" U1 "']}}}",
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct ovsdb_error err = {.tag = NULL};
		json_t *record = js(wrong[i]);

		assert_int_equal(ovsdb_record_apply(copy, record, false, &err), -EINVAL);
		assert_non_null(err.tag);
		has_rows(copy, "Root", 0);
		json_decref(record);
	}
}

static void what_is_unknown_can_be_passed_over(void **state)
{
	json_t *record = js("{'None':{'" U1 "':{}},'Root':{'" U1 "':{'none':1,'n':2}}}");
	struct ovsdb_error err;

	assert_int_equal(ovsdb_record_apply(copy, record, true, &err), 0);
	has_rows(copy, "Root", 1);
	json_decref(record);
}

static int setup(void **state)
{
	db = test_db();
	copy = test_db();
	return 0;
}

static int teardown(void **state)
{
	ovsdb_db_destroy(db);
	ovsdb_db_destroy(copy);
	return 0;
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(changes_are_written_as_differences),
		TEST(ephemeral_columns_are_not_written),
		TEST(whole_values_are_read_too),
		TEST(a_snapshot_makes_it_anew),
		TEST(wrong_records_change_nothing),
		TEST(what_is_unknown_can_be_passed_over),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
