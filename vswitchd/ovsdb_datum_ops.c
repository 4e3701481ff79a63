/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/ovsdb_datum.h"

#include "vswitchd/ovsdb_alloc.h"

static int compare_values(const struct ovsdb_datum *a, unsigned int i, const struct ovsdb_datum *b,
	unsigned int j, const struct ovsdb_type *type)
{
	if (!a->values || !b->values)
		return 0;
	return ovsdb_atom_compare(type->value.type, &a->values[i], &b->values[j]);
}

int ovsdb_datum_compare(
	const struct ovsdb_datum *a, const struct ovsdb_datum *b, const struct ovsdb_type *type)
{
	if (a == b)
		return 0;
	if (a->n != b->n)
		return a->n < b->n ? -1 : 1;
	for (unsigned int i = 0; i < a->n; i++) {
		int order = ovsdb_atom_compare(type->key.type, &a->keys[i], &b->keys[i]);

		if (!order)
			order = compare_values(a, i, b, i, type);
		if (order)
			return order;
	}
	return 0;
}

bool ovsdb_datum_equal(
	const struct ovsdb_datum *a, const struct ovsdb_datum *b, const struct ovsdb_type *type)
{
	return !ovsdb_datum_compare(a, b, type);
}

int ovsdb_datum_find(
	const struct ovsdb_datum *datum, const struct ovsdb_type *type, const union ovsdb_atom *key)
{
	unsigned int low = 0, high = datum->n;

	while (low < high) {
		unsigned int mid = low + (high - low) / 2;
		int order = ovsdb_atom_compare(type->key.type, key, &datum->keys[mid]);

		if (!order)
			return mid;
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return -1;
}

const char *ovsdb_datum_get_text(const struct ovsdb_datum *map, const char *key)
{
	for (unsigned int low = 0, high = map->n; low < high;) {
		unsigned int mid = low + (high - low) / 2;
		int order = strcmp(key, ovsdb_atom_text(&map->keys[mid]));

		if (!order)
			return ovsdb_atom_text(&map->values[mid]);
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

/* The element of `a` that equals element i of `b`, or -1. */
static int find_pair(const struct ovsdb_datum *a, const struct ovsdb_datum *b, unsigned int i,
	const struct ovsdb_type *type)
{
	int found = ovsdb_datum_find(a, type, &b->keys[i]);

	return found >= 0 && !compare_values(a, found, b, i, type) ? found : -1;
}

bool ovsdb_datum_includes(
	const struct ovsdb_datum *a, const struct ovsdb_datum *b, const struct ovsdb_type *type)
{
	for (unsigned int i = 0; i < b->n; i++) {
		if (find_pair(a, b, i, type) < 0)
			return false;
	}
	return true;
}

bool ovsdb_datum_excludes(
	const struct ovsdb_datum *a, const struct ovsdb_datum *b, const struct ovsdb_type *type)
{
	for (unsigned int i = 0; i < b->n; i++) {
		if (find_pair(a, b, i, type) >= 0)
			return false;
	}
	return true;
}

static bool same_bytes(const void *a, const void *b, size_t n)
{
	return !memcmp(a, b, n);
}

/* Elements of sets of references are compared this many at a time. */
#define CHUNK 32

unsigned int ovsdb_datum_common(const struct ovsdb_datum *a, unsigned int i,
	const struct ovsdb_datum *b, unsigned int j, const struct ovsdb_type *type)
{
	unsigned int left = a->n - i < b->n - j ? a->n - i : b->n - j, n = 0;

	/* Identifiers fill their atoms, so that their bytes can be compared at once. */
	if (type->key.type == OVSDB_UUID && !a->values && !b->values) {
		while (left - n >= CHUNK && same_bytes(&a->keys[i + n], &b->keys[j + n],
						    CHUNK * sizeof(union ovsdb_atom)))
			n += CHUNK;
	}
	while (n < left && !ovsdb_atom_compare(type->key.type, &a->keys[i + n], &b->keys[j + n]) &&
		!compare_values(a, i + n, b, j + n, type))
		n++;
	return n;
}

/* How many elements of `datum` from `i` on have keys below `key`; it finds few of many fast. */
static unsigned int count_below(const struct ovsdb_datum *datum, unsigned int i,
	const struct ovsdb_type *type, const union ovsdb_atom *key)
{
	unsigned int low = i, step = 1;

	while (step <= datum->n - low &&
		ovsdb_atom_compare(type->key.type, &datum->keys[low + step - 1], key) < 0) {
		low += step;
		step *= 2;
	}
	for (; step; step /= 2) {
		if (step <= datum->n - low &&
			ovsdb_atom_compare(type->key.type, &datum->keys[low + step - 1], key) < 0)
			low += step;
	}
	return low - i;
}

static void append(struct ovsdb_datum *to, const struct ovsdb_datum *from, unsigned int i,
	unsigned int n, const struct ovsdb_type *type)
{
	if (!n)
		return;
	memcpy(&to->keys[to->n], &from->keys[i], n * sizeof(union ovsdb_atom));
	if (to->values)
		memcpy(&to->values[to->n], &from->values[i], n * sizeof(union ovsdb_atom));
	to->n += n;
	for (unsigned int k = i; type->key.type == OVSDB_STRING && k < i + n; k++)
		json_incref(from->keys[k].string);
	for (unsigned int k = i; type->value.type == OVSDB_STRING && k < i + n; k++)
		json_incref(from->values[k].string);
}

/* What to do with an element by where it is found. */
enum merge_kind { MERGE_UNION, MERGE_SYMMETRIC };

/* Walks both in order. A symmetric merge drops what is equal in both; where a map has two values
 * for a key, the union keeps a's and the symmetric merge b's. A bridge of thousands of ports gets
 * them one by one, so runs are copied whole. */
static struct ovsdb_datum *merge(const struct ovsdb_datum *a, const struct ovsdb_datum *b,
	const struct ovsdb_type *type, enum merge_kind kind)
{
	struct ovsdb_datum *result = ovsdb_datum_alloc(type, a->n + b->n);
	unsigned int i = 0, j = 0, run;

	result->n = 0;
	while (i < a->n && j < b->n) {
		run = ovsdb_datum_common(a, i, b, j, type);
		if (kind == MERGE_UNION)
			append(result, a, i, run, type);
		i += run;
		j += run;
		if (i == a->n || j == b->n)
			break;
		run = count_below(a, i, type, &b->keys[j]);
		append(result, a, i, run, type);
		i += run;
		if (i == a->n)
			break;
		run = count_below(b, j, type, &a->keys[i]);
		append(result, b, j, run, type);
		j += run;
		if (j == b->n || ovsdb_atom_compare(type->key.type, &a->keys[i], &b->keys[j]))
			continue;
		/* One key: equal pairs are left to the next round's run. */
		if (compare_values(a, i, b, j, type)) {
			append(result, kind == MERGE_UNION ? a : b, kind == MERGE_UNION ? i : j, 1,
				type);
			i++;
			j++;
		}
	}
	append(result, a, i, a->n - i, type);
	append(result, b, j, b->n - j, type);
	return result;
}

struct ovsdb_datum *ovsdb_datum_union(
	const struct ovsdb_datum *a, const struct ovsdb_datum *b, const struct ovsdb_type *type)
{
	return merge(a, b, type, MERGE_UNION);
}

struct ovsdb_datum *ovsdb_datum_subtract(const struct ovsdb_datum *a, const struct ovsdb_datum *b,
	const struct ovsdb_type *type, bool keys_only)
{
	struct ovsdb_datum *result = ovsdb_datum_alloc(type, a->n);
	unsigned int i = 0;

	result->n = 0;
	for (unsigned int j = 0; j < b->n; j++) {
		unsigned int run = count_below(a, i, type, &b->keys[j]);

		append(result, a, i, run, type);
		i += run;
		if (i < a->n && !ovsdb_atom_compare(type->key.type, &a->keys[i], &b->keys[j]) &&
			(keys_only || !compare_values(a, i, b, j, type)))
			i++;
	}
	append(result, a, i, a->n - i, type);
	return result;
}

struct ovsdb_datum *ovsdb_datum_diff(
	const struct ovsdb_datum *old, const struct ovsdb_datum *new, const struct ovsdb_type *type)
{
	if (type->n_max == 1)
		return ovsdb_datum_ref(new);
	return merge(old, new, type, MERGE_SYMMETRIC);
}

struct ovsdb_datum *ovsdb_datum_apply_diff(const struct ovsdb_datum *old,
	const struct ovsdb_datum *diff, const struct ovsdb_type *type)
{
	/* A pair of the difference that equals one of `old` is a removal, one with another value a
	 * replacement: the same walk as for making the difference. */
	if (type->n_max == 1)
		return ovsdb_datum_ref(diff);
	return merge(old, diff, type, MERGE_SYMMETRIC);
}
