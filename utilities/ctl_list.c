/* SPDX-License-Identifier: Apache-2.0 */
#include "utilities/ctl_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "utilities/ctl_column.h"
#include "utilities/ctl_db.h"
#include "utilities/ctl_record.h"
#include "vswitchd/ovsdb_datum_string.h"

struct selection {
	const struct ovsdb_column **columns;
	size_t n;
};

static void select_all(const struct ctl_db_table *table, struct selection *selection)
{
	const struct ovsdb_table_schema *schema = table->schema;

	selection->columns = ctl_xcalloc(schema->n_columns, sizeof(const struct ovsdb_column *));
	for (unsigned int i = 0; i < schema->n_columns; i++) {
		if (schema->by_name[i]->index != OVSDB_COLUMN_VERSION)
			selection->columns[selection->n++] = schema->by_name[i];
	}
}

/* The columns of --columns, all without it. The caller frees the array, also after an error. */
static int select_columns(const struct ctl_db_table *table, const struct ctl_call *call,
	struct selection *selection, struct errmsg *err)
{
	const char *s = ctl_call_value(call, "columns");
	int ret = 0;

	*selection = (struct selection){NULL, 0};
	if (!s) {
		select_all(table, selection);
		return 0;
	}
	for (s += strspn(s, ", "); *s && !ret; s += strspn(s, ", ")) {
		size_t n = strcspn(s, ", ");
		char *name = ctl_xstrndup(s, n);

		selection->columns = ctl_xrealloc((void *)selection->columns, selection->n + 1,
			sizeof(const struct ovsdb_column *));
		ret = ctl_find_column(table, name, &selection->columns[selection->n++], err);
		free(name);
		s += n;
	}
	if (!ret && !selection->n)
		ret = errmsg_set(err, EINVAL, "--columns names no column");
	return ret;
}

static int prepare(struct ctl_db *db, const struct ctl_call *call, struct ctl_db_table **table,
	struct errmsg *err)
{
	struct selection selection;
	int ret = ctl_find_table(db, call->args[0], table, err);

	if (ret)
		return ret;
	ctl_want_record_names(db, *table);
	ret = select_columns(*table, call, &selection, err);
	for (size_t i = 0; i < selection.n && !ret; i++)
		ctl_db_want(*table, selection.columns[i]);
	free((void *)selection.columns);
	return ret;
}

int ctl_list_prepare(struct ctl_db *db, const struct ctl_call *call, struct errmsg *err)
{
	struct ctl_db_table *table;

	return prepare(db, call, &table, err);
}

int ctl_find_prepare(struct ctl_db *db, const struct ctl_call *call, struct errmsg *err)
{
	struct ctl_db_table *table;
	int ret = prepare(db, call, &table, err);

	for (int i = 1; i < call->n_args && !ret; i++)
		ret = ctl_column_want(table, call->args[i], err);
	return ret;
}

static void add_cell(const struct ctl_db *db, struct ctl_table *table,
	const struct ovsdb_datum *datum, const struct ovsdb_type *type)
{
	json_t *json = NULL;
	char *text;

	if (db->settings->style.data == CTL_DATA_JSON ||
		db->settings->style.format == CTL_FORMAT_JSON)
		json = ovsdb_datum_to_json(datum, type);
	if (db->settings->style.data == CTL_DATA_JSON)
		text = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);
	else if (db->settings->style.data == CTL_DATA_BARE)
		text = ovsdb_datum_to_bare_string(datum, type);
	else
		text = ovsdb_datum_to_string(datum, type);
	ctl_table_add_cell(table, text ? text : ctl_xstrdup(""), json);
}

static void add_row(const struct ctl_db *db, struct ctl_table *table,
	const struct selection *selection, const struct ctl_row *row)
{
	for (size_t i = 0; i < selection->n; i++)
		add_cell(db, table, ctl_row_get(row, selection->columns[i]),
			&selection->columns[i]->type);
}

static struct ctl_table *start_table(const struct selection *selection)
{
	struct ctl_table *table = ctl_table_create();

	for (size_t i = 0; i < selection->n; i++)
		ctl_table_add_column(table, selection->columns[i]->name, false);
	return table;
}

static int list_named(struct ctl_db *db, struct ctl_call *call, struct ctl_db_table *table,
	const struct selection *selection, struct errmsg *err)
{
	for (int i = 1; i < call->n_args; i++) {
		struct ctl_row *row;
		int ret = ctl_find_record(db, table, call->args[i], &row, err);

		if (!ret)
			add_row(db, call->table, selection, row);
		else if (ret != -ENOENT || !ctl_call_has(call, "if-exists"))
			return ret;
	}
	return 0;
}

static int satisfies(struct ctl_db *db, struct ctl_row *row, const struct ctl_call *call, bool *yes,
	struct errmsg *err)
{
	int ret = 0;

	*yes = true;
	for (int i = 1; i < call->n_args && *yes && !ret; i++)
		ret = ctl_column_test(db, row, call->args[i], yes, err);
	return ret;
}

static int list_matching(struct ctl_db *db, struct ctl_call *call, struct ctl_db_table *table,
	const struct selection *selection, bool conditions, struct errmsg *err)
{
	size_t n;
	struct ctl_row **rows = ctl_db_rows(table, &n);
	int ret = 0;

	for (size_t i = 0; i < n && !ret; i++) {
		bool yes = true;

		if (conditions)
			ret = satisfies(db, rows[i], call, &yes, err);
		if (!ret && yes)
			add_row(db, call->table, selection, rows[i]);
	}
	free(rows);
	return ret;
}

static int run(struct ctl_db *db, struct ctl_call *call, bool find, struct errmsg *err)
{
	struct selection selection;
	struct ctl_db_table *table;
	int ret = ctl_find_table(db, call->args[0], &table, err);

	if (ret)
		return ret;
	ret = select_columns(table, call, &selection, err);
	if (!ret) {
		call->table = start_table(&selection);
		if (!find && call->n_args > 1)
			ret = list_named(db, call, table, &selection, err);
		else
			ret = list_matching(db, call, table, &selection, find, err);
	}
	free((void *)selection.columns);
	return ret;
}

int ctl_list_run(struct ctl_db *db, struct ctl_call *call, struct errmsg *err)
{
	return run(db, call, false, err);
}

int ctl_find_run(struct ctl_db *db, struct ctl_call *call, struct errmsg *err)
{
	return run(db, call, true, err);
}
