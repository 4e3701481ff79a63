/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the daemon is its own client: reads the committed state of rows and writes columns, by
 * their names in the schema. A column name that isn't in the table, or a column of another type
 * than asked for, is a mistake in the program and ends it. The thread that owns the database.
 *
 * To write: ovsdb_txn_begin(), any of the setters, ovsdb_txn_insert(), ovsdb_txn_delete(), then
 * ovsdb_txn_prepare(); when ovsdb_txn_is_empty(), ovsdb_txn_abort(), else on to the log and
 * ovsdb_txn_commit(). A setter leaves a column alone that has the value already, so that a
 * refresh with nothing new makes an empty transaction.
 */
#ifndef VSWITCHD_OVSDB_ACCESS_H
#define VSWITCHD_OVSDB_ACCESS_H

#include "vswitchd/ovsdb_txn.h"

/* The committed rows of a table, in no particular order. NULL after the last. */
struct ovsdb_row *ovsdb_row_first(const struct ovsdb_table *table);
struct ovsdb_row *ovsdb_row_next(const struct ovsdb_row *row);
#define OVSDB_ROW_FOREACH(ROW, TABLE) \
	for ((ROW) = ovsdb_row_first(TABLE); (ROW); (ROW) = ovsdb_row_next(ROW))

/* The committed row of that identifier, or NULL. */
struct ovsdb_row *ovsdb_row_by_uuid(const struct ovsdb_table *table, const struct ovsdb_uuid *uuid);

/* A committed row whose column, of a string each, is `text`, or NULL. */
struct ovsdb_row *ovsdb_row_by_text(
	const struct ovsdb_table *table, const char *column, const char *text);

/* The committed value whole; as long as the row isn't changed by a commit. */
const struct ovsdb_datum *ovsdb_row_get(const struct ovsdb_row *row, const char *column);

/* The first element of the column; `otherwise` when it is empty. */
const char *ovsdb_row_get_text(
	const struct ovsdb_row *row, const char *column, const char *otherwise);
int64_t ovsdb_row_get_int(const struct ovsdb_row *row, const char *column, int64_t otherwise);
bool ovsdb_row_get_bool(const struct ovsdb_row *row, const char *column, bool otherwise);

/* The value of `key` in a map of strings; `otherwise` when it has none. As an integer (decimal, or
 * hexadecimal with 0x) or a boolean ("true", "false"): also when it is no such thing. */
const char *ovsdb_row_map_text(
	const struct ovsdb_row *row, const char *column, const char *key, const char *otherwise);
int64_t ovsdb_row_map_int(
	const struct ovsdb_row *row, const char *column, const char *key, int64_t otherwise);
bool ovsdb_row_map_bool(
	const struct ovsdb_row *row, const char *column, const char *key, bool otherwise);

/* The number of elements (pairs). */
unsigned int ovsdb_row_n(const struct ovsdb_row *row, const char *column);

/* The committed row that element `i` refers to, by a map's value if that is the reference; NULL
 * when there is no element or no row. */
struct ovsdb_row *ovsdb_row_get_ref(
	const struct ovsdb_row *row, const char *column, unsigned int i);

/*
 * Setters. A value that breaks a constraint of the column makes ovsdb_txn_prepare() fail with
 * the reason; a row that a pending transaction deleted is left alone.
 */
void ovsdb_row_clear(struct ovsdb_txn *txn, struct ovsdb_row *row, const char *column);

/* NULL empties the column. */
void ovsdb_row_set_text(
	struct ovsdb_txn *txn, struct ovsdb_row *row, const char *column, const char *text);
void ovsdb_row_set_int(
	struct ovsdb_txn *txn, struct ovsdb_row *row, const char *column, int64_t integer);
void ovsdb_row_set_bool(
	struct ovsdb_txn *txn, struct ovsdb_row *row, const char *column, bool boolean);

/* The whole set, in any order; duplicates are one. */
void ovsdb_row_set_texts(struct ovsdb_txn *txn, struct ovsdb_row *row, const char *column,
	const char *const *texts, unsigned int n);
void ovsdb_row_set_ints(struct ovsdb_txn *txn, struct ovsdb_row *row, const char *column,
	const int64_t *integers, unsigned int n);
void ovsdb_row_set_refs(struct ovsdb_txn *txn, struct ovsdb_row *row, const char *column,
	struct ovsdb_row *const *refs, unsigned int n);

/* The whole map, in any order; of a key's values the last counts. */
void ovsdb_row_set_map(struct ovsdb_txn *txn, struct ovsdb_row *row, const char *column,
	const char *const *keys, const char *const *values, unsigned int n);
void ovsdb_row_set_map_ints(struct ovsdb_txn *txn, struct ovsdb_row *row, const char *column,
	const char *const *keys, const int64_t *values, unsigned int n);

/* One key of a map of strings; NULL removes it. */
void ovsdb_row_set_map_key(struct ovsdb_txn *txn, struct ovsdb_row *row, const char *column,
	const char *key, const char *value);

#endif
