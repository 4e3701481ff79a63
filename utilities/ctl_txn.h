/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The transaction that the commands of one command line make together.
 *
 * Changes are kept on top of the copy of the database and sent at the commit, with `wait`
 * operations (RFC 7047 section 5.2.6) for everything that a command relied on: when somebody else
 * changed that meanwhile, the commands run anew on what there is then. One thread.
 */
#ifndef UTILITIES_CTL_TXN_H
#define UTILITIES_CTL_TXN_H

#include "utilities/ctl_db.h"

enum ctl_commit {
	CTL_COMMIT_UNCHANGED, /* there was nothing to change, nothing was sent */
	CTL_COMMIT_DONE,
	CTL_COMMIT_AGAIN, /* somebody was faster: run the commands anew after the next update */
};

/* A new row with default values. `uuid` is that of a symbol, or NULL for a fresh one. */
struct ctl_row *ctl_txn_insert(struct ctl_db_table *table, const struct ovsdb_uuid *uuid);
void ctl_txn_delete(struct ctl_row *row);

/*
 * Gives the column a new value, which is stolen. _set writes it whole. _merge writes what differs
 * from the old value, so that a concurrent change of other elements stays.
 */
void ctl_txn_set(struct ctl_row *row, const struct ovsdb_column *column, struct ovsdb_datum *datum);
void ctl_txn_merge(
	struct ctl_row *row, const struct ovsdb_column *column, struct ovsdb_datum *datum);

/* The same by the exact name of a column that the schema must have, from plain values. A NULL
 * text empties the column. */
void ctl_txn_set_text(struct ctl_row *row, const char *column, const char *text);
void ctl_txn_set_integer(struct ctl_row *row, const char *column, int64_t integer);
void ctl_txn_set_boolean(struct ctl_row *row, const char *column, bool boolean);

/* Adds to or takes from a set of references. */
void ctl_txn_add_ref(struct ctl_row *row, const char *column, const struct ctl_row *to);
void ctl_txn_remove_ref(struct ctl_row *row, const char *column, const struct ctl_row *to);

/* The commit is valid only while the column has the value that was read; while no row has that
 * text in that column. */
void ctl_txn_verify(struct ctl_row *row, const struct ovsdb_column *column);
void ctl_txn_verify_named(struct ctl_row *row, const char *column);
void ctl_txn_verify_absent(
	struct ctl_db *db, const char *table, const char *column, const char *text);

/*
 * Commits: `comment` goes to the log of the database. With `bump` the number of the configuration
 * is raised in the same transaction and db->next_cfg says to what. 0 with `*outcome`, or -errno.
 */
int ctl_txn_commit(struct ctl_db *db, const char *comment, bool bump, enum ctl_commit *outcome,
	struct errmsg *err);

/* Whether a change of this transaction refers to the row in a way that keeps it. */
bool ctl_txn_is_kept(struct ctl_db *db, const struct ctl_row *row);

/* Drops all changes. */
void ctl_txn_abort(struct ctl_db *db);

/* The operations that a commit would send, as the parameters of `transact`; for tests too. `*n`
 * is the number of rows changed. */
json_t *ctl_txn_operations(struct ctl_db *db, const char *comment, bool bump, size_t *n);

/* The row that an insert operation of that uuid-name makes, or NULL. */
struct ctl_row *ctl_txn_row_of_name(struct ctl_db_table *table, const char *name);

#endif
