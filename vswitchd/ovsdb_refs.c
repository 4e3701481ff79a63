/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/ovsdb_refs.h"

#include "vswitchd/ovsdb_alloc.h"
#include "vswitchd/ovsdb_datum.h"
#include "vswitchd/ovsdb_hash.h"

void ovsdb_row_list_push(struct ovsdb_row_list *list, struct ovsdb_row *row)
{
	if (list->n == list->room) {
		list->room = list->room ? list->room * 2 : 16;
		list->rows = ovsdb_realloc_pointers(list->rows, list->room);
	}
	list->rows[list->n++] = row;
}

/* A row that refers to thousands of rows which all go is looked over once, not once for each. */
static void push_dangling(struct ovsdb_refs_work *work, struct ovsdb_row *row)
{
	if (row->is_dangling)
		return;
	row->is_dangling = true;
	ovsdb_row_list_push(&work->dangling, row);
}

struct ovsdb_row *ovsdb_refs_pop_dangling(struct ovsdb_refs_work *work)
{
	struct ovsdb_row *row;

	if (!work->dangling.n)
		return NULL;
	row = work->dangling.rows[--work->dangling.n];
	row->is_dangling = false;
	return row;
}

void ovsdb_refs_work_clear(struct ovsdb_refs_work *work)
{
	while (ovsdb_refs_pop_dangling(work))
		continue;
	free(work->unreferenced.rows);
	free(work->dangling.rows);
}

static void add_weak(struct ovsdb_row *to, struct ovsdb_row *source)
{
	struct ovsdb_weak_ref *ref;

	HASH_FIND_PTR(to->weak, &source, ref);
	if (!ref) {
		ref = ovsdb_zalloc(1, sizeof(*ref));
		ref->source = source;
		HASH_ADD_PTR(to->weak, source, ref);
	}
	ref->count++;
}

static void remove_weak(struct ovsdb_row *to, struct ovsdb_row *source)
{
	struct ovsdb_weak_ref *ref;

	HASH_FIND_PTR(to->weak, &source, ref);
	if (ref && !--ref->count) {
		HASH_DEL(to->weak, ref);
		free(ref);
	}
}

static void broken_reference(const struct ovsdb_row *source, const struct ovsdb_column *column,
	const struct ovsdb_base_type *base, const struct ovsdb_uuid *uuid,
	struct ovsdb_refs_work *work)
{
	char from[OVSDB_UUID_LEN + 1], to[OVSDB_UUID_LEN + 1];

	if (!work || work->broken)
		return;
	work->broken = true;
	ovsdb_error_set(work->err, OVSDB_E_REFERENCE,
		"%s row %s: column %s refers to row %s, which table %s doesn't have",
		source->table->schema->name, ovsdb_uuid_format(&source->uuid, from), column->name,
		ovsdb_uuid_format(uuid, to), base->uuid.ref_table_name);
}

/* A reference of `source` comes. One to a row that this same transaction deletes is counted, so
 * that the deletion is what gets refused. */
static void add_ref(struct ovsdb_row *source, const struct ovsdb_column *column,
	const struct ovsdb_base_type *base, const struct ovsdb_uuid *uuid,
	struct ovsdb_refs_work *work)
{
	struct ovsdb_table *table = ovsdb_db_ref_table(source->table->db, base);
	struct ovsdb_row *to = table ? ovsdb_table_find(table, uuid) : NULL;

	if (!table)
		return;
	if (base->uuid.weak) {
		if (to)
			add_weak(to, source);
		if (work && (!to || !to->current))
			push_dangling(work, source);
	} else {
		if (to && to != source)
			to->n_strong++;
		if (!to || (!to->current && !to->open))
			broken_reference(source, column, base, uuid, work);
	}
}

static void remove_ref(struct ovsdb_row *source, const struct ovsdb_base_type *base,
	const struct ovsdb_uuid *uuid, struct ovsdb_refs_work *work)
{
	struct ovsdb_table *table = ovsdb_db_ref_table(source->table->db, base);
	struct ovsdb_row *to = table ? ovsdb_table_find(table, uuid) : NULL;

	if (!to)
		return;
	if (base->uuid.weak) {
		remove_weak(to, source);
	} else if (to != source) {
		to->n_strong--;
		if (work && !to->n_strong)
			ovsdb_row_list_push(&work->unreferenced, to);
	}
}

static void add_pair(struct ovsdb_row *source, const struct ovsdb_column *column,
	const struct ovsdb_datum *datum, unsigned int i, struct ovsdb_refs_work *work)
{
	add_ref(source, column, &column->type.key, &datum->keys[i].uuid, work);
	if (datum->values)
		add_ref(source, column, &column->type.value, &datum->values[i].uuid, work);
}

static void remove_pair(struct ovsdb_row *source, const struct ovsdb_column *column,
	const struct ovsdb_datum *datum, unsigned int i, struct ovsdb_refs_work *work)
{
	remove_ref(source, &column->type.key, &datum->keys[i].uuid, work);
	if (datum->values)
		remove_ref(source, &column->type.value, &datum->values[i].uuid, work);
}

/* Only what differs is counted: a bridge with thousands of ports gets one more often. */
static void count_column(struct ovsdb_row *row, const struct ovsdb_column *column,
	const struct ovsdb_datum *old, const struct ovsdb_datum *new, struct ovsdb_refs_work *work)
{
	unsigned int n_old = old ? old->n : 0, n_new = new ? new->n : 0;
	unsigned int i = 0, j = 0;

	while (i < n_old || j < n_new) {
		unsigned int same =
			old && new ? ovsdb_datum_common(old, i, new, j, &column->type) : 0;
		int order;

		i += same;
		j += same;
		if (i == n_old && j == n_new)
			break;
		order = i == n_old   ? 1
			: j == n_new ? -1
				     : ovsdb_atom_compare(
					       column->type.key.type, &old->keys[i], &new->keys[j]);
		if (order < 0) {
			remove_pair(row, column, old, i++, work);
		} else if (order > 0) {
			add_pair(row, column, new, j++, work);
		} else {
			/* A map's key with another value. */
			add_pair(row, column, new, j++, work);
			remove_pair(row, column, old, i++, work);
		}
	}
}

void ovsdb_refs_count(
	struct ovsdb_txn_row *txn_row, struct ovsdb_version *version, struct ovsdb_refs_work *work)
{
	struct ovsdb_row *row = txn_row->row;
	const struct ovsdb_table_schema *schema = row->table->schema;
	const struct ovsdb_version *before = txn_row->counted;
	struct ovsdb_weak_ref *ref, *next;

	txn_row->counted = version;
	for (unsigned int i = 0; i < schema->n_columns; i++) {
		const struct ovsdb_datum *old = before ? before->fields[i] : NULL;
		const struct ovsdb_datum *new = version ? version->fields[i] : NULL;

		if (schema->columns[i].refers && old != new)
			count_column(row, &schema->columns[i], old, new, work);
	}
	if (version || !work)
		return;
	HASH_ITER (hh, row->weak, ref, next)
		push_dangling(work, ref->source);
}
