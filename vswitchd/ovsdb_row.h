/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows, and the versions that transactions give them. Of a row there may be two versions at a
 * time: `committed`, which is on disk and which monitors and the daemon see, and `current`, which
 * transactions work on, those that still wait for the disk being applied. The thread that owns
 * the database.
 */
#ifndef VSWITCHD_OVSDB_ROW_H
#define VSWITCHD_OVSDB_ROW_H

#include <uthash.h>

#include "vswitchd/ovsdb_schema.h"

struct ovsdb_table;
struct ovsdb_txn_row;

/* The values of all columns, by the columns' index. Never changes once its transaction left off. */
struct ovsdb_version {
	unsigned int n_fields;
	struct ovsdb_datum *fields[];
};

/* That `source` refers weakly to the row that this hangs on, `count` times. */
struct ovsdb_weak_ref {
	struct ovsdb_row *source;
	unsigned int count;
	UT_hash_handle hh;
};

struct ovsdb_row {
	struct ovsdb_uuid uuid;
	struct ovsdb_table *table;
	struct ovsdb_version *current;   /* NULL: not there */
	struct ovsdb_version *committed; /* NULL: not there */
	struct ovsdb_txn_row *open;      /* its part in the transaction that is being made */
	unsigned int n_pins;             /* transactions that it takes part in, open and pending */
	unsigned int n_strong;           /* strong references from current versions of other rows */
	bool is_dangling; /* listed to have its weak references looked over; see ovsdb_refs.h */
	struct ovsdb_weak_ref *weak; /* hashed by source */
	UT_hash_handle hh;           /* in its table, by uuid */
};

/* All columns at their defaults. */
struct ovsdb_version *ovsdb_version_create(const struct ovsdb_table_schema *table);
struct ovsdb_version *ovsdb_version_clone(const struct ovsdb_version *version);
void ovsdb_version_destroy(struct ovsdb_version *version, const struct ovsdb_table_schema *table);

/* Puts `datum`, whose reference it takes, in the column's place. */
void ovsdb_version_set(struct ovsdb_version *version, const struct ovsdb_column *column,
	struct ovsdb_datum *datum);

/* A list of columns as in "columns" members. */
struct ovsdb_columns {
	const struct ovsdb_column **list;
	unsigned int n;
};

/* Parses an array of names; NULL stands for all columns. 0 or -EINVAL; the caller clears it. */
int ovsdb_columns_from_json(struct ovsdb_columns *columns, const struct ovsdb_table_schema *table,
	const json_t *json, struct ovsdb_error *err);
void ovsdb_columns_clear(struct ovsdb_columns *columns);

/* <row> (RFC 7047 section 5.1) of those columns; a new reference. */
json_t *ovsdb_version_to_json(
	const struct ovsdb_version *version, const struct ovsdb_columns *columns);

/* Parses <row>: values[i] becomes the datum of column i, or stays NULL when the row doesn't name
 * it. `values` has room for all columns, each NULL. 0 or -EINVAL, nothing being left in `values`.
 */
int ovsdb_row_values_from_json(const struct ovsdb_table_schema *table, const json_t *json,
	struct ovsdb_symtab *symtab, struct ovsdb_datum **values, struct ovsdb_error *err);
void ovsdb_row_values_clear(const struct ovsdb_table_schema *table, struct ovsdb_datum **values);

#endif
