/* SPDX-License-Identifier: Apache-2.0 */
#include "utilities/ctl_database.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "utilities/ctl_column.h"
#include "utilities/ctl_db.h"
#include "utilities/ctl_list.h"
#include "utilities/ctl_record.h"
#include "utilities/ctl_txn.h"
#include "vswitchd/ovsdb_datum_string.h"

/* Finds the table and record that a command's first two arguments name. With --if-exists a
 * missing record leaves `*row` NULL and is no error. */
static int find_args(
	struct ctl_db *db, const struct ctl_call *call, struct ctl_row **row, struct errmsg *err)
{
	struct ctl_db_table *table;
	int ret = ctl_find_table(db, call->args[0], &table, err);

	if (ret)
		return ret;
	ret = ctl_find_record(db, table, call->args[1], row, err);
	if (ret == -ENOENT && ctl_call_has(call, "if-exists")) {
		*row = NULL;
		return 0;
	}
	return ret;
}

/* TABLE RECORD COLUMN...; what may follow the column's name is parsed by run(). */
static int prepare_columns(struct ctl_db *db, const struct ctl_call *call, struct errmsg *err)
{
	struct ctl_db_table *table;
	int ret = ctl_find_table(db, call->args[0], &table, err);

	if (ret)
		return ret;
	ctl_want_record_names(db, table);
	for (int i = 2; i < call->n_args && !ret; i++)
		ret = ctl_column_want(table, call->args[i], err);
	return ret;
}

/* TABLE RECORD COLUMN VALUE... */
static int prepare_one_column(struct ctl_db *db, const struct ctl_call *call, struct errmsg *err)
{
	struct ctl_db_table *table;
	int ret = ctl_find_table(db, call->args[0], &table, err);

	if (ret)
		return ret;
	ctl_want_record_names(db, table);
	return ctl_column_want(table, call->args[2], err);
}

/* TABLE [RECORD]... */
static int prepare_records(struct ctl_db *db, const struct ctl_call *call, struct errmsg *err)
{
	struct ctl_db_table *table;
	int ret = ctl_find_table(db, call->args[0], &table, err);

	if (!ret)
		ctl_want_record_names(db, table);
	return ret;
}

/* Lets "@name" of --id stand for the row: for an existing one (`get`), which is no name for the
 * server. */
static int bind_symbol(
	struct ctl_db *db, const char *id, const struct ctl_row *row, struct errmsg *err)
{
	struct ovsdb_symbol *symbol;

	if (id[0] != '@' || !id[1])
		return errmsg_set(err, EINVAL, "the name '%s' of --id must begin with '@'", id);
	if (ovsdb_symtab_find(&db->symbols, id + 1))
		return errmsg_set(err, EINVAL, "%s is used before it is given to a record", id);
	symbol = ovsdb_symtab_get(&db->symbols, id + 1);
	/* Nothing here looks symbols up by identifier, so that index may be out of date. */
	symbol->uuid = row->uuid;
	symbol->created = true;
	return 0;
}

static int get_column(struct ctl_db *db, struct ctl_call *call, struct ctl_row *row,
	const char *text, struct errmsg *err)
{
	struct ctl_column_arg arg;
	const struct ovsdb_datum *datum;
	char *value = NULL;
	int i, ret;

	ret = ctl_column_parse(row->table, text, &db->symbols, &arg, err);
	if (ret)
		return ret;
	if (arg.op != CTL_OP_NONE) {
		ctl_column_clear(&arg);
		return errmsg_set(err, EINVAL, "'%s' is not COLUMN[:KEY]", text);
	}
	ctl_txn_verify(row, arg.column);
	datum = ctl_row_get(row, arg.column);
	if (!arg.has_key) {
		value = ovsdb_datum_to_string(datum, &arg.column->type);
	} else if ((i = ovsdb_datum_find(datum, &arg.column->type, &arg.key)) >= 0) {
		value = ovsdb_atom_to_string(arg.column->type.value.type, &datum->values[i]);
	} else if (!ctl_call_has(call, "if-exists")) {
		ret = errmsg_set(err, ENOENT, "column %s of %s '%s' has no key '%s'",
			arg.column->name, row->table->schema->name, call->args[1],
			strchr(text, ':') + 1);
	}
	if (!ret)
		ctl_text_printf(&call->output, "%s\n", value ? value : "");
	free(value);
	ctl_column_clear(&arg);
	return ret;
}

static int run_get(struct ctl_db *db, struct ctl_call *call, struct errmsg *err)
{
	const char *id = ctl_call_value(call, "id");
	struct ctl_row *row = NULL;
	int ret;

	if (id && ctl_call_has(call, "if-exists"))
		return errmsg_set(err, EINVAL, "--id and --if-exists exclude each other");
	ret = find_args(db, call, &row, err);
	if (ret || !row)
		return ret;
	if (id)
		ret = bind_symbol(db, id, row, err);
	for (int i = 2; i < call->n_args && !ret; i++)
		ret = get_column(db, call, row, call->args[i], err);
	return ret;
}

