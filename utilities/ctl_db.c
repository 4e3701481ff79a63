/* SPDX-License-Identifier: Apache-2.0 */
#include "utilities/ctl_db.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "utilities/ctl_text.h"
#include "utilities/ctl_txn.h"

#define MONITOR_ID "vswitch-ctl"

void ctl_db_init(
	struct ctl_db *db, const struct ctl_settings *settings, struct ovsdb_schema *schema)
{
	*db = (struct ctl_db){.settings = settings, .schema = schema, .next_cfg = -1};
	db->tables = ctl_xcalloc(schema->n_tables, sizeof(db->tables[0]));
	for (unsigned int i = 0; i < schema->n_tables; i++) {
		db->tables[i].schema = &schema->tables[i];
		db->tables[i].name = ctl_db_name_column(&schema->tables[i]);
		db->tables[i].wanted =
			ctl_xcalloc(schema->tables[i].n_columns, sizeof(db->tables[i].wanted[0]));
	}
}

static void trace(const struct ctl_db *db, const char *what, const json_t *json)
{
	char *text;

	if (!db->settings->verbose)
		return;
	text = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);
	fprintf(stderr, "%s: %s %s\n", db->settings->program, what, text ? text : "");
	free(text);
}

int ctl_db_call(
	struct ctl_db *db, const char *method, json_t *params, json_t **result, struct errmsg *err)
{
	json_t *error;
	int ret;

	trace(db, method, params);
	ret = ctl_rpc_call(db->rpc, method, params, db->settings->deadline_ms, result, &error, err);
	if (ret == -EREMOTEIO) {
		char *text = json_dumps(error, JSON_COMPACT | JSON_ENCODE_ANY);

		errmsg_set(err, EREMOTEIO, "the database refused %s: %s", method, text ? text : "");
		free(text);
		json_decref(error);
	}
	if (!ret)
		trace(db, "answer", *result);
	return ret;
}

static int read_schema(struct ctl_db *db, struct errmsg *err)
{
	struct ovsdb_schema *schema;
	struct ovsdb_error error;
	struct ctl_rpc *rpc;
	json_t *json;
	int ret;

	ret = ctl_db_call(db, "get_schema", json_pack("[s]", CTL_DB_NAME), &json, err);
	if (ret)
		return ret;
	ret = ovsdb_schema_from_json(json, &schema, &error);
	json_decref(json);
	if (ret)
		return errmsg_set(
			err, -ret, "the database's schema makes no sense: %s", error.details);
	rpc = db->rpc;
	ctl_db_init(db, db->settings, schema);
	db->rpc = rpc;
	return 0;
}

int ctl_db_open(struct ctl_db *db, const struct ctl_settings *settings, struct errmsg *err)
{
	char *target;
	int ret;

	*db = (struct ctl_db){.settings = settings, .next_cfg = -1};
	target = settings->db ? ctl_xstrdup(settings->db)
			      : ctl_xasprintf("unix:%s/db.sock", settings->rundir);
	ret = ctl_rpc_open(target, settings->retry, settings->deadline_ms, &db->rpc, err);
	free(target);
	return ret ? ret : read_schema(db, err);
}

void ctl_db_close(struct ctl_db *db)
{
	ctl_txn_abort(db);
	for (unsigned int i = 0; db->schema && i < db->schema->n_tables; i++) {
		struct ctl_row *row;

		while ((row = db->tables[i].rows))
			ctl_row_free(row);
		free(db->tables[i].wanted);
	}
	free(db->tables);
	ovsdb_schema_destroy(db->schema);
	ctl_rpc_close(db->rpc);
	*db = (struct ctl_db){0};
}

struct ctl_db_table *ctl_db_table(struct ctl_db *db, const char *name)
{
	const struct ovsdb_table_schema *schema = ovsdb_schema_table(db->schema, name);

	return schema ? &db->tables[schema->index] : NULL;
}

