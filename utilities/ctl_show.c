/* SPDX-License-Identifier: Apache-2.0 */
#include "utilities/ctl_show.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "utilities/ctl_db.h"
#include "vswitchd/ovsdb_datum_string.h"

#define INDENT 4

/* What is shown of a row: its name, then these columns where they aren't at their defaults; one
 * that refers to rows of a table in this list is followed. */
static const struct shown_table {
	const char *table;
	const char *name; /* NULL: the identifier */
	const char *columns[5];
} shown_tables[] = {
	{"Open_vSwitch", NULL, {"manager_options", "bridges", "ovs_version"}},
	{"Bridge", "name", {"controller", "fail_mode", "datapath_type", "ports"}},
	{"Port", "name", {"tag", "trunks", "interfaces"}},
	{"Interface", "name", {"type", "options", "error"}},
	{"Controller", "target", {"is_connected"}},
	{"Manager", "target", {"is_connected"}},
};

static const struct shown_table *find_shown(const char *table)
{
	for (size_t i = 0; i < CTL_ARRAY_SIZE(shown_tables); i++) {
		if (!strcmp(shown_tables[i].table, table))
			return &shown_tables[i];
	}
	return NULL;
}

static int prepare_show(struct ctl_db *db, const struct ctl_call *call, struct errmsg *err)
{
	for (size_t i = 0; i < CTL_ARRAY_SIZE(shown_tables); i++) {
		const struct shown_table *shown = &shown_tables[i];

		if (shown->name)
			ctl_db_want_named(db, shown->table, shown->name);
		for (size_t c = 0; c < CTL_ARRAY_SIZE(shown->columns) && shown->columns[c]; c++)
			ctl_db_want_named(db, shown->table, shown->columns[c]);
	}
	return 0;
}

static int compare_rows(const void *a, const void *b)
{
	const struct ctl_row *row_a = *(struct ctl_row *const *)a;
	const struct ctl_row *row_b = *(struct ctl_row *const *)b;
	const struct shown_table *shown = find_shown(row_a->table->schema->name);
	const char *name_a = ctl_row_text(row_a, shown->name);
	const char *name_b = ctl_row_text(row_b, shown->name);

	return strcmp(name_a ? name_a : "", name_b ? name_b : "");
}

static void show_row(struct ctl_db *db, const struct ctl_row *row, int level, struct ctl_text *out);

/* Shows the rows that the column refers to, by name; false when it refers to nothing shown. */
static bool follow(struct ctl_db *db, const struct ctl_row *row, const struct ovsdb_column *column,
	int level, struct ctl_text *out)
{
	const struct ovsdb_datum *refs = ctl_row_get(row, column);
	const struct ovsdb_table_schema *to =
		column->type.key.type == OVSDB_UUID ? column->type.key.uuid.ref_table : NULL;
	struct ctl_row **rows;
	size_t n = 0;

	if (!to || !find_shown(to->name) || !find_shown(to->name)->name)
		return false;
	rows = ctl_xcalloc(refs->n, sizeof(struct ctl_row *));
	for (unsigned int i = 0; i < refs->n; i++) {
		struct ctl_row *next = ctl_db_row(&db->tables[to->index], &refs->keys[i].uuid);

		if (next)
			rows[n++] = next;
	}
	qsort(rows, n, sizeof(struct ctl_row *), compare_rows);
	for (size_t i = 0; i < n; i++)
		show_row(db, rows[i], level + 1, out);
	free(rows);
	return true;
}

static void show_name(
	const struct ctl_row *row, const struct shown_table *shown, struct ctl_text *out)
{
	const char *name = shown->name ? shown->name : "_uuid";
	const struct ovsdb_column *column = ovsdb_table_schema_column(row->table->schema, name);
	char *text;

	if (!column)
		return;
	text = ovsdb_datum_to_string(ctl_row_get(row, column), &column->type);
	ctl_text_printf(
		out, "%s%s%s\n", shown->name ? shown->table : "", shown->name ? " " : "", text);
	free(text);
}

static void show_row(struct ctl_db *db, const struct ctl_row *row, int level, struct ctl_text *out)
{
	const struct ovsdb_table_schema *schema = row->table->schema;
	const struct shown_table *shown = find_shown(schema->name);

	ctl_text_put_spaces(out, (size_t)level * INDENT);
	show_name(row, shown, out);
	for (size_t c = 0; c < CTL_ARRAY_SIZE(shown->columns) && shown->columns[c]; c++) {
		const struct ovsdb_column *column =
			ovsdb_table_schema_column(schema, shown->columns[c]);
		const struct ovsdb_datum *datum;
		char *text;

		if (!column || follow(db, row, column, level, out))
			continue;
		datum = ctl_row_get(row, column);
		if (ovsdb_datum_is_default(datum, &column->type))
			continue;
		text = ovsdb_datum_to_string(datum, &column->type);
		ctl_text_put_spaces(out, (size_t)(level + 1) * INDENT);
		ctl_text_printf(out, "%s: %s\n", column->name, text);
		free(text);
	}
}

static int run_show(struct ctl_db *db, struct ctl_call *call, struct errmsg *err)
{
	struct ctl_row *root = ctl_db_root(db);

	if (root)
		show_row(db, root, 0, &call->output);
	return 0;
}

static int prepare_init(struct ctl_db *db, const struct ctl_call *call, struct errmsg *err)
{
	return ctl_db_need_named(db, "Open_vSwitch", "", err);
}

/* The row that every command relies on is made before the first of them runs. */
static int run_init(struct ctl_db *db, struct ctl_call *call, struct errmsg *err)
{
	return ctl_db_root(db) ? 0 : errmsg_set(err, EPROTO, "the database can't be initialized");
}

static const struct ctl_command commands[] = {
	{"show", "", "", 0, 0, CTL_TARGET_DATABASE, "print an overview of the configuration",
		"Prints the bridges with their ports and interfaces, in order of their names, with "
		"what isn't at its default, and the reason where an interface doesn't work.",
		prepare_show, run_show},
	{"init", "", "", 0, 0, CTL_TARGET_DATABASE, "initialize an empty database",
		"Makes the one record of table Open_vSwitch when there is none. Every other "
		"command does so too.",
		prepare_init, run_init},
};

struct ctl_command_group ctl_show_commands(void)
{
	return (struct ctl_command_group){"Switch", commands, CTL_ARRAY_SIZE(commands)};
}
