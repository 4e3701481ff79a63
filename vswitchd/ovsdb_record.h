/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Transactions as the records of a standalone database file (ovsdb(5)): what to write for one,
 * and how to read it back. Framing, hashing and the file are others' work. The thread that owns
 * the database.
 */
#ifndef VSWITCHD_OVSDB_RECORD_H
#define VSWITCHD_OVSDB_RECORD_H

#include "vswitchd/ovsdb_txn.h"

/* The record of a prepared transaction, stamped with `now_ms` (since 1970); a new reference. NULL
 * when there is nothing to write, as only ephemeral columns changed. */
json_t *ovsdb_txn_record(const struct ovsdb_txn *txn, int64_t now_ms);

/*
 * One record that makes the whole database out of an empty one, pending transactions included: it
 * can replace the file once the records of those are on disk. `comment` may be NULL.
 */
json_t *ovsdb_db_snapshot(const struct ovsdb_db *db, int64_t now_ms, const char *comment);

/*
 * Applies a record and commits it; differences and whole values are understood. With
 * `skip_unknown`, tables and columns that the schema doesn't have are passed over, else they are
 * errors. 0, or -EINVAL with nothing changed. No transaction may be open or pending.
 */
int ovsdb_record_apply(
	struct ovsdb_db *db, const json_t *record, bool skip_unknown, struct ovsdb_error *err);

#endif