void ctl_db_want(struct ctl_db_table *table, const struct ovsdb_column *column)
{
	table->watched = true;
	if (column->index >= OVSDB_N_IMPLICIT_COLUMNS)
		table->wanted[column->index] = true;
}

int ctl_db_need_named(
	struct ctl_db *db, const char *table_name, const char *columns, struct errmsg *err)
{
	struct ctl_db_table *table = ctl_db_table(db, table_name);

	if (!table)
		return errmsg_set(err, EPROTO, "the database has no table %s", table_name);
	table->watched = true;
	while (*columns) {
		size_t n = strcspn(columns, " ");
		char *name = ctl_xstrndup(columns, n);
		const struct ovsdb_column *column = ovsdb_table_schema_column(table->schema, name);

		if (!column)
			errmsg_set(err, EPROTO, "table %s of the database has no column %s",
				table_name, name);
		else
			ctl_db_want(table, column);
		free(name);
		if (!column)
			return -EPROTO;
		columns += n;
		columns += strspn(columns, " ");
	}
	return 0;
}

void ctl_db_want_named(struct ctl_db *db, const char *table, const char *columns)
{
	while (*columns) {
		size_t n = strcspn(columns, " ");
		char *name = ctl_xstrndup(columns, n);

		(void)ctl_db_need_named(db, table, name, NULL);
		free(name);
		columns += n;
		columns += strspn(columns, " ");
	}
}

static void unindex_name(struct ctl_row *row)
{
	HASH_DELETE(by_name, row->table->by_name, row);
	free(row->name);
	row->name = NULL;
}

static void index_name(struct ctl_row *row, const char *name)
{
	row->name = ctl_xstrdup(name);
	HASH_ADD_KEYPTR(by_name, row->table->by_name, row->name, strlen(row->name), row);
}

void ctl_row_index(struct ctl_row *row)
{
	const struct ovsdb_column *column = row->table->name;
	const struct ovsdb_datum *name = column ? ctl_row_get(row, column) : NULL;

	if (row->name)
		unindex_name(row);
	if (name && name->n && !row->deleted)
		index_name(row, ovsdb_atom_text(&name->keys[0]));
}

struct ctl_row *ctl_db_row_by_name(const struct ctl_db_table *table, const char *name)
{
	struct ctl_row *row;

	HASH_FIND(by_name, table->by_name, name, strlen(name), row);
	return row;
}

static void add_row(struct ctl_db_table *table, struct ctl_row *row)
{
	HASH_ADD(hh, table->rows, uuid, sizeof(row->uuid), row);
}

struct ctl_row *ctl_row_new(struct ctl_db_table *table, const struct ovsdb_uuid *uuid)
{
	unsigned int n = table->schema->n_columns;
	struct ctl_row *row = ctl_xcalloc(1, sizeof(*row));
	const struct ovsdb_type *type = &table->schema->columns[OVSDB_COLUMN_UUID].type;

	row->uuid = *uuid;
	row->table = table;
	row->stored = ctl_xcalloc(n, sizeof(struct ovsdb_datum *));
	row->changed = ctl_xcalloc(n, sizeof(struct ovsdb_datum *));
	row->verified = ctl_xcalloc(n, sizeof(row->verified[0]));
	row->replaced = ctl_xcalloc(n, sizeof(row->replaced[0]));
	row->stored[OVSDB_COLUMN_UUID] =
		ovsdb_datum_from_atom(type, (union ovsdb_atom){.uuid = *uuid});
	add_row(table, row);
	return row;
}

static void remove_row(struct ctl_db_table *table, struct ctl_row *row)
{
	HASH_DEL(table->rows, row);
}

void ctl_row_free(struct ctl_row *row)
{
	if (!row)
		return;
	if (row->name)
		unindex_name(row);
	remove_row(row->table, row);
	for (unsigned int i = 0; i < row->table->schema->n_columns; i++) {
		const struct ovsdb_type *type = &row->table->schema->columns[i].type;

		ovsdb_datum_unref(row->stored[i], type);
		ovsdb_datum_unref(row->changed[i], type);
	}
	free(row->stored);
	free(row->changed);
	free(row->verified);
	free(row->replaced);
	free(row);
}