static int run_set(struct ctl_db *db, struct ctl_call *call, struct errmsg *err)
{
	struct ctl_row *row = NULL;
	int ret = find_args(db, call, &row, err);

	for (int i = 2; row && i < call->n_args && !ret; i++)
		ret = ctl_column_set(db, row, call->args[i], err);
	return ret;
}

static int bad_count(const char *what, const struct ovsdb_datum *datum, const struct ctl_row *row,
	const struct ovsdb_column *column, struct errmsg *err)
{
	return errmsg_set(err, EINVAL,
		"%s would leave %u values in column %s of table %s, which has at %s %u", what,
		datum->n, column->name, row->table->schema->name,
		datum->n < column->type.n_min ? "least" : "most",
		datum->n < column->type.n_min ? column->type.n_min : column->type.n_max);
}

/* Gives the column the value `datum`, which is stolen, when the schema allows it. */
static int merge_checked(const char *what, struct ctl_row *row, const struct ovsdb_column *column,
	struct ovsdb_datum *datum, struct errmsg *err)
{
	int ret;

	if (datum->n < column->type.n_min || datum->n > column->type.n_max) {
		ret = bad_count(what, datum, row, column, err);
		ovsdb_datum_unref(datum, &column->type);
		return ret;
	}
	ctl_txn_merge(row, column, datum);
	return 0;
}

/* The row and the column of `add`, `remove` and `clear`; `*row` is NULL when there is nothing to
 * be done. */
static int find_row_column(struct ctl_db *db, const struct ctl_call *call, const char *name,
	struct ctl_row **row, const struct ovsdb_column **column, struct errmsg *err)
{
	int ret = find_args(db, call, row, err);

	if (ret || !*row)
		return ret;
	ret = ctl_find_column((*row)->table, name, column, err);
	return ret ? ret : ctl_column_check_mutable(*row, *column, err);
}

static int run_add(struct ctl_db *db, struct ctl_call *call, struct errmsg *err)
{
	const struct ovsdb_column *column;
	struct ovsdb_datum *sum, *more, *next;
	struct ovsdb_error error;
	struct ovsdb_type type;
	struct ctl_row *row = NULL;
	int ret = find_row_column(db, call, call->args[2], &row, &column, err);

	if (ret || !row)
		return ret;
	type = ctl_type_any_number(&column->type);
	sum = ovsdb_datum_ref(ctl_row_get(row, column));
	for (int i = 3; i < call->n_args; i++) {
		if (ovsdb_datum_from_string(&type, call->args[i], &db->symbols, &more, &error)) {
			ovsdb_datum_unref(sum, &type);
			return errmsg_set(err, EINVAL, "%s: %s", call->args[i], error.details);
		}
		next = ovsdb_datum_union(sum, more, &type);
		ovsdb_datum_unref(more, &type);
		ovsdb_datum_unref(sum, &type);
		sum = next;
	}
	return merge_checked("add", row, column, sum, err);
}

/* What `remove` takes away: pairs of a map, or else keys. */
static int remove_one(struct ctl_db *db, const struct ovsdb_type *type, const char *text,
	struct ovsdb_datum **rest, struct errmsg *err)
{
	struct ovsdb_type any = ctl_type_any_number(type);
	struct ovsdb_type keys = ovsdb_type_of_keys(type);
	struct ovsdb_datum *less, *next;
	struct ovsdb_error error;
	bool keys_only = false;
	int ret;

	ret = ovsdb_datum_from_string(&any, text, &db->symbols, &less, &error);
	if (ret && ovsdb_type_is_map(type)) {
		keys_only = true;
		ret = ovsdb_datum_from_string(&keys, text, &db->symbols, &less, &error);
	}
	if (ret)
		return errmsg_set(err, EINVAL, "%s: %s", text, error.details);
	next = ovsdb_datum_subtract(*rest, less, type, keys_only);
	ovsdb_datum_unref(less, keys_only ? &keys : &any);
	ovsdb_datum_unref(*rest, type);
	*rest = next;
	return 0;
}

static int run_remove(struct ctl_db *db, struct ctl_call *call, struct errmsg *err)
{
	const struct ovsdb_column *column;
	struct ovsdb_datum *rest;
	struct ctl_row *row = NULL;
	int ret = find_row_column(db, call, call->args[2], &row, &column, err);

	if (ret || !row)
		return ret;
	rest = ovsdb_datum_ref(ctl_row_get(row, column));
	for (int i = 3; i < call->n_args && !ret; i++)
		ret = remove_one(db, &column->type, call->args[i], &rest, err);
	if (!ret)
		return merge_checked("remove", row, column, rest, err);
	ovsdb_datum_unref(rest, &column->type);
	return ret;
}

