/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/ovsdb_symtab.h"

#include "vswitchd/ovsdb_alloc.h"
#include "vswitchd/ovsdb_hash.h"

static void index_by_uuid(struct ovsdb_symtab *symtab, struct ovsdb_symbol *symbol)
{
	HASH_ADD(by_uuid, symtab->by_uuid, uuid, sizeof(symbol->uuid), symbol);
}

bool ovsdb_symtab_add(struct ovsdb_symtab *symtab, const char *name, const struct ovsdb_uuid *uuid)
{
	struct ovsdb_symbol *symbol;

	if (ovsdb_symtab_find(symtab, name))
		return false;
	symbol = ovsdb_zalloc(1, sizeof(*symbol));
	symbol->name = ovsdb_strdup(name);
	symbol->uuid = *uuid;
	HASH_ADD_KEYPTR(by_name, symtab->by_name, symbol->name, strlen(symbol->name), symbol);
	index_by_uuid(symtab, symbol);
	return true;
}

struct ovsdb_symbol *ovsdb_symtab_get(struct ovsdb_symtab *symtab, const char *name)
{
	struct ovsdb_symbol *symbol = ovsdb_symtab_find(symtab, name);
	struct ovsdb_uuid uuid;

	if (symbol)
		return symbol;
	uuid = ovsdb_uuid_generate();
	ovsdb_symtab_add(symtab, name, &uuid);
	return ovsdb_symtab_find(symtab, name);
}

struct ovsdb_symbol *ovsdb_symtab_find(const struct ovsdb_symtab *symtab, const char *name)
{
	struct ovsdb_symbol *symbol;

	HASH_FIND(by_name, symtab->by_name, name, strlen(name), symbol);
	return symbol;
}

struct ovsdb_symbol *ovsdb_symtab_find_uuid(
	const struct ovsdb_symtab *symtab, const struct ovsdb_uuid *uuid)
{
	struct ovsdb_symbol *symbol;

	HASH_FIND(by_uuid, symtab->by_uuid, uuid, sizeof(*uuid), symbol);
	return symbol;
}

void ovsdb_symtab_clear(struct ovsdb_symtab *symtab)
{
	struct ovsdb_symbol *symbol = symtab->by_name, *next;

	HASH_CLEAR(by_uuid, symtab->by_uuid);
	HASH_CLEAR(by_name, symtab->by_name);
	for (; symbol; symbol = next) {
		next = symbol->by_name.next;
		free(symbol->name);
		free(symbol);
	}
}
