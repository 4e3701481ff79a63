/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Transactions. One is made (open), then prepared: references counted, garbage collected,
 * constraints checked (RFC 7047 sections 3.2 and 5.1). A prepared transaction is applied to the
 * current versions and waits for the disk; several may wait. They are committed oldest first, or,
 * when the disk failed, aborted newest first. The thread that owns the database.
 */
#ifndef VSWITCHD_OVSDB_TXN_H
#define VSWITCHD_OVSDB_TXN_H

#include "vswitchd/ovsdb_db.h"

struct ovsdb_txn_row {
	struct ovsdb_row *row;
	struct ovsdb_version *old;     /* NULL: inserted */
	struct ovsdb_version *new;     /* NULL: deleted */
	struct ovsdb_version *counted; /* what the counts of references stand for */
};

struct ovsdb_txn {
	struct ovsdb_db *db;
	struct ovsdb_txn_row **rows; /* each row once; once prepared, only what really changed */
	unsigned int n_rows;
	struct ovsdb_error *failed;    /* why it can't be prepared, when that is known before */
	char *comment;                 /* comments, a line each; NULL when there is none */
	struct ovsdb_txn *prev, *next; /* in db->pending */
};

/* None may be open. */
struct ovsdb_txn *ovsdb_txn_begin(struct ovsdb_db *db);

/* A new row with defaults. `uuid` may be NULL for a random one; NULL is returned when a row of
 * that identifier is there, or was at the beginning of the transaction. */
struct ovsdb_row *ovsdb_txn_insert(
	struct ovsdb_txn *txn, struct ovsdb_table *table, const struct ovsdb_uuid *uuid);

/* Takes over the reference to `datum`, which obeys the column's type. The row has a current
 * version; whether the column may change is the caller's to know. */
void ovsdb_txn_set(struct ovsdb_txn *txn, struct ovsdb_row *row, const struct ovsdb_column *column,
	struct ovsdb_datum *datum);

void ovsdb_txn_delete(struct ovsdb_txn *txn, struct ovsdb_row *row);

/* A line for the log. */
void ovsdb_txn_comment(struct ovsdb_txn *txn, const char *comment);

/* Ends the making. 0: it is pending, even if it changes nothing. -EINVAL: it breaks a rule; it is
 * still open, and the caller aborts it. */
int ovsdb_txn_prepare(struct ovsdb_txn *txn, struct ovsdb_error *err);

/* Whether a prepared transaction changes nothing (it may still have a comment). */
bool ovsdb_txn_is_empty(const struct ovsdb_txn *txn);

/* Makes the oldest pending transaction final, tells the observers, frees it. */
void ovsdb_txn_commit(struct ovsdb_txn *txn);

/* Undoes and frees the open transaction or the newest pending one. NULL is accepted. */
void ovsdb_txn_abort(struct ovsdb_txn *txn);

/* What a changed row was and is, for observers: columns are equal when their pointers are. */
static inline bool ovsdb_txn_row_changed(
	const struct ovsdb_txn_row *txn_row, const struct ovsdb_column *column)
{
	return !txn_row->old || !txn_row->new ||
	       txn_row->old->fields[column->index] != txn_row->new->fields[column->index];
}

/* For the checks of ovsdb_txn_prepare(): the part that `row` has in the open transaction. */
struct ovsdb_txn_row *ovsdb_txn_touch(struct ovsdb_txn *txn, struct ovsdb_row *row);

#endif