static int run_clear(struct ctl_db *db, struct ctl_call *call, struct errmsg *err)
{
	for (int i = 2; i < call->n_args; i++) {
		const struct ovsdb_column *column;
		struct ctl_row *row;
		int ret = find_row_column(db, call, call->args[i], &row, &column, err);

		if (ret || !row)
			return ret;
		if (column->type.n_min)
			return errmsg_set(err, EINVAL, "column %s of table %s can't be empty",
				column->name, row->table->schema->name);
		ctl_txn_set(row, column, ovsdb_datum_alloc(&column->type, 0));
	}
	return 0;
}

static int prepare_create(struct ctl_db *db, const struct ctl_call *call, struct errmsg *err)
{
	struct ctl_db_table *table;

	return ctl_find_table(db, call->args[0], &table, err);
}

static int run_create(struct ctl_db *db, struct ctl_call *call, struct errmsg *err)
{
	const char *id = ctl_call_value(call, "id");
	struct ovsdb_symbol *symbol = NULL;
	struct ctl_db_table *table;
	struct ctl_row *row;
	char text[OVSDB_UUID_LEN + 1];
	int ret = ctl_find_table(db, call->args[0], &table, err);

	if (ret)
		return ret;
	if (id) {
		if (id[0] != '@' || !id[1])
			return errmsg_set(
				err, EINVAL, "the name '%s' of --id must begin with '@'", id);
		symbol = ovsdb_symtab_get(&db->symbols, id + 1);
		if (symbol->created)
			return errmsg_set(err, EINVAL, "%s is given to two records", id);
		symbol->created = true;
	}
	row = ctl_txn_insert(table, symbol ? &symbol->uuid : NULL);
	call->created = ctl_xstrdup(ovsdb_uuid_format(&row->uuid, text));
	for (int i = 1; i < call->n_args && !ret; i++)
		ret = ctl_column_set(db, row, call->args[i], err);
	return ret;
}

static int finish_create(struct ctl_db *db, struct ctl_call *call, struct errmsg *err)
{
	struct ctl_db_table *table;
	struct ovsdb_uuid uuid;
	struct ctl_row *row;
	char text[OVSDB_UUID_LEN + 1];
	int ret = ctl_find_table(db, call->args[0], &table, err);

	if (ret)
		return ret;
	row = ovsdb_uuid_parse(call->created, &uuid) ? ctl_db_row(table, &uuid) : NULL;
	if (row && !ctl_txn_is_kept(db, row))
		fprintf(stderr,
			"%s: warning: nothing refers to the new record of table %s, so it vanishes "
			"at "
			"once\n",
			db->settings->program, table->schema->name);
	/* A row that a later command destroyed has no identifier. */
	ctl_text_printf(
		&call->output, "%s\n", ovsdb_uuid_format(row ? &row->final_uuid : &uuid, text));
	return 0;
}

static int run_destroy(struct ctl_db *db, struct ctl_call *call, struct errmsg *err)
{
	struct ctl_db_table *table;
	struct ctl_row *row;
	int ret = ctl_find_table(db, call->args[0], &table, err);

	if (ret)
		return ret;
	if (ctl_call_has(call, "all")) {
		if (call->n_args > 1)
			return errmsg_set(err, EINVAL, "--all goes without records");
		while ((row = ctl_db_first(table)))
			ctl_txn_delete(row);
		return 0;
	}
	/* No error: scripts give the result of a `find`, which may be empty. */
	if (call->n_args == 1)
		fprintf(stderr, "%s: destroy names no record and has no --all\n",
			db->settings->program);
	for (int i = 1; i < call->n_args; i++) {
		ret = ctl_find_record(db, table, call->args[i], &row, err);
		if (!ret)
			ctl_txn_delete(row);
		else if (ret != -ENOENT || !ctl_call_has(call, "if-exists"))
			return ret;
	}
	return 0;
}

static int run_wait_until(struct ctl_db *db, struct ctl_call *call, struct errmsg *err)
{
	struct ctl_db_table *table;
	struct ctl_row *row;
	int ret = ctl_find_table(db, call->args[0], &table, err);

	if (ret)
		return ret;
	ret = ctl_find_record(db, table, call->args[1], &row, err);
	if (ret) {
		db->try_again = ret == -ENOENT;
		return db->try_again ? 0 : ret;
	}
	for (int i = 2; i < call->n_args; i++) {
		bool yes = false;

		ret = ctl_column_test(db, row, call->args[i], &yes, err);
		if (ret)
			return ret;
		if (!yes)
			db->try_again = true;
	}
	return 0;
}

