/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values as a person types and reads them, in the way of ovs-vsctl(8): `10,20`, `[a, b]`,
 * `{key=value}`, quoted strings with JSON's escapes, `1-5` for a run of integers in a set, @name
 * for a row that the same transaction inserts. Any thread.
 */
#ifndef VSWITCHD_OVSDB_DATUM_STRING_H
#define VSWITCHD_OVSDB_DATUM_STRING_H

#include "vswitchd/ovsdb_datum.h"

/* Takes the next word of *text and moves past it: up to a space or one of : = , [ ] { } ! < >
 * outside double quotes. The word keeps its quotes. 0 and a string to free(); -EINVAL for an open
 * quote or an empty word. */
int ovsdb_token_parse(const char **text, char **token, struct ovsdb_error *err);

/* All of `text` as one atom, checked against the constraints: the VALUE of `column:key=VALUE`
 * may have spaces and delimiters unquoted. `symtab` takes the names with @, NULL refuses them. */
int ovsdb_atom_from_string(const struct ovsdb_base_type *base, const char *text,
	struct ovsdb_symtab *symtab, union ovsdb_atom *atom, struct ovsdb_error *err);

/* All of `text` as a set or map. 0 or -EINVAL. */
int ovsdb_datum_from_string(const struct ovsdb_type *type, const char *text,
	struct ovsdb_symtab *symtab, struct ovsdb_datum **datum, struct ovsdb_error *err);

/* Text to free(). A string is quoted where it would be read as something else. */
char *ovsdb_atom_to_string(enum ovsdb_atomic type, const union ovsdb_atom *atom);
char *ovsdb_datum_to_string(const struct ovsdb_datum *datum, const struct ovsdb_type *type);

/* The same without brackets and quotes, elements parted by spaces: for scripts. */
char *ovsdb_datum_to_bare_string(const struct ovsdb_datum *datum, const struct ovsdb_type *type);

#endif
