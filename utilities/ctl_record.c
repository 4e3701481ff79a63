/* SPDX-License-Identifier: Apache-2.0 */
#include "utilities/ctl_record.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "utilities/ctl_text.h"

#define MIN_UUID_PREFIX 4

/* Records that are named after another record which refers to them. */
static const struct {
	const char *table;
	const char *referrer; /* its table */
	const char *column;   /* its column that refers */
} named_by_referrer[] = {
	{"AutoAttach", "Bridge", "auto_attach"},
	{"Controller", "Bridge", "controller"},
	{"IPFIX", "Bridge", "ipfix"},
	{"NetFlow", "Bridge", "netflow"},
	{"QoS", "Port", "qos"},
	{"SSL", "Open_vSwitch", "ssl"},
	{"sFlow", "Bridge", "sflow"},
};

static char fold(char c)
{
	return c == '-' ? '_' : (char)tolower((unsigned char)c);
}

enum likeness { UNLIKE, SHORT, SAME, IDENTICAL };

static enum likeness compare_names(const char *name, const char *given)
{
	size_t i = 0;

	if (!strcmp(name, given))
		return IDENTICAL;
	while (given[i] && fold(name[i]) == fold(given[i]))
		i++;
	if (given[i])
		return UNLIKE;
	return name[i] ? SHORT : SAME;
}

/* Looks for the best match of `given`; collects the names of equally good ones. */
struct name_search {
	const char *given;
	enum likeness best;
	const void *found;
	unsigned int n;
	struct ctl_text names;
};

static void try_name(struct name_search *search, const char *name, const void *object)
{
	enum likeness likeness = compare_names(name, search->given);

	if (likeness == UNLIKE || likeness < search->best)
		return;
	if (likeness > search->best) {
		ctl_text_destroy(&search->names);
		search->n = 0;
	}
	search->best = likeness;
	search->found = object;
	ctl_text_printf(&search->names, "%s%s", search->n++ ? ", " : "", name);
}

int ctl_find_table(
	struct ctl_db *db, const char *name, struct ctl_db_table **table, struct errmsg *err)
{
	struct name_search search = {.given = name};
	int ret = 0;

	for (unsigned int i = 0; i < db->schema->n_tables; i++)
		try_name(&search, db->schema->by_name[i]->name, db->schema->by_name[i]);
	if (!search.n)
		ret = errmsg_set(err, ENOENT, "the database has no table '%s'", name);
	else if (search.n > 1)
		ret = errmsg_set(err, EINVAL, "table '%s' may be any of: %s", name,
			ctl_text_get(&search.names));
	else
		*table = &db->tables[((const struct ovsdb_table_schema *)search.found)->index];
	ctl_text_destroy(&search.names);
	return ret;
}

int ctl_find_column(const struct ctl_db_table *table, const char *name,
	const struct ovsdb_column **column, struct errmsg *err)
{
	const struct ovsdb_table_schema *schema = table->schema;
	struct name_search search = {.given = name};
	int ret = 0;

	for (unsigned int i = 0; i < schema->n_columns; i++) {
		if (schema->by_name[i]->index != OVSDB_COLUMN_VERSION)
			try_name(&search, schema->by_name[i]->name, schema->by_name[i]);
	}
	if (!search.n)
		ret = errmsg_set(err, ENOENT, "table %s has no column '%s'", schema->name, name);
	else if (search.n > 1)
		ret = errmsg_set(err, EINVAL, "column '%s' of table %s may be any of: %s", name,
			schema->name, ctl_text_get(&search.names));
	else
		*column = search.found;
	ctl_text_destroy(&search.names);
	return ret;
}

void ctl_want_record_names(struct ctl_db *db, struct ctl_db_table *table)
{
	const struct ovsdb_column *name = ctl_db_name_column(table->schema);

	table->watched = true;
	if (name)
		ctl_db_want(table, name);
	for (size_t i = 0; i < CTL_ARRAY_SIZE(named_by_referrer); i++) {
		if (!strcmp(named_by_referrer[i].table, table->schema->name)) {
			ctl_db_want_named(db, named_by_referrer[i].referrer, "name");
			ctl_db_want_named(
				db, named_by_referrer[i].referrer, named_by_referrer[i].column);
		}
	}
}

static int several(const struct ctl_db_table *table, const char *id, struct errmsg *err)
{
	return errmsg_set(
		err, EINVAL, "several records of table %s are '%s'", table->schema->name, id);
}

/* By the value of the naming column; "." is the only record of a table without names. */
static int find_by_name(
	struct ctl_db_table *table, const char *id, struct ctl_row **found, struct errmsg *err)
{
	const struct ovsdb_column *column = ctl_db_name_column(table->schema);

	for (struct ctl_row *row = ctl_db_first(table); row; row = ctl_db_next(row)) {
		const struct ovsdb_datum *datum;

		if (column) {
			datum = ctl_row_get(row, column);
			if (!datum->n || strcmp(ovsdb_atom_text(&datum->keys[0]), id) != 0)
				continue;
		} else if (strcmp(id, ".") != 0) {
			continue;
		}
		if (*found)
			return several(table, id, err);
		*found = row;
	}
	return 0;
}

static int find_by_referrer(struct ctl_db *db, struct ctl_db_table *table, const char *id,
	struct ctl_row **found, struct errmsg *err)
{
	for (size_t i = 0; i < CTL_ARRAY_SIZE(named_by_referrer) && !*found; i++) {
		struct ctl_db_table *referrers;
		const struct ovsdb_datum *datum;
		struct ctl_row *referrer = NULL;
		int ret;

		if (strcmp(named_by_referrer[i].table, table->schema->name) != 0)
			continue;
		referrers = ctl_db_table(db, named_by_referrer[i].referrer);
		ret = referrers ? find_by_name(referrers, id, &referrer, err) : 0;
		if (ret)
			return ret;
		datum = referrer ? ctl_row_get_named(referrer, named_by_referrer[i].column) : NULL;
		if (datum && datum->n == 1)
			*found = ctl_db_row(table, &datum->keys[0].uuid);
	}
	return 0;
}

static int find_by_prefix(
	struct ctl_db_table *table, const char *id, struct ctl_row **found, struct errmsg *err)
{
	size_t length = strlen(id);

	if (length < MIN_UUID_PREFIX)
		return 0;
	for (struct ctl_row *row = ctl_db_first(table); row; row = ctl_db_next(row)) {
		char text[OVSDB_UUID_LEN + 1];

		ovsdb_uuid_format(&row->uuid, text);
		if (strncasecmp(text, id, length) != 0)
			continue;
		if (*found)
			return several(table, id, err);
		*found = row;
	}
	return 0;
}

int ctl_find_record(struct ctl_db *db, struct ctl_db_table *table, const char *id,
	struct ctl_row **row, struct errmsg *err)
{
	struct ovsdb_uuid uuid;
	int ret = 0;

	*row = ovsdb_uuid_parse(id, &uuid) ? ctl_db_row(table, &uuid) : NULL;
	if (!*row)
		ret = find_by_referrer(db, table, id, row, err);
	if (!ret && !*row)
		ret = find_by_name(table, id, row, err);
	if (!ret && !*row)
		ret = find_by_prefix(table, id, row, err);
	if (!ret && !*row)
		ret = errmsg_set(
			err, ENOENT, "table %s has no record '%s'", table->schema->name, id);
	return ret;
}