static int do_nothing(struct ctl_db *db, struct ctl_call *call, struct errmsg *err)
{
	return 0;
}

static int prepare_nothing(struct ctl_db *db, const struct ctl_call *call, struct errmsg *err)
{
	return 0;
}

static const struct ctl_command commands[] = {
	{"get", "if-exists id=", "TABLE RECORD [COLUMN[:KEY]]...", 2, CTL_ARGS_MANY,
		CTL_TARGET_DATABASE, "print columns of a record",
		"Prints each column, or the value that it has for the key, on a line. With "
		"--if-exists a missing record prints nothing and a missing key an empty line. With "
		"--id=@NAME the other commands of the command line can refer to the record as "
		"@NAME.",
		prepare_columns, run_get},
	{"set", "if-exists", "TABLE RECORD COLUMN[:KEY]=VALUE...", 3, CTL_ARGS_MANY,
		CTL_TARGET_DATABASE, "change columns of a record",
		"Gives each column the value, or, with a key, gives the map that value for the key "
		"and leaves its other keys alone. With --if-exists a missing record is passed "
		"over.",
		prepare_columns, run_set},
	{"list", "if-exists columns=", "TABLE [RECORD]...", 1, CTL_ARGS_MANY, CTL_TARGET_DATABASE,
		"print records of a table",
		"Prints the named records, or all of the table, with all columns or those of "
		"--columns=COLUMN[,COLUMN]... in that order. With --if-exists a missing record is "
		"passed over.",
		ctl_list_prepare, ctl_list_run},
	{"find", "columns=", "TABLE [COLUMN[:KEY]=VALUE]...", 1, CTL_ARGS_MANY, CTL_TARGET_DATABASE,
		"print the records that satisfy conditions",
		"Prints, as list does, the records that satisfy all conditions. Besides = the "
		"operators are != < > <= >=, which compare sets by their number of elements first, "
		"and the set operators {=} {!=} {<} {<=} {>} {>=} {in} {not-in}. A condition with "
		"a key that the record doesn't have is false for the former and compares with the "
		"empty set for the latter.",
		ctl_find_prepare, ctl_find_run},
	{"add", "if-exists", "TABLE RECORD COLUMN [KEY=]VALUE...", 4, CTL_ARGS_MANY,
		CTL_TARGET_DATABASE, "add values to a column that has several",
		"Adds the values to a set, or the pairs to a map. A key that the map has keeps its "
		"value.",
		prepare_one_column, run_add},
	{"remove", "if-exists", "TABLE RECORD COLUMN KEY|VALUE|KEY=VALUE...", 4, CTL_ARGS_MANY,
		CTL_TARGET_DATABASE, "take values out of a column",
		"Takes the values out of a set; out of a map the keys, or the pairs where key and "
		"value are as given. What isn't there is passed over.",
		prepare_one_column, run_remove},
	{"clear", "if-exists", "TABLE RECORD COLUMN...", 3, CTL_ARGS_MANY, CTL_TARGET_DATABASE,
		"empty columns of a record",
		"Makes each column, which must be one that may be empty, an empty set or map.",
		prepare_columns, run_clear},
	{"create", "id=", "TABLE COLUMN[:KEY]=VALUE...", 2, CTL_ARGS_MANY, CTL_TARGET_DATABASE,
		"make a record",
		"Makes a record with these values and prints its identifier. With --id=@NAME the "
		"other commands of the command line, before it and after, can refer to it as "
		"@NAME. A record of most tables vanishes at once when no other refers to it.",
		prepare_create, run_create, finish_create},
	{"destroy", "if-exists all", "TABLE [RECORD]...", 1, CTL_ARGS_MANY, CTL_TARGET_DATABASE,
		"delete records",
		"Deletes the records, with --all every record of the table. Only records of tables "
		"that live without being referred to (QoS, Queue) can be deleted; others vanish by "
		"themselves when nothing refers to them.",
		prepare_records, run_destroy},
	{"wait-until", "", "TABLE RECORD [COLUMN[:KEY]=VALUE]...", 2, CTL_ARGS_MANY,
		CTL_TARGET_DATABASE, "wait for a record to satisfy conditions",
		"Waits until the record exists and satisfies all conditions, which are as for "
		"find. Give it before the commands that rely on it, and limit it with --timeout.",
		prepare_columns, run_wait_until},
	{"comment", "", "[ARG]...", 0, CTL_ARGS_MANY, CTL_TARGET_DATABASE,
		"write something into the log of the database",
		"Changes nothing; its arguments stand in the log of the database with the change "
		"that the other commands make.",
		prepare_nothing, do_nothing},
};

struct ctl_command_group ctl_database_commands(void)
{
	return (struct ctl_command_group){"Database", commands, CTL_ARRAY_SIZE(commands)};
}
