/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The type of a column with its constraints (RFC 7047 section 3.2, <type> and <base-type>).
 * Any thread.
 */
#ifndef VSWITCHD_OVSDB_TYPE_H
#define VSWITCHD_OVSDB_TYPE_H

#include <limits.h>

#include "vswitchd/ovsdb_atom.h"

#define OVSDB_UNLIMITED UINT_MAX

struct ovsdb_datum;
struct ovsdb_table_schema;

struct ovsdb_base_type {
	enum ovsdb_atomic type;
	struct ovsdb_datum *allowed; /* the enumeration, or NULL when any value will do */
	union {
		struct {
			int64_t min, max;
		} integer;
		struct {
			double min, max;
		} real;
		struct {
			unsigned int min_chars, max_chars;
		} string;
		struct {
			char *ref_table_name; /* NULL for an identifier that refers to nothing */
			const struct ovsdb_table_schema *ref_table; /* set by the schema */
			bool weak;
		} uuid;
	};
};

struct ovsdb_type {
	struct ovsdb_base_type key;
	struct ovsdb_base_type value; /* of type OVSDB_VOID unless a map */
	unsigned int n_min;           /* 0 or 1 */
	unsigned int n_max;           /* at least 1; OVSDB_UNLIMITED */
};

/* Parses <type>. 0 or -EINVAL; the caller clears `type` after success. */
int ovsdb_type_from_json(struct ovsdb_type *type, const json_t *json, struct ovsdb_error *err);

/* A new reference, in the shortest form. */
json_t *ovsdb_type_to_json(const struct ovsdb_type *type);

void ovsdb_type_clear(struct ovsdb_type *type);

/* Sets `base` to `type` without constraints. */
void ovsdb_base_type_init(struct ovsdb_base_type *base, enum ovsdb_atomic type);

/* A set type of any number of elements like `type`'s keys; refers to, and must not outlive, it. */
struct ovsdb_type ovsdb_type_of_keys(const struct ovsdb_type *type);

/* 0, or -EINVAL with a constraint violation. */
int ovsdb_base_type_check(
	const struct ovsdb_base_type *base, const union ovsdb_atom *atom, struct ovsdb_error *err);

static inline bool ovsdb_type_is_map(const struct ovsdb_type *type)
{
	return type->value.type != OVSDB_VOID;
}

static inline bool ovsdb_type_is_scalar(const struct ovsdb_type *type)
{
	return !ovsdb_type_is_map(type) && type->n_min == 1 && type->n_max == 1;
}

static inline bool ovsdb_base_type_is_strong(const struct ovsdb_base_type *base)
{
	return base->type == OVSDB_UUID && base->uuid.ref_table_name && !base->uuid.weak;
}

static inline bool ovsdb_base_type_is_weak(const struct ovsdb_base_type *base)
{
	return base->type == OVSDB_UUID && base->uuid.ref_table_name && base->uuid.weak;
}

#endif
