/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a person names tables, columns and records: abbreviated, in any case, records by name or by
 * the first digits of their identifier. One thread. 0 or -errno with the reason in `err`.
 */
#ifndef UTILITIES_CTL_RECORD_H
#define UTILITIES_CTL_RECORD_H

#include "utilities/ctl_db.h"

/* The table or column that `name` is, in any case, with "-" for "_", or is the one short form of.
 * -ENOENT for none, -EINVAL for several. The column may be "_uuid". */
int ctl_find_table(
	struct ctl_db *db, const char *name, struct ctl_db_table **table, struct errmsg *err);
int ctl_find_column(const struct ctl_db_table *table, const char *name,
	const struct ovsdb_column **column, struct errmsg *err);

/* Before the watch: asks for the columns by which ctl_find_record() finds records of `table`. */
void ctl_want_record_names(struct ctl_db *db, struct ctl_db_table *table);

/* The record that `id` names: -ENOENT for none, -EINVAL for several. */
int ctl_find_record(struct ctl_db *db, struct ctl_db_table *table, const char *id,
	struct ctl_row **row, struct errmsg *err);

#endif
