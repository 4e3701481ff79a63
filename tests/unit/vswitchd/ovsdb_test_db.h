/* SPDX-License-Identifier: Apache-2.0 */
/* A small database for the tests of the engine, and transactions on it as JSON. */
#ifndef TESTS_UNIT_VSWITCHD_OVSDB_TEST_DB_H
#define TESTS_UNIT_VSWITCHD_OVSDB_TEST_DB_H

#include "ovsdb_test.h"

#include "vswitchd/ovsdb_execute.h"
#include "vswitchd/ovsdb_record.h"

/* Root rows refer to parts strongly (parts, byname) and weakly (likes, must); parts refer to one
 * another; names of parts are unique, and there can be two singles. */
#define TEST_SCHEMA                                                                             \
	"{'name':'T','version':'1.0.0','tables':{"                                              \
	"'Root':{'isRoot':true,'columns':{'name':{'type':'string'},'n':{'type':'integer'},"     \
	"'few':{'type':{'key':{'type':'integer','minInteger':0,'maxInteger':20},"               \
	"'min':0,'max':5}},"                                                                    \
	"'map':{'type':{'key':'string','value':'string','min':0,'max':'unlimited'}},"           \
	"'parts':{'type':{'key':{'type':'uuid','refTable':'Part'},'min':0,'max':'unlimited'}}," \
	"'byname':{'type':{'key':'string','value':{'type':'uuid','refTable':'Part'},"           \
	"'min':0,'max':'unlimited'}},"                                                          \
	"'likes':{'type':{'key':{'type':'uuid','refTable':'Part','refType':'weak'},"            \
	"'min':0,'max':'unlimited'}},"                                                          \
	"'fixed':{'type':'string','mutable':false},"                                            \
	"'live':{'type':'integer','ephemeral':true}}},"                                         \
	"'Part':{'columns':{'name':{'type':'string'},"                                          \
	"'mates':{'type':{'key':{'type':'uuid','refTable':'Part'},'min':0,'max':'unlimited'}}," \
	"'single':{'type':{'key':{'type':'uuid','refTable':'Single'},'min':0,'max':1}}},"       \
	"'indexes':[['name']]},"                                                                \
	"'Fan':{'isRoot':true,'columns':{"                                                      \
	"'must':{'type':{'key':{'type':'uuid','refTable':'Part','refType':'weak'},"             \
	"'min':1,'max':'unlimited'}}}},"                                                        \
	"'Single':{'columns':{'n':{'type':'integer'}},'maxRows':2}}}"

static inline struct ovsdb_db *test_db(void)
{
	struct ovsdb_error err = {.tag = NULL};
	struct ovsdb_schema *schema;
	json_t *json = js(TEST_SCHEMA);

	if (ovsdb_schema_from_json(json, &schema, &err))
		fail_msg("%s", err.details);
	json_decref(json);
	return ovsdb_db_create(schema);
}

/* Executes and leaves the transaction pending. */
static inline json_t *execute(struct ovsdb_db *db, const char *ops, struct ovsdb_txn **txn)
{
	struct ovsdb_exec_ctx ctx = {.read_only = false};
	json_t *json = js(ops), *result = NULL;
	uint64_t retry_ms;

	assert_int_equal(ovsdb_execute(db, json, &ctx, &result, txn, &retry_ms), 0);
	json_decref(json);
	return result;
}

/* Executes and commits. The identifier of each inserted row is "U" in the text of the result. */
static inline json_t *run(struct ovsdb_db *db, const char *ops)
{
	struct ovsdb_txn *txn;
	json_t *result = execute(db, ops, &txn), *element;
	size_t i;

	if (txn)
		ovsdb_txn_commit(txn);
	json_array_foreach (result, i, element) {
		if (json_object_get(element, "uuid"))
			json_object_set_new(element, "uuid", json_string("U"));
	}
	return result;
}

/* Executes and commits what must not fail. */
static inline void done(struct ovsdb_db *db, const char *ops)
{
	json_t *result = run(db, ops), *element;
	size_t i;

	json_array_foreach (result, i, element) {
		if (json_object_get(element, "error"))
			fail_msg("%s: %s", ops,
				json_string_value(json_object_get(element, "details")));
	}
	json_decref(result);
}

/* Runs the operations, the last element of whose result must be the error `tag`. */
static inline void fails(struct ovsdb_db *db, const char *ops, const char *tag)
{
	json_t *result = run(db, ops), *last = NULL, *element;
	size_t i;

	json_array_foreach (result, i, element) {
		if (!json_is_null(element))
			last = element;
	}
	if (!json_object_get(last, "error") ||
		strcmp(json_string_value(json_object_get(last, "error")), tag)) {
		char *text = json_dumps(result, 0);

		fail_msg("%s: expected %s, is %s", ops, tag, text);
	}
	json_decref(result);
}

/* That a table has `n` rows. */
static inline void has_rows(struct ovsdb_db *db, const char *table, unsigned int n)
{
	assert_int_equal(ovsdb_db_table(db, table)->n_rows, n);
}

/* All of the database's rows as JSON, for comparing states. */
static inline json_t *state_of(struct ovsdb_db *db)
{
	json_t *snapshot = ovsdb_db_snapshot(db, 0, NULL);

	/* Of an insert and its undoing nothing else may be left either. */
	for (unsigned int i = 0; i < db->schema->n_tables; i++)
		assert_int_equal(HASH_COUNT(db->tables[i].rows), db->tables[i].n_rows);
	return snapshot;
}

#endif
