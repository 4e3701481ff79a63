/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/ovsdb_monitor.h"

#include <errno.h>

#include "vswitchd/ovsdb_alloc.h"
#include "vswitchd/ovsdb_monitor_table.h"
#include "vswitchd/ovsdb_txn.h"

/* A standalone database keeps no history of transactions, which is said with a zero identifier. */
#define NO_HISTORY "00000000-0000-0000-0000-000000000000"

static const char *const methods[] = {
	[OVSDB_MONITOR] = "update",
	[OVSDB_MONITOR_COND] = "update2",
	[OVSDB_MONITOR_COND_SINCE] = "update3",
};

static const struct ovsdb_version *in_view(
	const struct ovsdb_condition *condition, const struct ovsdb_version *version)
{
	return version && ovsdb_condition_match_any(condition, version) ? version : NULL;
}

/* Files a row's update, which may be NULL, under its table in `updates`, which may be NULL yet. */
static json_t *add_update(json_t *updates, const struct ovsdb_row *row, json_t *update)
{
	const char *name = row->table->schema->name;
	char text[OVSDB_UUID_LEN + 1];
	json_t *table;

	if (!update)
		return updates;
	if (!updates)
		updates = ovsdb_must(json_object());
	table = json_object_get(updates, name);
	if (!table) {
		table = ovsdb_must(json_object());
		json_object_set_new(updates, name, table);
	}
	json_object_set_new(table, ovsdb_uuid_format(&row->uuid, text), update);
	return updates;
}

static void flush(struct ovsdb_monitor *monitor, json_t *updates)
{
	json_t *params;

	if (!updates)
		return;
	if (monitor->kind == OVSDB_MONITOR_COND_SINCE)
		params = json_pack("[O,s,o]", monitor->id, NO_HISTORY, updates);
	else
		params = json_pack("[O,o]", monitor->id, updates);
	monitor->flush(monitor, ovsdb_must(params), methods[monitor->kind]);
}

static void committed(struct ovsdb_observer *observer, const struct ovsdb_txn *txn)
{
	struct ovsdb_monitor *monitor = (struct ovsdb_monitor *)observer;
	json_t *updates = NULL;

	for (unsigned int i = 0; i < txn->n_rows; i++) {
		const struct ovsdb_txn_row *txn_row = txn->rows[i];
		const struct ovsdb_monitor_table *table =
			monitor->tables[txn_row->row->table->schema->index];

		if (!table)
			continue;
		updates = add_update(updates, txn_row->row,
			ovsdb_monitor_table_update(table, monitor->kind,
				in_view(&table->condition, txn_row->old),
				in_view(&table->condition, txn_row->new), false));
	}
	flush(monitor, updates);
}

static int parse_requests(
	struct ovsdb_monitor *monitor, const json_t *requests, struct ovsdb_error *err)
{
	const char *name;
	json_t *value;

	if (!json_is_object(requests))
		return ovsdb_error_json(err, OVSDB_E_SYNTAX, requests,
			"an object of tables to monitor is needed here");
	json_object_foreach ((json_t *)requests, name, value) {
		const struct ovsdb_table *table = ovsdb_db_table(monitor->db, name);
		int rc;

		if (!table)
			return ovsdb_error_set(
				err, OVSDB_E_SYNTAX, "there is no table %s to monitor", name);
		rc = ovsdb_monitor_table_create(table->schema, monitor->kind, value,
			&monitor->tables[table->schema->index], err);
		if (rc)
			return rc;
	}
	return 0;
}

int ovsdb_monitor_create(struct ovsdb_db *db, enum ovsdb_monitor_kind kind, const json_t *id,
	const json_t *requests, ovsdb_monitor_flush *flush_cb, void *arg,
	struct ovsdb_monitor **monitor, struct ovsdb_error *err)
{
	struct ovsdb_monitor *result = ovsdb_zalloc(1, sizeof(*result));
	int rc;

	result->observer.committed = committed;
	result->db = db;
	result->kind = kind;
	result->id = json_incref((json_t *)id);
	result->tables = ovsdb_zalloc_pointers(db->schema->n_tables);
	result->flush = flush_cb;
	result->arg = arg;
	ovsdb_db_add_observer(db, &result->observer);
	rc = parse_requests(result, requests, err);
	if (rc) {
		ovsdb_monitor_destroy(result);
		return rc;
	}
	*monitor = result;
	return 0;
}

