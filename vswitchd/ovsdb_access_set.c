/* SPDX-License-Identifier: Apache-2.0 */
/* The setters of ovsdb_access.h. */
#include <assert.h>

#include "vswitchd/ovsdb_access.h"
#include "vswitchd/ovsdb_alloc.h"
#include "vswitchd/ovsdb_datum.h"

static const struct ovsdb_column *column_of(
	const struct ovsdb_row *row, const char *name, enum ovsdb_atomic key, bool map)
{
	const struct ovsdb_column *column = ovsdb_table_schema_column(row->table->schema, name);

	assert(column && column->index >= OVSDB_N_IMPLICIT_COLUMNS);
	assert(key == OVSDB_VOID ||
		(column->type.key.type == key && ovsdb_type_is_map(&column->type) == map));
	return column;
}

static int check(
	const struct ovsdb_type *type, const struct ovsdb_datum *datum, struct ovsdb_error *err)
{
	int rc = ovsdb_datum_check_n(datum->n, type, err);

	for (unsigned int i = 0; i < datum->n && !rc; i++) {
		rc = ovsdb_base_type_check(&type->key, &datum->keys[i], err);
		if (!rc && datum->values)
			rc = ovsdb_base_type_check(&type->value, &datum->values[i], err);
	}
	return rc;
}

static void set(struct ovsdb_txn *txn, struct ovsdb_row *row, const struct ovsdb_column *column,
	struct ovsdb_datum *datum)
{
	struct ovsdb_error err;

	if (!row->current) {
		ovsdb_datum_unref(datum, &column->type);
		return;
	}
	if (!check(&column->type, datum, &err)) {
		ovsdb_txn_set(txn, row, column, datum);
		return;
	}
	ovsdb_datum_unref(datum, &column->type);
	if (txn->failed)
		return;
	ovsdb_error_prefix(&err, "table %s: column %s", row->table->schema->name, column->name);
	txn->failed = ovsdb_zalloc(1, sizeof(*txn->failed));
	*txn->failed = err;
}

void ovsdb_row_clear(struct ovsdb_txn *txn, struct ovsdb_row *row, const char *column_name)
{
	const struct ovsdb_column *column = column_of(row, column_name, OVSDB_VOID, false);

	set(txn, row, column, ovsdb_datum_alloc(&column->type, 0));
}

void ovsdb_row_set_text(
	struct ovsdb_txn *txn, struct ovsdb_row *row, const char *column, const char *text)
{
	ovsdb_row_set_texts(txn, row, column, &text, !!text);
}

void ovsdb_row_set_int(
	struct ovsdb_txn *txn, struct ovsdb_row *row, const char *column, int64_t integer)
{
	ovsdb_row_set_ints(txn, row, column, &integer, 1);
}

void ovsdb_row_set_bool(
	struct ovsdb_txn *txn, struct ovsdb_row *row, const char *column_name, bool boolean)
{
	const struct ovsdb_column *column = column_of(row, column_name, OVSDB_BOOLEAN, false);
	union ovsdb_atom atom = {.boolean = boolean};

	set(txn, row, column, ovsdb_datum_from_atom(&column->type, atom));
}

struct element {
	union ovsdb_atom key, value;
	unsigned int order; /* as given, so that of equal keys the last one is known */
};

static int compare_elements(const void *a, const void *b, void *type)
{
	const struct element *x = a, *y = b;
	int order = ovsdb_atom_compare(*(enum ovsdb_atomic *)type, &x->key, &y->key);

	return order ? order : (x->order > y->order) - (x->order < y->order);
}

/* Sorts what is given, keeps the last of equal keys, and sets the column. */
static void set_elements(struct ovsdb_txn *txn, struct ovsdb_row *row,
	const struct ovsdb_column *column, struct element *elements, unsigned int n)
{
	const struct ovsdb_type *type = &column->type;
	enum ovsdb_atomic key = type->key.type;
	struct ovsdb_datum *datum = ovsdb_datum_alloc(type, n);

	qsort_r(elements, n, sizeof(*elements), compare_elements, &key);
	datum->n = 0;
	for (unsigned int i = 0; i < n; i++) {
		if (i + 1 < n && !ovsdb_atom_compare(key, &elements[i].key, &elements[i + 1].key)) {
			ovsdb_atom_clear(key, &elements[i].key);
			ovsdb_atom_clear(type->value.type, &elements[i].value);
			continue;
		}
		datum->keys[datum->n] = elements[i].key;
		if (datum->values)
			datum->values[datum->n] = elements[i].value;
		datum->n++;
	}
	free(elements);
	set(txn, row, column, datum);
}

