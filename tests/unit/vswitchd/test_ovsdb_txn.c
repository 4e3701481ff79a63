/* SPDX-License-Identifier: Apache-2.0 */
#include "ovsdb_test_db.h"

#define U1 "11111111-1111-4111-8111-111111111111"
#define U2 "22222222-2222-4222-8222-222222222222"
#define ROOT_WITH_PART                                                                   \
	"[{'op':'insert','table':'Root','row':{'name':'r','parts':['named-uuid','p']}}," \
	"{'op':'insert','table':'Part','uuid-name':'p','row':{'name':'p1'}}]"

static struct ovsdb_db *db;

static void rows_that_nothing_refers_to_vanish(void **state)
{
	done(db, "[{'op':'insert','table':'Part','row':{'name':'alone'}}]");
	has_rows(db, "Part", 0);
	done(db, ROOT_WITH_PART);
	has_rows(db, "Part", 1);
	/* A chain goes as a whole. */
	done(db, "[{'op':'insert','table':'Part','uuid-name':'q','row':{'name':'q',"
		 "'single':['named-uuid','s']}},"
		 "{'op':'insert','table':'Single','uuid-name':'s','row':{}},"
		 "{'op':'mutate','table':'Part','where':[['name','==','p1']],"
		 "'mutations':[['mates','insert',['named-uuid','q']]]}]");
	has_rows(db, "Part", 2);
	has_rows(db, "Single", 1);
	done(db, "[{'op':'update','table':'Root','where':[],'row':{'parts':['set',[]]}}]");
	has_rows(db, "Part", 0);
	has_rows(db, "Single", 0);
}

static void references_by_map_values_count_each(void **state)
{
	done(db, "[{'op':'insert','table':'Root','row':{'byname':['map',[['a',['named-uuid','p']],"
		 "['b',['named-uuid','p']]]]}},"
		 "{'op':'insert','table':'Part','uuid-name':'p','row':{'name':'p'}}]");
	done(db, "[{'op':'mutate','table':'Root','where':[],'mutations':[['byname','delete','a']]}"
		 "]");
	has_rows(db, "Part", 1);
	done(db, "[{'op':'mutate','table':'Root','where':[],'mutations':[['byname','delete','b']]}"
		 "]");
	has_rows(db, "Part", 0);
	fails(db,
		"[{'op':'update','table':'Root','where':[],'row':{'byname':['map',"
		"[['a',['uuid','" U1 "']]]]}}]",
		"referential integrity violation");
}

static void strong_references_are_kept_whole(void **state)
{
	done(db, ROOT_WITH_PART);
	json_t *before = state_of(db);

	fails(db, "[{'op':'delete','table':'Part','where':[]}]", "referential integrity violation");
	fails(db, "[{'op':'insert','table':'Root','row':{'parts':['uuid','" U1 "']}}]",
		"referential integrity violation");
	fails(db, "[{'op':'insert','table':'Root','row':{'parts':['named-uuid','never']}}]",
		"referential integrity violation");
	assert_true(same_json(before, state_of(db)));
	json_decref(before);
	/* A row and what refers to it can go together. */
	done(db, "[{'op':'delete','table':'Part','where':[]},"
		 "{'op':'delete','table':'Root','where':[]}]");
	has_rows(db, "Part", 0);
}

static void references_to_oneself_do_not_count(void **state)
{
	done(db, "[{'op':'insert','table':'Part','uuid-name':'p','row':{'name':'p',"
		 "'mates':['named-uuid','p']}}]");
	has_rows(db, "Part", 0);
}

static void weak_references_follow(void **state)
{
	done(db, ROOT_WITH_PART);
	done(db, "[{'op':'insert','table':'Part','uuid-name':'q','row':{'name':'p2'}},"
		 "{'op':'mutate','table':'Root','where':[],"
		 "'mutations':[['parts','insert',['named-uuid','q']]]},"
		 "{'op':'insert','table':'Root','row':{'name':'w','likes':['named-uuid','q']}}]");
	/* Of what never was there, nothing stays. */
	done(db, "[{'op':'mutate','table':'Root','where':[['name','==','w']],"
		 "'mutations':[['likes','insert',['uuid','" U1 "']]]}]");
	assert_json(run(db, "[{'op':'select','table':'Root','columns':['name'],"
			    "'where':[['likes','!=',['set',[]]]]},"
			    "{'op':'select','table':'Root','columns':['name'],"
			    "'where':[['likes','includes',['uuid','" U1 "']]]}]"),
		"[{'rows':[{'name':'w'}]},{'rows':[]}]");
	done(db, "[{'op':'update','table':'Root','where':[['name','==','r']],"
		 "'row':{'parts':['set',[]]}}]");
	has_rows(db, "Part", 0);
	assert_json(run(db, "[{'op':'select','table':'Root','columns':['likes'],"
			    "'where':[['name','==','w']]}]"),
		"[{'rows':[{'likes':['set',[]]}]}]");
}

