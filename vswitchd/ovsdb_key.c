/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/ovsdb_key.h"

#include "vswitchd/ovsdb_alloc.h"

void ovsdb_key_put(struct ovsdb_key *key, const void *bytes, size_t n)
{
	if (key->room - key->len < n) {
		key->room = (key->len + n) * 2;
		key->bytes = ovsdb_realloc(key->bytes, key->room, 1);
	}
	memcpy(key->bytes + key->len, bytes, n);
	key->len += n;
}

static void put_atom(struct ovsdb_key *key, enum ovsdb_atomic type, const union ovsdb_atom *atom)
{
	const char *text;
	double real;

	switch (type) {
	case OVSDB_VOID:
		break;
	case OVSDB_INTEGER:
		ovsdb_key_put(key, &atom->integer, sizeof(atom->integer));
		break;
	case OVSDB_REAL:
		real = atom->real == 0 ? 0 : atom->real; /* -0.0 equals 0.0 */
		ovsdb_key_put(key, &real, sizeof(real));
		break;
	case OVSDB_BOOLEAN:
		ovsdb_key_put(key, &atom->boolean, sizeof(atom->boolean));
		break;
	case OVSDB_STRING:
		/* The NUL ends it: no string of the database has one inside. */
		text = ovsdb_atom_text(atom);
		ovsdb_key_put(key, text, strlen(text) + 1);
		break;
	case OVSDB_UUID:
		ovsdb_key_put(key, &atom->uuid, sizeof(atom->uuid));
		break;
	}
}

void ovsdb_key_append(
	struct ovsdb_key *key, const struct ovsdb_datum *datum, const struct ovsdb_type *type)
{
	ovsdb_key_put(key, &datum->n, sizeof(datum->n));
	for (unsigned int i = 0; i < datum->n; i++) {
		put_atom(key, type->key.type, &datum->keys[i]);
		if (datum->values)
			put_atom(key, type->value.type, &datum->values[i]);
	}
}

void ovsdb_key_reset(struct ovsdb_key *key)
{
	key->len = 0;
}

void ovsdb_key_free(struct ovsdb_key *key)
{
	free(key->bytes);
	memset(key, 0, sizeof(*key));
}
