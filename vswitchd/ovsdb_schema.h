/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Database schemas (RFC 7047 section 3.2): tables, columns, indexes. A schema never changes once
 * made; any thread may read it.
 */
#ifndef VSWITCHD_OVSDB_SCHEMA_H
#define VSWITCHD_OVSDB_SCHEMA_H

#include "vswitchd/ovsdb_type.h"

/* Every table begins with these two columns, which no schema lists. */
#define OVSDB_COLUMN_UUID 0
#define OVSDB_COLUMN_VERSION 1
#define OVSDB_N_IMPLICIT_COLUMNS 2

struct ovsdb_column {
	char *name;
	unsigned int index; /* in its table's `columns` */
	struct ovsdb_type type;
	struct ovsdb_datum *initial; /* what a new row has */
	bool needs_value;            /* its default breaks a constraint of its type */
	bool ephemeral;              /* not written to disk; the implicit columns too */
	bool is_mutable;             /* may be changed once the row is there */
	bool indexed;                /* part of an index */
	bool refers;                 /* has references, strong or weak, to rows */
};

struct ovsdb_index_schema {
	const struct ovsdb_column **columns;
	unsigned int n_columns;
};

struct ovsdb_table_schema {
	char *name;
	unsigned int index; /* in its schema's `tables` */
	struct ovsdb_column *columns;
	unsigned int n_columns;
	const struct ovsdb_column **by_name; /* sorted */
	struct ovsdb_index_schema *indexes;
	unsigned int n_indexes;
	unsigned int max_rows; /* OVSDB_UNLIMITED */
	bool is_root;          /* rows stay though nothing refers to them */
};

struct ovsdb_schema {
	char *name;
	char *version;
	char *cksum; /* as found; NULL when there is none */
	struct ovsdb_table_schema *tables;
	unsigned int n_tables;
	const struct ovsdb_table_schema **by_name; /* sorted */
};

/* Parses and checks <database-schema>. 0 or -EINVAL; the caller destroys it. */
int ovsdb_schema_from_json(
	const json_t *json, struct ovsdb_schema **schema, struct ovsdb_error *err);

/* The reply to get_schema; a new reference. */
json_t *ovsdb_schema_to_json(const struct ovsdb_schema *schema);

void ovsdb_schema_destroy(struct ovsdb_schema *schema);

/* NULL when there is none of that name. */
const struct ovsdb_table_schema *ovsdb_schema_table(
	const struct ovsdb_schema *schema, const char *name);
const struct ovsdb_column *ovsdb_table_schema_column(
	const struct ovsdb_table_schema *table, const char *name);

/* The schema of this program, "Open_vSwitch". It is the caller's to destroy. */
struct ovsdb_schema *ovsdb_schema_builtin(void);

/* Its text, as in the installed vswitch.ovsschema. */
const char *ovsdb_schema_builtin_text(void);

#endif
