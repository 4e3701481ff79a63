/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of a table by the values of an index's columns. It follows the current versions, so
 * while a transaction is being made several rows may have the same values; whether they still do
 * at its end is what a commit asks. The thread that owns the database.
 */
#ifndef VSWITCHD_OVSDB_INDEX_H
#define VSWITCHD_OVSDB_INDEX_H

#include "vswitchd/ovsdb_key.h"
#include "vswitchd/ovsdb_row.h"

struct ovsdb_index_entry {
	struct ovsdb_row **rows;
	unsigned int n_rows;
	size_t key_len;
	UT_hash_handle hh;
	unsigned char key[];
};

struct ovsdb_index {
	const struct ovsdb_index_schema *schema;
	struct ovsdb_index_entry *entries;
	struct ovsdb_key scratch;
};

void ovsdb_index_clear(struct ovsdb_index *index);

/* `version` says what values the row goes by. */
void ovsdb_index_add(
	struct ovsdb_index *index, struct ovsdb_row *row, const struct ovsdb_version *version);
void ovsdb_index_remove(
	struct ovsdb_index *index, struct ovsdb_row *row, const struct ovsdb_version *version);

/* The rows that go by the values of `version`; valid until the index changes. */
const struct ovsdb_index_entry *ovsdb_index_find(
	struct ovsdb_index *index, const struct ovsdb_version *version);

/* The same for an index of one column. */
const struct ovsdb_index_entry *ovsdb_index_find_datum(
	struct ovsdb_index *index, const struct ovsdb_datum *datum);

#endif
