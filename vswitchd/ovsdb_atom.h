/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One scalar of the database (RFC 7047 section 5.1, <atom>). The type isn't stored with the value:
 * the column knows it. Any thread.
 */
#ifndef VSWITCHD_OVSDB_ATOM_H
#define VSWITCHD_OVSDB_ATOM_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "vswitchd/ovsdb_error.h"
#include "vswitchd/ovsdb_symtab.h"
#include "vswitchd/ovsdb_uuid.h"

enum ovsdb_atomic {
	OVSDB_VOID, /* the value type of a set */
	OVSDB_INTEGER,
	OVSDB_REAL,
	OVSDB_BOOLEAN,
	OVSDB_STRING,
	OVSDB_UUID,
};

/* A string is a shared, never changed JSON string: parsing, copying and printing cost a count. */
union ovsdb_atom {
	int64_t integer;
	double real;
	bool boolean;
	json_t *string;
	struct ovsdb_uuid uuid;
};

/* "integer" and so on; "void" for OVSDB_VOID. */
const char *ovsdb_atomic_name(enum ovsdb_atomic type);

/* The type of that name; OVSDB_VOID for none. */
enum ovsdb_atomic ovsdb_atomic_from_name(const char *name);

/* 0, 0.0, false, "" or the all-zeros identifier. The caller clears it. */
union ovsdb_atom ovsdb_atom_default(enum ovsdb_atomic type);

/* A string atom of `text`; what is not ASCII becomes "?" unless it is all UTF-8. The caller
 * clears it. */
union ovsdb_atom ovsdb_atom_from_text(const char *text);

/* Another reference to the same value, to be cleared by its owner. */
union ovsdb_atom ovsdb_atom_copy(enum ovsdb_atomic type, const union ovsdb_atom *atom);
void ovsdb_atom_clear(enum ovsdb_atomic type, union ovsdb_atom *atom);

/* Below, equal to or above 0 by the order that sets and maps are kept in. */
int ovsdb_atom_compare(
	enum ovsdb_atomic type, const union ovsdb_atom *a, const union ovsdb_atom *b);

/* The text of a string atom; valid as long as the atom. */
const char *ovsdb_atom_text(const union ovsdb_atom *atom);

/* Parses <atom>; names are looked up in `symtab`, or refused when it is NULL. 0 or -EINVAL. */
int ovsdb_atom_from_json(enum ovsdb_atomic type, const json_t *json, struct ovsdb_symtab *symtab,
	union ovsdb_atom *atom, struct ovsdb_error *err);

/* A new reference. */
json_t *ovsdb_atom_to_json(enum ovsdb_atomic type, const union ovsdb_atom *atom);

#endif
