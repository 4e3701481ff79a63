/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A database in memory: tables of rows, and the transactions that are applied but not yet on
 * disk. One thread owns a database and calls everything here.
 */
#ifndef VSWITCHD_OVSDB_DB_H
#define VSWITCHD_OVSDB_DB_H

#include "vswitchd/ovsdb_index.h"
#include "vswitchd/ovsdb_row.h"

struct ovsdb_db;
struct ovsdb_txn;

struct ovsdb_table {
	struct ovsdb_db *db;
	const struct ovsdb_table_schema *schema;
	struct ovsdb_row *rows; /* by uuid; one may be in neither version, see n_pins */
	unsigned int n_rows;    /* with a current version */
	uint64_t generation;    /* of the database, when this table last changed */
	struct ovsdb_index *indexes;
};

/*
 * Is told of each commit, in order, once the committed versions are the new ones. What it is
 * given lives until it returns; it must not commit or abort. May remove itself.
 */
struct ovsdb_observer {
	void (*committed)(struct ovsdb_observer *observer, const struct ovsdb_txn *txn);
	struct ovsdb_observer *prev, *next;
};

struct ovsdb_db {
	struct ovsdb_schema *schema;
	struct ovsdb_table *tables; /* by their schema's index */
	/* Rises with each commit, and with each abort of what had been applied: whoever acted on
	 * the state at a generation needs to look again only when it is another. */
	uint64_t generation;
	struct ovsdb_txn *open;           /* being made; at most one */
	struct ovsdb_txn *pending;        /* applied, waiting for the disk; the oldest first */
	struct ovsdb_observer *observers; /* in the order of their adding */
};

/* Takes over `schema`. */
struct ovsdb_db *ovsdb_db_create(struct ovsdb_schema *schema);

/* No transaction is open or pending, no observer is left. */
void ovsdb_db_destroy(struct ovsdb_db *db);

/* NULL when there is none of that name. */
struct ovsdb_table *ovsdb_db_table(const struct ovsdb_db *db, const char *name);

/* The table that a column's key or value type refers to, or NULL. */
struct ovsdb_table *ovsdb_db_ref_table(
	const struct ovsdb_db *db, const struct ovsdb_base_type *base);

/* The row of that identifier, whatever versions it has, or NULL. */
struct ovsdb_row *ovsdb_table_find(const struct ovsdb_table *table, const struct ovsdb_uuid *uuid);

/* The index of exactly that column, or NULL. */
struct ovsdb_index *ovsdb_table_index_of(
	const struct ovsdb_table *table, const struct ovsdb_column *column);

void ovsdb_db_add_observer(struct ovsdb_db *db, struct ovsdb_observer *observer);
void ovsdb_db_remove_observer(struct ovsdb_db *db, struct ovsdb_observer *observer);

/* Frees the row once neither a version nor a transaction is left of it. */
void ovsdb_row_release(struct ovsdb_row *row);

#endif