static struct ctl_row *find_row(struct ctl_db_table *table, const struct ovsdb_uuid *uuid)
{
	struct ctl_row *row;

	HASH_FIND(hh, table->rows, uuid, sizeof(*uuid), row);
	return row;
}

static int bad_update(struct errmsg *err, const struct ctl_db_table *table, const char *why)
{
	return errmsg_set(err, EPROTO, "the server sent a wrong update of table %s: %s",
		table->schema->name, why);
}

static int apply_row(
	struct ctl_db_table *table, struct ctl_row *row, const json_t *columns, struct errmsg *err)
{
	struct ovsdb_error error;
	const char *name;
	json_t *value;

	json_object_foreach ((json_t *)columns, name, value) {
		const struct ovsdb_column *column = ovsdb_table_schema_column(table->schema, name);
		struct ovsdb_datum *datum;

		if (!column || column->index < OVSDB_N_IMPLICIT_COLUMNS)
			return bad_update(err, table, name);
		if (ovsdb_datum_from_json(&column->type, value, NULL, &datum, &error))
			return bad_update(err, table, error.details);
		ovsdb_datum_unref(row->stored[column->index], &column->type);
		row->stored[column->index] = datum;
	}
	ctl_row_index(row);
	return 0;
}

static int apply_table(struct ctl_db_table *table, const json_t *rows, struct errmsg *err)
{
	const char *key;
	json_t *update;

	json_object_foreach ((json_t *)rows, key, update) {
		const json_t *new = json_object_get(update, "new");
		struct ovsdb_uuid uuid;
		struct ctl_row *row;
		int ret;

		if (!ovsdb_uuid_parse(key, &uuid))
			return bad_update(err, table, key);
		row = find_row(table, &uuid);
		if (!json_is_object(new)) {
			ctl_row_free(row);
			continue;
		}
		if (!row)
			row = ctl_row_new(table, &uuid);
		ret = apply_row(table, row, new, err);
		if (ret)
			return ret;
	}
	return 0;
}

int ctl_db_apply(struct ctl_db *db, const json_t *updates, struct errmsg *err)
{
	const char *name;
	json_t *rows;

	db->n_updates++;
	json_object_foreach ((json_t *)updates, name, rows) {
		struct ctl_db_table *table = ctl_db_table(db, name);
		int ret;

		if (!table || !table->watched)
			return errmsg_set(
				err, EPROTO, "the server sent an unknown table: %s", name);
		ret = apply_table(table, rows, err);
		if (ret)
			return ret;
	}
	return 0;
}

/* "update" of RFC 7047: [<json-value>, <table-updates>]. Other notifications don't concern us. */
static int take_notification(void *arg, const char *method, json_t *params, struct errmsg *err)
{
	struct ctl_db *db = arg;

	trace(db, method, params);
	if (strcmp(method, "update") != 0)
		return 0;
	return ctl_db_apply(db, json_array_get(params, 1), err);
}

static json_t *monitor_requests(const struct ctl_db *db)
{
	json_t *requests = json_object();

	for (unsigned int t = 0; t < db->schema->n_tables; t++) {
		const struct ctl_db_table *table = &db->tables[t];
		json_t *columns;

		if (!table->watched)
			continue;
		columns = json_array();
		for (unsigned int c = OVSDB_N_IMPLICIT_COLUMNS; c < table->schema->n_columns; c++) {
			if (table->wanted[c])
				json_array_append_new(
					columns, json_string(table->schema->columns[c].name));
		}
		json_object_set_new(
			requests, table->schema->name, json_pack("[{s:o}]", "columns", columns));
	}
	return requests;
}

