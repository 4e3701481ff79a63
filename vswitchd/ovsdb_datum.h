/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The value of a column: a set of atoms or a map, sorted and without duplicates (a scalar is a
 * set of one). A datum never changes once made, and is shared by counted references: versions of
 * a row share the columns that didn't change. Operations make new ones. The counts are plain:
 * one thread at a time.
 */
#ifndef VSWITCHD_OVSDB_DATUM_H
#define VSWITCHD_OVSDB_DATUM_H

#include "vswitchd/ovsdb_atom.h"
#include "vswitchd/ovsdb_type.h"

struct ovsdb_datum {
	unsigned int refs;
	unsigned int n;
	union ovsdb_atom *values; /* NULL unless a map; n of them, in this same block of memory */
	union ovsdb_atom keys[];
};

/* A datum of `n` pairs for the caller to fill in and then pass to ovsdb_datum_sort(). */
struct ovsdb_datum *ovsdb_datum_alloc(const struct ovsdb_type *type, unsigned int n);

/* Puts keys in order; -EINVAL for a duplicate key (equal pairs too), the datum being freed. */
int ovsdb_datum_sort(
	struct ovsdb_datum *datum, const struct ovsdb_type *type, struct ovsdb_error *err);

/* Counted references; `type` is the one that it was made with. NULL is accepted by _unref. */
struct ovsdb_datum *ovsdb_datum_ref(const struct ovsdb_datum *datum);
void ovsdb_datum_unref(struct ovsdb_datum *datum, const struct ovsdb_type *type);

/* What a new row has: nothing where the column may be empty, else one default atom. */
struct ovsdb_datum *ovsdb_datum_default(const struct ovsdb_type *type);
bool ovsdb_datum_is_default(const struct ovsdb_datum *datum, const struct ovsdb_type *type);

/* A set of one. The atom is taken over. */
struct ovsdb_datum *ovsdb_datum_from_atom(const struct ovsdb_type *type, union ovsdb_atom atom);

/* Parses <value> (RFC 7047 section 5.1) and checks the type's constraints; names are looked up in
 * `symtab`, or refused when it is NULL. 0 or -EINVAL. */
int ovsdb_datum_from_json(const struct ovsdb_type *type, const json_t *json,
	struct ovsdb_symtab *symtab, struct ovsdb_datum **datum, struct ovsdb_error *err);

/* The same without the limits on the number of elements: for arguments of mutations and diffs. */
int ovsdb_datum_from_json_any(const struct ovsdb_type *type, const json_t *json,
	struct ovsdb_symtab *symtab, struct ovsdb_datum **datum, struct ovsdb_error *err);

/* A new reference. Row names are put for identifiers found in `symtab`, which may be NULL. */
json_t *ovsdb_datum_to_json(const struct ovsdb_datum *datum, const struct ovsdb_type *type);
json_t *ovsdb_datum_to_json_named(const struct ovsdb_datum *datum, const struct ovsdb_type *type,
	const struct ovsdb_symtab *symtab);

/* 0, or -EINVAL with a constraint violation when n is outside the type's limits. */
int ovsdb_datum_check_n(unsigned int n, const struct ovsdb_type *type, struct ovsdb_error *err);

/* A total order, by number of elements first. */
int ovsdb_datum_compare(
	const struct ovsdb_datum *a, const struct ovsdb_datum *b, const struct ovsdb_type *type);
bool ovsdb_datum_equal(
	const struct ovsdb_datum *a, const struct ovsdb_datum *b, const struct ovsdb_type *type);

/* The index of `key`, or -1. */
int ovsdb_datum_find(const struct ovsdb_datum *datum, const struct ovsdb_type *type,
	const union ovsdb_atom *key);

/* The value that a map from strings to strings has for `key`, or NULL. */
const char *ovsdb_datum_get_text(const struct ovsdb_datum *map, const char *key);

/* Whether `a` has each element (pair) of `b`; whether it has none of them. */
bool ovsdb_datum_includes(
	const struct ovsdb_datum *a, const struct ovsdb_datum *b, const struct ovsdb_type *type);
bool ovsdb_datum_excludes(
	const struct ovsdb_datum *a, const struct ovsdb_datum *b, const struct ovsdb_type *type);

/* How many elements (pairs) of `a` from `i` on equal those of `b` from `j` on. */
unsigned int ovsdb_datum_common(const struct ovsdb_datum *a, unsigned int i,
	const struct ovsdb_datum *b, unsigned int j, const struct ovsdb_type *type);

/* Each returns a new reference. Of a key in both maps, union keeps a's value. */
struct ovsdb_datum *ovsdb_datum_union(
	const struct ovsdb_datum *a, const struct ovsdb_datum *b, const struct ovsdb_type *type);

/* `a` without what `b` has: of a map, equal pairs, or with `keys_only` all of b's keys (then `b`
 * may be a set of keys). */
struct ovsdb_datum *ovsdb_datum_subtract(const struct ovsdb_datum *a, const struct ovsdb_datum *b,
	const struct ovsdb_type *type, bool keys_only);

/* What leads from `old` to `new`, as update2 and `_is_diff` have it: elements that are in one
 * only; of a map key in both with different values, the new value; of a scalar (at most one
 * element), the new value whole. */
struct ovsdb_datum *ovsdb_datum_diff(const struct ovsdb_datum *old, const struct ovsdb_datum *new,
	const struct ovsdb_type *type);

/* The other way: `old` changed by `diff`. */
struct ovsdb_datum *ovsdb_datum_apply_diff(const struct ovsdb_datum *old,
	const struct ovsdb_datum *diff, const struct ovsdb_type *type);

#endif
