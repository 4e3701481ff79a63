/* SPDX-License-Identifier: Apache-2.0 */
/* Changes to columns in place (RFC 7047 section 5.1, <mutation>). The thread of the database. */
#ifndef VSWITCHD_OVSDB_MUTATION_H
#define VSWITCHD_OVSDB_MUTATION_H

#include "vswitchd/ovsdb_txn.h"

enum ovsdb_mutator {
	OVSDB_M_ADD,
	OVSDB_M_SUB,
	OVSDB_M_MUL,
	OVSDB_M_DIV,
	OVSDB_M_MOD,
	OVSDB_M_INSERT,
	OVSDB_M_DELETE,
};

struct ovsdb_mutation {
	enum ovsdb_mutator mutator;
	const struct ovsdb_column *column;
	struct ovsdb_type type; /* of the argument: refers to the column's */
	struct ovsdb_datum *argument;
};

struct ovsdb_mutations {
	struct ovsdb_mutation *list;
	unsigned int n;
};

/* Parses an array of mutations. 0 or -EINVAL; the caller clears it. */
int ovsdb_mutations_from_json(struct ovsdb_mutations *mutations,
	const struct ovsdb_table_schema *table, const json_t *json, struct ovsdb_symtab *symtab,
	struct ovsdb_error *err);
void ovsdb_mutations_clear(struct ovsdb_mutations *mutations);

/* Applies them in order. 0 or -EINVAL, some being applied: the transaction is to be aborted. */
int ovsdb_mutations_apply(const struct ovsdb_mutations *mutations, struct ovsdb_txn *txn,
	struct ovsdb_row *row, struct ovsdb_error *err);

#endif