int ctl_db_watch(struct ctl_db *db, struct errmsg *err)
{
	json_t *params = json_pack("[s,s,o]", CTL_DB_NAME, MONITOR_ID, monitor_requests(db));
	json_t *contents;
	int ret;

	ctl_rpc_on_notify(db->rpc, take_notification, db);
	ret = ctl_db_call(db, "monitor", params, &contents, err);
	if (ret)
		return ret;
	ret = ctl_db_apply(db, contents, err);
	json_decref(contents);
	return ret;
}

int ctl_db_wait(struct ctl_db *db, struct errmsg *err)
{
	unsigned long before = db->n_updates;
	int ret = 0;

	while (!ret && db->n_updates == before)
		ret = ctl_rpc_wait(db->rpc, db->settings->deadline_ms, err);
	return ret;
}

const struct ovsdb_datum *ctl_row_get(const struct ctl_row *row, const struct ovsdb_column *column)
{
	if (row->changed[column->index])
		return row->changed[column->index];
	return row->stored[column->index] ? row->stored[column->index] : column->initial;
}

const struct ovsdb_datum *ctl_row_get_named(const struct ctl_row *row, const char *name)
{
	const struct ovsdb_column *column = ovsdb_table_schema_column(row->table->schema, name);

	return column ? ctl_row_get(row, column) : NULL;
}

const char *ctl_row_text(const struct ctl_row *row, const char *name)
{
	const struct ovsdb_datum *datum = ctl_row_get_named(row, name);

	return datum && datum->n ? ovsdb_atom_text(&datum->keys[0]) : NULL;
}

struct ctl_row *ctl_db_row(struct ctl_db_table *table, const struct ovsdb_uuid *uuid)
{
	struct ctl_row *row = find_row(table, uuid);

	return row && !row->deleted ? row : NULL;
}

const struct ovsdb_column *ctl_db_name_column(const struct ovsdb_table_schema *table)
{
	const struct ovsdb_column *name = ovsdb_table_schema_column(table, "name");

	if (name && name->type.key.type == OVSDB_STRING && !ovsdb_type_is_map(&name->type))
		return name;
	for (unsigned int i = 0; i < table->n_indexes; i++) {
		const struct ovsdb_index_schema *index = &table->indexes[i];

		if (index->n_columns == 1 && index->columns[0]->type.key.type == OVSDB_STRING)
			return index->columns[0];
	}
	return NULL;
}

static struct ctl_row *skip_deleted(struct ctl_row *row)
{
	while (row && row->deleted)
		row = row->hh.next;
	return row;
}

struct ctl_row *ctl_db_first(const struct ctl_db_table *table)
{
	return skip_deleted(table->rows);
}

struct ctl_row *ctl_db_next(const struct ctl_row *row)
{
	return skip_deleted(row->hh.next);
}

static int compare_rows(const void *a, const void *b)
{
	const struct ctl_row *row_a = *(struct ctl_row *const *)a;
	const struct ctl_row *row_b = *(struct ctl_row *const *)b;
	const struct ovsdb_column *name = row_a->table->name;
	int order = 0;

	if (name)
		order = ovsdb_datum_compare(
			ctl_row_get(row_a, name), ctl_row_get(row_b, name), &name->type);
	return order ? order : ovsdb_uuid_compare(&row_a->uuid, &row_b->uuid);
}

struct ctl_row **ctl_db_rows(struct ctl_db_table *table, size_t *n)
{
	struct ctl_row **rows = ctl_xcalloc(HASH_COUNT(table->rows) + 1, sizeof(struct ctl_row *));

	*n = 0;
	for (struct ctl_row *row = ctl_db_first(table); row; row = ctl_db_next(row))
		rows[(*n)++] = row;
	qsort(rows, *n, sizeof(struct ctl_row *), compare_rows);
	return rows;
}

struct ctl_row *ctl_db_root(struct ctl_db *db)
{
	struct ctl_db_table *table = ctl_db_table(db, "Open_vSwitch");

	return table ? table->rows : NULL;
}