static void a_weak_column_that_needs_a_row_keeps_it(void **state)
{
	fails(db, "[{'op':'insert','table':'Fan','row':{'must':['uuid','" U1 "']}}]",
		"constraint violation");
	done(db, ROOT_WITH_PART);
	done(db, "[{'op':'insert','table':'Part','uuid-name':'q','row':{'name':'q'}},"
		 "{'op':'mutate','table':'Root','where':[],"
		 "'mutations':[['parts','insert',['named-uuid','q']]]},"
		 "{'op':'insert','table':'Fan','row':{'must':['named-uuid','q']}}]");
	json_t *before = state_of(db);

	fails(db, "[{'op':'update','table':'Root','where':[],'row':{'parts':['set',[]]}}]",
		"constraint violation");
	assert_true(same_json(before, state_of(db)));
	json_decref(before);
	done(db, "[{'op':'update','table':'Root','where':[],'row':{'parts':['set',[]]}},"
		 "{'op':'delete','table':'Fan','where':[]}]");
}

static void names_can_come_before_their_insert(void **state)
{
	done(db, "[{'op':'update','table':'Root','where':[['_uuid','==',['named-uuid','z']]],"
		 "'row':{'n':7}},{'op':'insert','table':'Root','uuid-name':'z','row':{'name':'z'}},"
		 "{'op':'update','table':'Root','where':[['_uuid','==',['named-uuid','z']]],"
		 "'row':{'n':9}}]");
	assert_json(run(db, "[{'op':'select','table':'Root','where':[],'columns':['n']}]"),
		"[{'rows':[{'n':9}]}]");
	fails(db,
		"[{'op':'insert','table':'Root','uuid-name':'d','row':{}},"
		"{'op':'insert','table':'Root','uuid-name':'d','row':{}}]",
		"duplicate uuid-name");
	fails(db, "[{'op':'insert','table':'Root','uuid-name':'1d','row':{}}]", "syntax error");
}

static void identifiers_can_be_chosen(void **state)
{
	done(db, "[{'op':'insert','table':'Root','uuid':'" U1 "','row':{}}]");
	fails(db, "[{'op':'insert','table':'Root','uuid':'" U1 "','row':{}}]", "duplicate uuid");
	fails(db,
		"[{'op':'delete','table':'Root','where':[]},"
		"{'op':'insert','table':'Root','uuid':'" U1 "','row':{}}]",
		"duplicate uuid");
	done(db, "[{'op':'delete','table':'Root','where':[]}]");
	done(db, "[{'op':'insert','table':'Root','uuid':'" U1 "','row':{}}]");
}

static void indexes_hold_at_the_end(void **state)
{
	done(db, ROOT_WITH_PART);
	fails(db,
		"[{'op':'insert','table':'Part','uuid-name':'q','row':{'name':'p1'}},"
		"{'op':'mutate','table':'Root','where':[],"
		"'mutations':[['parts','insert',['named-uuid','q']]]}]",
		"constraint violation");
	/* In between, two rows may be equal; and garbage doesn't count. */
	done(db, "[{'op':'insert','table':'Part','uuid-name':'q','row':{'name':'p1'}},"
		 "{'op':'update','table':'Root','where':[],'row':{'parts':['named-uuid','q']}}]");
	done(db, "[{'op':'update','table':'Part','where':[['name','==','p1']],'row':{'name':'p2'}},"
		 "{'op':'select','table':'Part','where':[['name','==','p1']],'columns':['name']}]");
	assert_json(run(db, "[{'op':'select','table':'Part','where':[['name','==','p2']],"
			    "'columns':['name']}]"),
		"[{'rows':[{'name':'p2'}]}]");
}

static void tables_keep_their_size(void **state)
{
	done(db, "[{'op':'insert','table':'Single','row':{}},{'op':'insert','table':'Single','row':"
		 "{}},"
		 "{'op':'insert','table':'Single','row':{}}]");
	fails(db,
		"[{'op':'insert','table':'Part','uuid-name':'a','row':{'name':'a',"
		"'single':['named-uuid','x']}},"
		"{'op':'insert','table':'Part','uuid-name':'b','row':{'name':'b',"
		"'single':['named-uuid','y']}},"
		"{'op':'insert','table':'Part','uuid-name':'c','row':{'name':'c',"
		"'single':['named-uuid','z']}},"
		"{'op':'insert','table':'Single','uuid-name':'x','row':{}},"
		"{'op':'insert','table':'Single','uuid-name':'y','row':{}},"
		"{'op':'insert','table':'Single','uuid-name':'z','row':{}},"
		"{'op':'insert','table':'Root','row':{'parts':['set',[['named-uuid','a'],"
		"['named-uuid','b'],['named-uuid','c']]]}}]",
		"constraint violation");
	has_rows(db, "Single", 0);
	has_rows(db, "Root", 0);
}

