/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/ovsdb_access.h"

#include <assert.h>
#include <errno.h>

#include "vswitchd/ovsdb_datum.h"

struct ovsdb_row *ovsdb_row_first(const struct ovsdb_table *table)
{
	struct ovsdb_row *row = table->rows;

	return !row || row->committed ? row : ovsdb_row_next(row);
}

struct ovsdb_row *ovsdb_row_next(const struct ovsdb_row *row)
{
	struct ovsdb_row *next = row->hh.next;

	while (next && !next->committed)
		next = next->hh.next;
	return next;
}

struct ovsdb_row *ovsdb_row_by_uuid(const struct ovsdb_table *table, const struct ovsdb_uuid *uuid)
{
	struct ovsdb_row *row = ovsdb_table_find(table, uuid);

	return row && row->committed ? row : NULL;
}

static const struct ovsdb_column *column_of(const struct ovsdb_table *table, const char *name)
{
	const struct ovsdb_column *column = ovsdb_table_schema_column(table->schema, name);

	assert(column);
	return column;
}

static bool has_text(
	const struct ovsdb_row *row, const struct ovsdb_column *column, const char *text)
{
	const struct ovsdb_datum *datum;

	if (!row->committed)
		return false;
	datum = row->committed->fields[column->index];
	return datum->n && !strcmp(ovsdb_atom_text(&datum->keys[0]), text);
}

struct ovsdb_row *ovsdb_row_by_text(
	const struct ovsdb_table *table, const char *column_name, const char *text)
{
	const struct ovsdb_column *column = column_of(table, column_name);
	struct ovsdb_index *index = ovsdb_table_index_of(table, column);
	struct ovsdb_row *row;

	assert(column->type.key.type == OVSDB_STRING);
	if (index) {
		struct ovsdb_datum *datum =
			ovsdb_datum_from_atom(&column->type, ovsdb_atom_from_text(text));
		const struct ovsdb_index_entry *entry = ovsdb_index_find_datum(index, datum);

		ovsdb_datum_unref(datum, &column->type);
		if (entry && has_text(entry->rows[0], column, text))
			return entry->rows[0];
		/* The index follows pending transactions; without any it is the last word. */
		if (!table->db->pending)
			return NULL;
	}
	OVSDB_ROW_FOREACH(row, table)
	{
		if (has_text(row, column, text))
			return row;
	}
	return NULL;
}

const struct ovsdb_datum *ovsdb_row_get(const struct ovsdb_row *row, const char *column)
{
	assert(row->committed);
	return row->committed->fields[column_of(row->table, column)->index];
}

static const struct ovsdb_datum *typed(
	const struct ovsdb_row *row, const char *column, enum ovsdb_atomic type)
{
	assert(column_of(row->table, column)->type.key.type == type);
	return ovsdb_row_get(row, column);
}

const char *ovsdb_row_get_text(
	const struct ovsdb_row *row, const char *column, const char *otherwise)
{
	const struct ovsdb_datum *datum = typed(row, column, OVSDB_STRING);

	return datum->n ? ovsdb_atom_text(&datum->keys[0]) : otherwise;
}

int64_t ovsdb_row_get_int(const struct ovsdb_row *row, const char *column, int64_t otherwise)
{
	const struct ovsdb_datum *datum = typed(row, column, OVSDB_INTEGER);

	return datum->n ? datum->keys[0].integer : otherwise;
}

bool ovsdb_row_get_bool(const struct ovsdb_row *row, const char *column, bool otherwise)
{
	const struct ovsdb_datum *datum = typed(row, column, OVSDB_BOOLEAN);

	return datum->n ? datum->keys[0].boolean : otherwise;
}

const char *ovsdb_row_map_text(
	const struct ovsdb_row *row, const char *column, const char *key, const char *otherwise)
{
	const struct ovsdb_datum *datum = typed(row, column, OVSDB_STRING);
	const char *text;

	assert(column_of(row->table, column)->type.value.type == OVSDB_STRING);
	text = ovsdb_datum_get_text(datum, key);
	return text ? text : otherwise;
}

int64_t ovsdb_row_map_int(
	const struct ovsdb_row *row, const char *column, const char *key, int64_t otherwise)
{
	const char *text = ovsdb_row_map_text(row, column, key, NULL);
	const char *digits = text && text[0] == '-' ? text + 1 : text;
	bool hex = digits && digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
	long long result;
	char *end;

	if (!text)
		return otherwise;
	errno = 0;
	result = strtoll(text, &end, hex ? 16 : 10);
	return end == text || *end || errno ? otherwise : result;
}

bool ovsdb_row_map_bool(
	const struct ovsdb_row *row, const char *column, const char *key, bool otherwise)
{
	const char *text = ovsdb_row_map_text(row, column, key, "");

	return strcmp(text, "true") == 0 || (otherwise && strcmp(text, "false") != 0);
}

unsigned int ovsdb_row_n(const struct ovsdb_row *row, const char *column)
{
	return ovsdb_row_get(row, column)->n;
}

struct ovsdb_row *ovsdb_row_get_ref(
	const struct ovsdb_row *row, const char *column_name, unsigned int i)
{
	const struct ovsdb_column *column = column_of(row->table, column_name);
	const struct ovsdb_datum *datum = ovsdb_row_get(row, column_name);
	struct ovsdb_table *table = ovsdb_db_ref_table(row->table->db, &column->type.value);
	const union ovsdb_atom *atoms = datum->values;

	if (!table) {
		table = ovsdb_db_ref_table(row->table->db, &column->type.key);
		atoms = datum->keys;
	}
	assert(table);
	return i < datum->n ? ovsdb_row_by_uuid(table, &atoms[i].uuid) : NULL;
}
