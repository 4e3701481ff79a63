/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names for rows that a transaction inserts (RFC 7047 section 5.1, <named-uuid>). A name stands
 * for one fresh identifier from its first use on, be it before the insert or after. Any thread.
 */
#ifndef VSWITCHD_OVSDB_SYMTAB_H
#define VSWITCHD_OVSDB_SYMTAB_H

#include <stdbool.h>
#include <uthash.h>

#include "vswitchd/ovsdb_uuid.h"

struct ovsdb_symbol {
	char *name;
	struct ovsdb_uuid uuid;
	bool created; /* set by whoever inserts the row */
	UT_hash_handle by_name;
	UT_hash_handle by_uuid;
};

struct ovsdb_symtab {
	struct ovsdb_symbol *by_name; /* NULL when empty, so that zeroed memory is an empty table */
	struct ovsdb_symbol *by_uuid;
};

/* The symbol of that name, made when it is new. Lives as long as the table. */
struct ovsdb_symbol *ovsdb_symtab_get(struct ovsdb_symtab *symtab, const char *name);

/* Makes a symbol that stands for `uuid`. False when there is one of that name. */
bool ovsdb_symtab_add(struct ovsdb_symtab *symtab, const char *name, const struct ovsdb_uuid *uuid);

/* NULL when there is none. */
struct ovsdb_symbol *ovsdb_symtab_find(const struct ovsdb_symtab *symtab, const char *name);
struct ovsdb_symbol *ovsdb_symtab_find_uuid(
	const struct ovsdb_symtab *symtab, const struct ovsdb_uuid *uuid);

/* Empties the table. */
void ovsdb_symtab_clear(struct ovsdb_symtab *symtab);

#endif