void ovsdb_row_set_texts(struct ovsdb_txn *txn, struct ovsdb_row *row, const char *column_name,
	const char *const *texts, unsigned int n)
{
	const struct ovsdb_column *column = column_of(row, column_name, OVSDB_STRING, false);
	struct element *elements = ovsdb_zalloc(n, sizeof(*elements));

	for (unsigned int i = 0; i < n; i++)
		elements[i].key = ovsdb_atom_from_text(texts[i]);
	set_elements(txn, row, column, elements, n);
}

void ovsdb_row_set_ints(struct ovsdb_txn *txn, struct ovsdb_row *row, const char *column_name,
	const int64_t *integers, unsigned int n)
{
	const struct ovsdb_column *column = column_of(row, column_name, OVSDB_INTEGER, false);
	struct element *elements = ovsdb_zalloc(n, sizeof(*elements));

	for (unsigned int i = 0; i < n; i++)
		elements[i].key.integer = integers[i];
	set_elements(txn, row, column, elements, n);
}

void ovsdb_row_set_refs(struct ovsdb_txn *txn, struct ovsdb_row *row, const char *column_name,
	struct ovsdb_row *const *refs, unsigned int n)
{
	const struct ovsdb_column *column = column_of(row, column_name, OVSDB_UUID, false);
	struct element *elements = ovsdb_zalloc(n, sizeof(*elements));

	for (unsigned int i = 0; i < n; i++)
		elements[i].key.uuid = refs[i]->uuid;
	set_elements(txn, row, column, elements, n);
}

void ovsdb_row_set_map(struct ovsdb_txn *txn, struct ovsdb_row *row, const char *column_name,
	const char *const *keys, const char *const *values, unsigned int n)
{
	const struct ovsdb_column *column = column_of(row, column_name, OVSDB_STRING, true);
	struct element *elements = ovsdb_zalloc(n, sizeof(*elements));

	assert(column->type.value.type == OVSDB_STRING);
	for (unsigned int i = 0; i < n; i++) {
		elements[i].key = ovsdb_atom_from_text(keys[i]);
		elements[i].value = ovsdb_atom_from_text(values[i]);
		elements[i].order = i;
	}
	set_elements(txn, row, column, elements, n);
}

void ovsdb_row_set_map_ints(struct ovsdb_txn *txn, struct ovsdb_row *row, const char *column_name,
	const char *const *keys, const int64_t *values, unsigned int n)
{
	const struct ovsdb_column *column = column_of(row, column_name, OVSDB_STRING, true);
	struct element *elements = ovsdb_zalloc(n, sizeof(*elements));

	assert(column->type.value.type == OVSDB_INTEGER);
	for (unsigned int i = 0; i < n; i++) {
		elements[i].key = ovsdb_atom_from_text(keys[i]);
		elements[i].value.integer = values[i];
		elements[i].order = i;
	}
	set_elements(txn, row, column, elements, n);
}

void ovsdb_row_set_map_key(struct ovsdb_txn *txn, struct ovsdb_row *row, const char *column_name,
	const char *key, const char *value)
{
	const struct ovsdb_column *column = column_of(row, column_name, OVSDB_STRING, true);
	const struct ovsdb_type *type = &column->type;
	struct ovsdb_datum *datum, *old, *pair;

	assert(type->value.type == OVSDB_STRING);
	if (!row->current)
		return;
	pair = ovsdb_datum_alloc(type, 1);
	pair->keys[0] = ovsdb_atom_from_text(key);
	pair->values[0] = ovsdb_atom_from_text(value ? value : "");
	old = row->current->fields[column->index];
	datum = value ? ovsdb_datum_union(pair, old, type)
		      : ovsdb_datum_subtract(old, pair, type, true);
	ovsdb_datum_unref(pair, type);
	set(txn, row, column, datum);
}
