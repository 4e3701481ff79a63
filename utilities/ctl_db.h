/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of the database that the commands read: a copy of the wanted columns, kept current by
 * a monitor, and on top of it the changes of the transaction under way (ctl_txn.h).
 *
 * One thread. Functions return 0 or -errno with the reason in `err`; rows and values are borrowed
 * until the next ctl_db_refresh() or ctl_txn_ call that changes them.
 */
#ifndef UTILITIES_CTL_DB_H
#define UTILITIES_CTL_DB_H

#include <stdbool.h>
#include <uthash.h>

#include "datapath/errmsg.h"
#include "utilities/ctl_args.h"
#include "utilities/ctl_rpc.h"
#include "vswitchd/ovsdb_datum.h"
#include "vswitchd/ovsdb_schema.h"
#include "vswitchd/ovsdb_symtab.h"

#define CTL_DB_NAME "Open_vSwitch"

struct ctl_db_table;

struct ctl_row {
	struct ovsdb_uuid uuid;
	struct ctl_db_table *table;
	/* Values by column index: what the server has (NULL for a new row and for a column that
	 * isn't watched), and what this transaction makes of it (NULL: unchanged). */
	struct ovsdb_datum **stored;
	struct ovsdb_datum **changed;
	/* By column index: must still have the stored value when the transaction commits; is
	 * written whole rather than as a difference. */
	bool *verified;
	bool *replaced;
	bool inserted;
	bool deleted;
	struct ovsdb_uuid final_uuid; /* of an inserted row, after the commit */
	char *name;                   /* the key of by_name; NULL while it isn't in there */
	UT_hash_handle hh;
	UT_hash_handle by_name;
};

struct ctl_db_table {
	const struct ovsdb_table_schema *schema;
	bool *wanted; /* by column index */
	bool watched;
	const struct ovsdb_column *name; /* what names a row for a person; may be NULL */
	struct ctl_row *rows;
	struct ctl_row *by_name; /* those that have a name and aren't deleted */
};

/* "No row of this table has this value", to be checked by the server at the commit. */
struct ctl_absence {
	const struct ovsdb_table_schema *table;
	const struct ovsdb_column *column;
	json_t *value;
};

struct ctl_db {
	const struct ctl_settings *settings;
	struct ctl_rpc *rpc;
	struct ovsdb_schema *schema;
	struct ctl_db_table *tables; /* in the order of the schema */
	unsigned long n_updates;     /* notifications that the monitor has brought */

	/* The transaction under way. */
	struct ovsdb_symtab symbols;
	struct ctl_absence *absences;
	size_t n_absences;
	int64_t next_cfg; /* to wait for after the commit, -1 for nothing */
	bool try_again;   /* a command can't go on before the database changes */
};

/* Connects and reads the schema. The struct must be closed whatever the result. */
int ctl_db_open(struct ctl_db *db, const struct ctl_settings *settings, struct errmsg *err);
void ctl_db_close(struct ctl_db *db);

/* Sets up from a schema without a server: for tests. Takes over `schema`. */
void ctl_db_init(
	struct ctl_db *db, const struct ctl_settings *settings, struct ovsdb_schema *schema);

/* The table of exactly that name; NULL when the database has none. */
struct ctl_db_table *ctl_db_table(struct ctl_db *db, const char *name);

/* Before ctl_db_watch(): asks for a column; for the columns of these exact names (separated by
 * spaces), where _want passes over what the database hasn't, and _need says -EPROTO. */
void ctl_db_want(struct ctl_db_table *table, const struct ovsdb_column *column);
void ctl_db_want_named(struct ctl_db *db, const char *table, const char *columns);
int ctl_db_need_named(
	struct ctl_db *db, const char *table, const char *columns, struct errmsg *err);

/* Starts the monitor and takes in the first contents. */
int ctl_db_watch(struct ctl_db *db, struct errmsg *err);

/* Waits for the next update of a watched column; -ETIMEDOUT past the deadline. */
int ctl_db_wait(struct ctl_db *db, struct errmsg *err);

/* Sends a request of RFC 7047 and waits for the result, a new reference. Steals `params`. */
int ctl_db_call(
	struct ctl_db *db, const char *method, json_t *params, json_t **result, struct errmsg *err);

/* Takes in the <table-updates> of RFC 7047 section 4.1.6. */
int ctl_db_apply(struct ctl_db *db, const json_t *updates, struct errmsg *err);

/* The current value, seen through the transaction. The column must be watched or the row new. */
const struct ovsdb_datum *ctl_row_get(const struct ctl_row *row, const struct ovsdb_column *column);

/* The same by the column's exact name; NULL when the database hasn't that column. */
const struct ovsdb_datum *ctl_row_get_named(const struct ctl_row *row, const char *column);

/* The text of a string column with at most one value, NULL when it is empty. */
const char *ctl_row_text(const struct ctl_row *row, const char *column);

/* The rows that aren't deleted, in no order; NULL at the end. */
struct ctl_row *ctl_db_first(const struct ctl_db_table *table);
struct ctl_row *ctl_db_next(const struct ctl_row *row);

/* The row with that identifier, unless it is deleted; NULL. */
struct ctl_row *ctl_db_row(struct ctl_db_table *table, const struct ovsdb_uuid *uuid);

/* A row of that name, unless it is deleted; NULL. */
struct ctl_row *ctl_db_row_by_name(const struct ctl_db_table *table, const char *name);

/* After the name of a row has changed, or whether it is deleted. */
void ctl_row_index(struct ctl_row *row);

/* The rows that aren't deleted, ordered by name where the table has names, else by identifier.
 * The caller frees the array, which ends in NULL. */
struct ctl_row **ctl_db_rows(struct ctl_db_table *table, size_t *n);

/* The column whose value names a row for a person: "name", else what an index has; or NULL. */
const struct ovsdb_column *ctl_db_name_column(const struct ovsdb_table_schema *table);

/* The only row of table Open_vSwitch; NULL when there is none. */
struct ctl_row *ctl_db_root(struct ctl_db *db);

/* A row of the table without values; takes it out again. NULL is accepted. */
struct ctl_row *ctl_row_new(struct ctl_db_table *table, const struct ovsdb_uuid *uuid);
void ctl_row_free(struct ctl_row *row);

#endif
