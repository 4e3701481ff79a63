/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/ovsdb_datum.h"

#include <errno.h>

#include "vswitchd/ovsdb_alloc.h"

struct ovsdb_datum *ovsdb_datum_alloc(const struct ovsdb_type *type, unsigned int n)
{
	size_t n_atoms = (size_t)n * (ovsdb_type_is_map(type) ? 2 : 1);
	struct ovsdb_datum *datum =
		ovsdb_must(malloc(sizeof(*datum) + n_atoms * sizeof(union ovsdb_atom)));

	datum->refs = 1;
	datum->n = n;
	datum->values = ovsdb_type_is_map(type) ? datum->keys + n : NULL;
	return datum;
}

struct pair {
	union ovsdb_atom key, value;
};

static int compare_pairs(const void *a, const void *b, void *type)
{
	return ovsdb_atom_compare(*(enum ovsdb_atomic *)type, &((const struct pair *)a)->key,
		&((const struct pair *)b)->key);
}

static int compare_keys(const void *a, const void *b, void *type)
{
	return ovsdb_atom_compare(*(enum ovsdb_atomic *)type, a, b);
}

static bool is_sorted(const struct ovsdb_datum *datum, enum ovsdb_atomic type)
{
	for (unsigned int i = 1; i < datum->n; i++) {
		if (ovsdb_atom_compare(type, &datum->keys[i - 1], &datum->keys[i]) >= 0)
			return false;
	}
	return true;
}

static void sort_map(struct ovsdb_datum *datum, enum ovsdb_atomic type)
{
	struct pair *pairs = ovsdb_zalloc(datum->n, sizeof(*pairs));

	for (unsigned int i = 0; i < datum->n; i++) {
		pairs[i].key = datum->keys[i];
		pairs[i].value = datum->values[i];
	}
	qsort_r(pairs, datum->n, sizeof(*pairs), compare_pairs, &type);
	for (unsigned int i = 0; i < datum->n; i++) {
		datum->keys[i] = pairs[i].key;
		datum->values[i] = pairs[i].value;
	}
	free(pairs);
}

int ovsdb_datum_sort(
	struct ovsdb_datum *datum, const struct ovsdb_type *type, struct ovsdb_error *err)
{
	enum ovsdb_atomic key = type->key.type;

	if (is_sorted(datum, key))
		return 0;
	if (datum->values)
		sort_map(datum, key);
	else
		qsort_r(datum->keys, datum->n, sizeof(datum->keys[0]), compare_keys, &key);
	if (is_sorted(datum, key))
		return 0;
	ovsdb_datum_unref(datum, type);
	return ovsdb_error_set(err, OVSDB_E_DUPLICATE, "%s contains a duplicate%s",
		ovsdb_type_is_map(type) ? "the map" : "the set",
		ovsdb_type_is_map(type) ? " key" : "");
}

struct ovsdb_datum *ovsdb_datum_ref(const struct ovsdb_datum *datum)
{
	struct ovsdb_datum *shared = (struct ovsdb_datum *)datum;

	shared->refs++;
	return shared;
}

void ovsdb_datum_unref(struct ovsdb_datum *datum, const struct ovsdb_type *type)
{
	if (!datum || --datum->refs)
		return;
	/* Only strings need it, and sets of references can be long. */
	for (unsigned int i = 0; type->key.type == OVSDB_STRING && i < datum->n; i++)
		json_decref(datum->keys[i].string);
	for (unsigned int i = 0; type->value.type == OVSDB_STRING && i < datum->n; i++)
		json_decref(datum->values[i].string);
	free(datum);
}

struct ovsdb_datum *ovsdb_datum_default(const struct ovsdb_type *type)
{
	struct ovsdb_datum *datum = ovsdb_datum_alloc(type, type->n_min);

	if (datum->n) {
		datum->keys[0] = ovsdb_atom_default(type->key.type);
		if (datum->values)
			datum->values[0] = ovsdb_atom_default(type->value.type);
	}
	return datum;
}

static bool atom_is_default(enum ovsdb_atomic type, const union ovsdb_atom *atom)
{
	union ovsdb_atom plain;
	bool result;

	if (type == OVSDB_STRING)
		return !ovsdb_atom_text(atom)[0];
	plain = ovsdb_atom_default(type);
	result = !ovsdb_atom_compare(type, atom, &plain);
	ovsdb_atom_clear(type, &plain);
	return result;
}

bool ovsdb_datum_is_default(const struct ovsdb_datum *datum, const struct ovsdb_type *type)
{
	if (datum->n != type->n_min)
		return false;
	return !datum->n ||
	       (atom_is_default(type->key.type, &datum->keys[0]) &&
		       (!datum->values || atom_is_default(type->value.type, &datum->values[0])));
}

struct ovsdb_datum *ovsdb_datum_from_atom(const struct ovsdb_type *type, union ovsdb_atom atom)
{
	struct ovsdb_datum *datum = ovsdb_datum_alloc(type, 1);

	datum->keys[0] = atom;
	return datum;
}

static int checked_atom(const struct ovsdb_base_type *base, const json_t *json,
	struct ovsdb_symtab *symtab, union ovsdb_atom *atom, struct ovsdb_error *err)
{
	int rc = ovsdb_atom_from_json(base->type, json, symtab, atom, err);

