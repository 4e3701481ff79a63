/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Transactions on the daemon's schema: the input is JSON values one after another, each the
 * operations of one transaction. After each, what must hold of any database is checked: the log's
 * record leads a copy to the same state, an abort leaves nothing behind, and a monitor's updates
 * add up to what is there.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "vswitchd/ovsdb_execute.h"
#include "vswitchd/ovsdb_monitor.h"
#include "vswitchd/ovsdb_record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX_TRANSACTIONS 16
/* As the server has it for what clients send. */
#define INPUT_LIMIT 65536

static void must(bool condition)
{
	if (!condition)
		abort();
}

/* Follows a plain monitor's updates: `arg` is the state that they lead to. */
static void follow(struct ovsdb_monitor *monitor, json_t *params, const char *method)
{
	json_t *state = monitor->arg, *tables = json_array_get(params, 1), *rows, *update;
	const char *table, *id;

	must(!strcmp(method, "update"));
	json_object_foreach (tables, table, rows) {
		json_t *known = json_object_get(state, table);

		if (!known) {
			known = json_object();
			json_object_set_new(state, table, known);
		}
		json_object_foreach (rows, id, update) {
			json_t *new = json_object_get(update, "new");

			must(!!json_object_get(update, "old") == !!json_object_get(known, id));
			if (new)
				json_object_set_new(known, id, json_pack("{s:O}", "new", new));
			else
				json_object_del(known, id);
		}
		if (!json_object_size(known))
			json_object_del(state, table);
	}
	json_decref(params);
}

static struct ovsdb_monitor *monitor_all(struct ovsdb_db *db, json_t *state)
{
	struct ovsdb_monitor *monitor = NULL;
	json_t *requests = json_object();

	for (unsigned int i = 0; i < db->schema->n_tables; i++)
		json_object_set_new(requests, db->schema->tables[i].name, json_object());
	must(!ovsdb_monitor_create(
		db, OVSDB_MONITOR, requests, requests, follow, state, &monitor, NULL));
	json_decref(requests);
	return monitor;
}

static void same_state(const struct ovsdb_db *a, const struct ovsdb_db *b)
{
	json_t *of_a = ovsdb_db_snapshot(a, 0, NULL), *of_b = ovsdb_db_snapshot(b, 0, NULL);

	must(json_equal(of_a, of_b));
	json_decref(of_a);
	json_decref(of_b);
}

static void transact(struct ovsdb_db *db, struct ovsdb_db *copy, const json_t *ops)
{
	struct ovsdb_exec_ctx ctx = {.elapsed_ms = 1000};
	json_t *result = NULL, *record;
	struct ovsdb_txn *txn = NULL;
	uint64_t retry_ms;

	/* Once to be undone, once to stay. */
	if (ovsdb_execute(db, ops, &ctx, &result, &txn, &retry_ms))
		return;
	json_decref(result);
	ovsdb_txn_abort(txn);
	same_state(db, copy);
	must(!ovsdb_execute(db, ops, &ctx, &result, &txn, &retry_ms));
	must(json_array_size(result) >= json_array_size(ops));
	json_decref(result);
	if (!txn)
		return;
	record = ovsdb_txn_record(txn, 0);
	ovsdb_txn_commit(txn);
	if (record)
		must(!ovsdb_record_apply(copy, record, false, NULL));
	json_decref(record);
	same_state(db, copy);
}

/* Empties the database for the next input, which must leave nothing of any row. */
static void empty(struct ovsdb_db *db)
{
	struct ovsdb_txn *txn = ovsdb_txn_begin(db);
	struct ovsdb_row *row, *next;

	for (unsigned int i = 0; i < db->schema->n_tables; i++) {
		HASH_ITER (hh, db->tables[i].rows, row, next)
			ovsdb_txn_delete(txn, row);
	}
	must(!ovsdb_txn_prepare(txn, NULL));
	ovsdb_txn_commit(txn);
	for (unsigned int i = 0; i < db->schema->n_tables; i++) {
		must(!db->tables[i].rows && !db->tables[i].n_rows);
		for (unsigned int j = 0; j < db->tables[i].schema->n_indexes; j++)
			must(!db->tables[i].indexes[j].entries);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ovsdb_db *db, *copy;
	struct ovsdb_monitor *monitor;
	json_t *state, *initial;

	if (size > INPUT_LIMIT)
		return 0;
	if (!db) {
		db = ovsdb_db_create(ovsdb_schema_builtin());
		copy = ovsdb_db_create(ovsdb_schema_builtin());
	}
	state = json_object();
	monitor = monitor_all(db, state);
	for (int i = 0; i < MAX_TRANSACTIONS && size; i++) {
		json_error_t where;
		json_t *ops = json_loadb((const char *)data, size, JSON_DISABLE_EOF_CHECK, &where);

		if (!ops)
			break;
		data += where.position;
		size -= where.position;
		transact(db, copy, ops);
		json_decref(ops);
	}
	initial = ovsdb_monitor_reply(monitor);
	must(json_equal(initial, state));
	json_decref(initial);
	empty(db);
	empty(copy);
	must(!json_object_size(state));
	json_decref(state);
	ovsdb_monitor_destroy(monitor);
	return 0;
}