static void what_changes_nothing_is_no_transaction(void **state)
{
	struct ovsdb_txn *txn;

	done(db, "[{'op':'insert','table':'Root','row':{'n':1}}]");
	uint64_t generation = db->generation;

	json_decref(execute(db,
		"[{'op':'update','table':'Root','where':[],'row':{'n':2}},"
		"{'op':'update','table':'Root','where':[],'row':{'n':1}},"
		"{'op':'insert','table':'Part','row':{'name':'x'}},"
		"{'op':'mutate','table':'Root','where':[],"
		"'mutations':[['likes','insert',['uuid','" U1 "']]]}]",
		&txn));
	assert_null(txn);
	assert_null(db->pending);
	assert_int_equal(db->generation, generation);
}

/* Three transactions wait for the disk on the same rows, and are undone from the newest on. */
static void pending_transactions_are_undone_in_order(void **state)
{
	struct ovsdb_txn *t1, *t2, *t3;
	json_t *states[3];

	done(db, ROOT_WITH_PART);
	states[0] = state_of(db);
	json_decref(execute(db,
		"[{'op':'update','table':'Root','where':[],'row':{'n':1,'parts':['set',[]]}}]",
		&t1));
	states[1] = ovsdb_db_snapshot(db, 0, NULL);
	has_rows(db, "Part", 0);
	/* What T1 deleted isn't there for T2. */
	fails(db,
		"[{'op':'select','table':'Part','where':[]},"
		"{'op':'insert','table':'Root','row':{'parts':['uuid','" U2 "']}}]",
		"referential integrity violation");
	json_decref(execute(db,
		"[{'op':'insert','table':'Part','uuid':'" U2 "','row':{'name':'p1'}},"
		"{'op':'update','table':'Root','where':[],"
		"'row':{'n':2,'parts':['uuid','" U2 "']}}]",
		&t2));
	states[2] = ovsdb_db_snapshot(db, 0, NULL);
	json_decref(execute(db, "[{'op':'delete','table':'Root','where':[]}]", &t3));
	has_rows(db, "Root", 0);
	has_rows(db, "Part", 0);

	ovsdb_txn_abort(t3);
	assert_true(same_json(states[2], ovsdb_db_snapshot(db, 0, NULL)));
	ovsdb_txn_abort(t2);
	assert_true(same_json(states[1], ovsdb_db_snapshot(db, 0, NULL)));
	ovsdb_txn_abort(t1);
	assert_true(same_json(states[0], state_of(db)));
	for (int i = 0; i < 3; i++)
		json_decref(states[i]);
}

static void pending_transactions_are_committed_in_order(void **state)
{
	struct ovsdb_txn *t1, *t2;
	struct ovsdb_table *table = ovsdb_db_table(db, "Root");
	uint64_t generation;

	json_decref(execute(db, "[{'op':'insert','table':'Root','row':{'n':1}}]", &t1));
	json_decref(execute(db, "[{'op':'delete','table':'Root','where':[]}]", &t2));
	assert_null(table->rows->committed);
	generation = db->generation;
	ovsdb_txn_commit(t1);
	assert_non_null(table->rows->committed);
	assert_null(table->rows->current);
	assert_true(db->generation > generation && table->generation == db->generation);
	ovsdb_txn_commit(t2);
	assert_null(table->rows);
	assert_true(ovsdb_db_table(db, "Part")->generation < table->generation);
}

static void a_failed_disk_counts_as_a_change(void **state)
{
	struct ovsdb_txn *txn;

	json_decref(execute(db, "[{'op':'insert','table':'Root','row':{'n':1}}]", &txn));
	uint64_t generation = db->generation;

	ovsdb_txn_abort(txn);
	assert_true(db->generation > generation);
	has_rows(db, "Root", 0);
}

static int setup(void **state)
{
	db = test_db();
	return 0;
}

static int teardown(void **state)
{
	json_decref(state_of(db));
	ovsdb_db_destroy(db);
	return 0;
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rows_that_nothing_refers_to_vanish),
		TEST(references_by_map_values_count_each),
		TEST(strong_references_are_kept_whole),
		TEST(references_to_oneself_do_not_count),
		TEST(weak_references_follow),
		TEST(a_weak_column_that_needs_a_row_keeps_it),
		TEST(names_can_come_before_their_insert),
		TEST(identifiers_can_be_chosen),
		TEST(indexes_hold_at_the_end),
		TEST(tables_keep_their_size),
		TEST(what_changes_nothing_is_no_transaction),
		TEST(pending_transactions_are_undone_in_order),
		TEST(pending_transactions_are_committed_in_order),
		TEST(a_failed_disk_counts_as_a_change),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
