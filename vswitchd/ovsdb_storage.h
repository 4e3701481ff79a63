/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Brings the database from its file to memory. Control thread at start, log writer later; each on
 * a log and a database of its own.
 */
#ifndef VSWITCHD_OVSDB_STORAGE_H
#define VSWITCHD_OVSDB_STORAGE_H

#include "vswitchd/ovsdb_db.h"
#include "vswitchd/ovsdb_log.h"

/*
 * Opens the database file, or makes one with the schema of this program, its folder included. A
 * file with another version of the schema (Open vSwitch's, or an older one of ours) is taken over:
 * tables and columns that this program doesn't have are left out, and the old file stays beside
 * the new one as "<path>.backup-<version>". Reading ends at the first damaged record, which is
 * logged.
 */
int ovsdb_storage_open(const char *path, struct ovsdb_log **log, struct ovsdb_db **db,
	struct errmsg *err) __attribute__((warn_unused_result));

/*
 * Applies the records behind the schema to `db`. 0 at the end of the file, -EBADMSG at a bad
 * record, which is taken back, with the reason.
 */
int ovsdb_storage_replay(struct ovsdb_log *log, struct ovsdb_db *db, bool skip_unknown,
	struct errmsg *err) __attribute__((warn_unused_result));

/* Puts a log with just `schema` and the state of `db` in the place of `log`. */
int ovsdb_storage_rewrite(struct ovsdb_log *log, const json_t *schema, const struct ovsdb_db *db,
	const char *comment, struct errmsg *err) __attribute__((warn_unused_result));

#endif