	if (rc)
		return rc;
	rc = ovsdb_base_type_check(base, atom, err);
	if (rc)
		ovsdb_atom_clear(base->type, atom);
	return rc;
}

static int pair_from_json(const struct ovsdb_type *type, const json_t *json,
	struct ovsdb_symtab *symtab, struct ovsdb_datum *datum, struct ovsdb_error *err)
{
	unsigned int i = datum->n;
	int rc;

	if (!ovsdb_type_is_map(type))
		return checked_atom(&type->key, json, symtab, &datum->keys[i], err);
	if (json_array_size(json) != 2)
		return ovsdb_error_json(
			err, OVSDB_E_SYNTAX, json, "a pair [KEY, VALUE] is needed here");
	rc = checked_atom(&type->key, json_array_get(json, 0), symtab, &datum->keys[i], err);
	if (rc)
		return rc;
	rc = checked_atom(&type->value, json_array_get(json, 1), symtab, &datum->values[i], err);
	if (rc)
		ovsdb_atom_clear(type->key.type, &datum->keys[i]);
	return rc;
}

static bool is_tagged(const json_t *json, const char *tag)
{
	const char *text = json_string_value(json_array_get(json, 0));

	return json_array_size(json) == 2 && text && !strcmp(text, tag) &&
	       json_is_array(json_array_get(json, 1));
}

int ovsdb_datum_from_json_any(const struct ovsdb_type *type, const json_t *json,
	struct ovsdb_symtab *symtab, struct ovsdb_datum **datum, struct ovsdb_error *err)
{
	bool map = ovsdb_type_is_map(type);
	bool list = is_tagged(json, map ? "map" : "set");
	const json_t *elements = list ? json_array_get(json, 1) : NULL;
	unsigned int n = list ? json_array_size(elements) : 1;
	struct ovsdb_datum *result;
	int rc = 0;

	if (map && !list)
		return ovsdb_error_json(
			err, OVSDB_E_SYNTAX, json, "[\"map\", [[KEY, VALUE], ...]] is needed here");
	result = ovsdb_datum_alloc(type, n);
	for (result->n = 0; result->n < n && !rc;) {
		rc = pair_from_json(type, list ? json_array_get(elements, result->n) : json, symtab,
			result, err);
		if (!rc)
			result->n++;
	}
	if (rc) {
		ovsdb_datum_unref(result, type);
		return rc;
	}
	rc = ovsdb_datum_sort(result, type, err);
	if (!rc)
		*datum = result;
	return rc;
}

int ovsdb_datum_check_n(unsigned int n, const struct ovsdb_type *type, struct ovsdb_error *err)
{
	if (n >= type->n_min && n <= type->n_max)
		return 0;
	if (type->n_max == OVSDB_UNLIMITED)
		return ovsdb_error_set(err, OVSDB_E_CONSTRAINT,
			"%u elements, but %u or more are needed", n, type->n_min);
	return ovsdb_error_set(err, OVSDB_E_CONSTRAINT, "%u elements, but %u to %u are allowed", n,
		type->n_min, type->n_max);
}

int ovsdb_datum_from_json(const struct ovsdb_type *type, const json_t *json,
	struct ovsdb_symtab *symtab, struct ovsdb_datum **datum, struct ovsdb_error *err)
{
	int rc = ovsdb_datum_from_json_any(type, json, symtab, datum, err);

	if (rc)
		return rc;
	if ((*datum)->n < type->n_min || (*datum)->n > type->n_max) {
		ovsdb_datum_check_n((*datum)->n, type, err);
		if (err)
			err->tag = OVSDB_E_SYNTAX;
		ovsdb_datum_unref(*datum, type);
		*datum = NULL;
		return -EINVAL;
	}
	return 0;
}

static json_t *atom_to_json_named(const struct ovsdb_base_type *base, const union ovsdb_atom *atom,
	const struct ovsdb_symtab *symtab)
{
	const struct ovsdb_symbol *symbol = NULL;

	if (symtab && base->type == OVSDB_UUID)
		symbol = ovsdb_symtab_find_uuid(symtab, &atom->uuid);
	if (symbol)
		return ovsdb_must(json_pack("[s,s]", "named-uuid", symbol->name));
	return ovsdb_atom_to_json(base->type, atom);
}

json_t *ovsdb_datum_to_json_named(const struct ovsdb_datum *datum, const struct ovsdb_type *type,
	const struct ovsdb_symtab *symtab)
{
	bool map = ovsdb_type_is_map(type);
	json_t *elements;

	if (!map && datum->n == 1)
		return atom_to_json_named(&type->key, &datum->keys[0], symtab);
	elements = ovsdb_must(json_array());
	for (unsigned int i = 0; i < datum->n; i++) {
		json_t *element = atom_to_json_named(&type->key, &datum->keys[i], symtab);

		if (map)
			element = ovsdb_must(json_pack("[o,o]", element,
				atom_to_json_named(&type->value, &datum->values[i], symtab)));
		json_array_append_new(elements, element);
	}
	return ovsdb_must(json_pack("[s,o]", map ? "map" : "set", elements));
}

json_t *ovsdb_datum_to_json(const struct ovsdb_datum *datum, const struct ovsdb_type *type)
{
	return ovsdb_datum_to_json_named(datum, type, NULL);
}