json_t *ovsdb_monitor_reply(const struct ovsdb_monitor *monitor)
{
	const struct ovsdb_db *db = monitor->db;
	json_t *updates = ovsdb_must(json_object());

	for (unsigned int i = 0; i < db->schema->n_tables; i++) {
		const struct ovsdb_monitor_table *table = monitor->tables[i];
		struct ovsdb_row *row, *next;

		if (!table || !(table->select & OVSDB_SELECT_INITIAL))
			continue;
		HASH_ITER (hh, db->tables[i].rows, row, next)
			add_update(updates, row,
				ovsdb_monitor_table_update(table, monitor->kind, NULL,
					in_view(&table->condition, row->committed), true));
	}
	if (monitor->kind == OVSDB_MONITOR_COND_SINCE)
		return ovsdb_must(json_pack("[b,s,o]", 0, NO_HISTORY, updates));
	return updates;
}

/* The rows that the new condition brings into view or takes out of it. */
static json_t *change_table(const struct ovsdb_monitor *monitor, struct ovsdb_monitor_table *table,
	const struct ovsdb_condition *condition, json_t *updates)
{
	struct ovsdb_row *row, *next;

	HASH_ITER (hh, monitor->db->tables[table->schema->index].rows, row, next)
		updates = add_update(updates, row,
			ovsdb_monitor_table_update(table, monitor->kind,
				in_view(&table->condition, row->committed),
				in_view(condition, row->committed), false));
	return updates;
}

static int parse_changes(struct ovsdb_monitor *monitor, const json_t *requests,
	struct ovsdb_condition *conditions, struct ovsdb_error *err)
{
	const char *name;
	json_t *value;

	if (monitor->kind == OVSDB_MONITOR)
		return ovsdb_error_set(
			err, OVSDB_E_SYNTAX, "a plain monitor has no conditions to change");
	if (!json_is_object(requests))
		return ovsdb_error_json(
			err, OVSDB_E_SYNTAX, requests, "an object of tables is needed here");
	json_object_foreach ((json_t *)requests, name, value) {
		const struct ovsdb_table_schema *schema =
			ovsdb_schema_table(monitor->db->schema, name);
		int rc;

		if (!schema || !monitor->tables[schema->index])
			return ovsdb_error_set(
				err, OVSDB_E_SYNTAX, "the monitor doesn't follow a table %s", name);
		rc = ovsdb_monitor_table_parse_change(
			monitor->tables[schema->index], value, &conditions[schema->index], err);
		if (rc)
			return rc;
	}
	return 0;
}

int ovsdb_monitor_change(struct ovsdb_monitor *monitor, const json_t *id, const json_t *requests,
	struct ovsdb_error *err)
{
	unsigned int n = monitor->db->schema->n_tables;
	struct ovsdb_condition *conditions = ovsdb_zalloc(n, sizeof(*conditions));
	json_t *updates = NULL;
	int rc = parse_changes(monitor, requests, conditions, err);

	for (unsigned int i = 0; i < n; i++) {
		struct ovsdb_monitor_table *table = monitor->tables[i];
		struct ovsdb_condition old;

		if (!rc && conditions[i].n) {
			updates = change_table(monitor, table, &conditions[i], updates);
			old = table->condition;
			table->condition = conditions[i];
			conditions[i] = old;
		}
		ovsdb_condition_clear(&conditions[i]);
	}
	free(conditions);
	if (rc)
		return rc;
	json_decref(monitor->id);
	monitor->id = json_incref((json_t *)id);
	flush(monitor, updates);
	return 0;
}

void ovsdb_monitor_destroy(struct ovsdb_monitor *monitor)
{
	if (!monitor)
		return;
	ovsdb_db_remove_observer(monitor->db, &monitor->observer);
	for (unsigned int i = 0; i < monitor->db->schema->n_tables; i++)
		ovsdb_monitor_table_destroy(monitor->tables[i]);
	free(monitor->tables);
	json_decref(monitor->id);
	free(monitor);
}
