/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/ovsdb_atom.h"

#include <errno.h>
#include <string.h>

#include "vswitchd/ovsdb_alloc.h"
#include "vswitchd/ovsdb_members.h"

static const char *const names[] = {
	[OVSDB_VOID] = "void",
	[OVSDB_INTEGER] = "integer",
	[OVSDB_REAL] = "real",
	[OVSDB_BOOLEAN] = "boolean",
	[OVSDB_STRING] = "string",
	[OVSDB_UUID] = "uuid",
};

const char *ovsdb_atomic_name(enum ovsdb_atomic type)
{
	return names[type];
}

enum ovsdb_atomic ovsdb_atomic_from_name(const char *name)
{
	for (enum ovsdb_atomic type = OVSDB_INTEGER; type <= OVSDB_UUID; type++) {
		if (!strcmp(name, names[type]))
			return type;
	}
	return OVSDB_VOID;
}

union ovsdb_atom ovsdb_atom_default(enum ovsdb_atomic type)
{
	union ovsdb_atom atom = {.uuid = {{0}}};

	if (type == OVSDB_STRING)
		return ovsdb_atom_from_text("");
	if (type == OVSDB_REAL)
		atom.real = 0.0;
	return atom;
}

union ovsdb_atom ovsdb_atom_from_text(const char *text)
{
	union ovsdb_atom atom = {.string = json_string(text)};
	char *copy;

	if (atom.string)
		return atom;
	/* Names of drivers and guests aren't always UTF-8; what is not ASCII becomes "?". */
	copy = ovsdb_strdup(text);
	for (char *p = copy; *p; p++) {
		if ((unsigned char)*p >= 0x80)
			*p = '?';
	}
	atom.string = ovsdb_must(json_string(copy));
	free(copy);
	return atom;
}

union ovsdb_atom ovsdb_atom_copy(enum ovsdb_atomic type, const union ovsdb_atom *atom)
{
	if (type == OVSDB_STRING)
		json_incref(atom->string);
	return *atom;
}

void ovsdb_atom_clear(enum ovsdb_atomic type, union ovsdb_atom *atom)
{
	if (type == OVSDB_STRING)
		json_decref(atom->string);
}

int ovsdb_atom_compare(enum ovsdb_atomic type, const union ovsdb_atom *a, const union ovsdb_atom *b)
{
	switch (type) {
	case OVSDB_VOID:
		return 0;
	case OVSDB_INTEGER:
		return (a->integer > b->integer) - (a->integer < b->integer);
	case OVSDB_REAL:
		return (a->real > b->real) - (a->real < b->real);
	case OVSDB_BOOLEAN:
		return a->boolean - b->boolean;
	case OVSDB_STRING:
		if (a->string == b->string)
			return 0;
		return strcmp(json_string_value(a->string), json_string_value(b->string));
	case OVSDB_UUID:
		return ovsdb_uuid_compare(&a->uuid, &b->uuid);
	}
	return 0;
}

const char *ovsdb_atom_text(const union ovsdb_atom *atom)
{
	return json_string_value(atom->string);
}

static int parse_uuid(const json_t *json, struct ovsdb_symtab *symtab, struct ovsdb_uuid *uuid,
	struct ovsdb_error *err)
{
	const char *kind = json_string_value(json_array_get(json, 0));
	const char *text = json_string_value(json_array_get(json, 1));

	if (!kind || !text || json_array_size(json) != 2)
		goto bad;
	if (!strcmp(kind, "uuid") && ovsdb_uuid_parse(text, uuid))
		return 0;
	if (symtab && !strcmp(kind, "named-uuid")) {
		if (!ovsdb_is_id(text))
			return ovsdb_error_json(err, OVSDB_E_SYNTAX, json,
				"\"%s\" can't be the name of a row: it is no identifier", text);
		*uuid = ovsdb_symtab_get(symtab, text)->uuid;
		return 0;
	}
bad:
	return ovsdb_error_json(err, OVSDB_E_SYNTAX, json, "[\"uuid\", UUID]%s is needed here",
		symtab ? " or [\"named-uuid\", NAME]" : "");
}

static int parse_integer(const json_t *json, int64_t *integer)
{
	if (json_is_integer(json)) {
		*integer = json_integer_value(json);
		return 0;
	}
	/* 1.0 is an integer too; the limits are the doubles next to those of an int64_t. */
	if (json_is_real(json)) {
		double real = json_real_value(json);

		if (real >= -9223372036854775808.0 && real < 9223372036854775808.0 &&
			(double)(int64_t)real == real) {
			*integer = real;
			return 0;
		}
	}
	return -EINVAL;
}

int ovsdb_atom_from_json(enum ovsdb_atomic type, const json_t *json, struct ovsdb_symtab *symtab,
	union ovsdb_atom *atom, struct ovsdb_error *err)
{
	switch (type) {
	case OVSDB_VOID:
		break;
	case OVSDB_INTEGER:
		if (!parse_integer(json, &atom->integer))
			return 0;
		break;
	case OVSDB_REAL:
		if (json_is_number(json)) {
			atom->real = json_number_value(json);
			return 0;
		}
		break;
	case OVSDB_BOOLEAN:
		if (json_is_boolean(json)) {
			atom->boolean = json_is_true(json);
			return 0;
		}
		break;
	case OVSDB_STRING:
		if (json_is_string(json)) {
			atom->string = json_incref((json_t *)json);
			return 0;
		}
		break;
	case OVSDB_UUID:
		return parse_uuid(json, symtab, &atom->uuid, err);
	}
	return ovsdb_error_json(
		err, OVSDB_E_SYNTAX, json, "a value of type %s is needed here", names[type]);
}

json_t *ovsdb_atom_to_json(enum ovsdb_atomic type, const union ovsdb_atom *atom)
{
	char text[OVSDB_UUID_LEN + 1];

	switch (type) {
	case OVSDB_VOID:
		break;
	case OVSDB_INTEGER:
		return ovsdb_must(json_integer(atom->integer));
	case OVSDB_REAL:
		/* As other servers write it, so that texts can be compared. */
		if (atom->real > -9007199254740992.0 && atom->real < 9007199254740992.0 &&
			(double)(int64_t)atom->real == atom->real)
			return ovsdb_must(json_integer(atom->real));
		return ovsdb_must(json_real(atom->real));
	case OVSDB_BOOLEAN:
		return json_boolean(atom->boolean);
	case OVSDB_STRING:
		return json_incref(atom->string);
	case OVSDB_UUID:
		return ovsdb_must(json_pack("[s,s]", "uuid", ovsdb_uuid_format(&atom->uuid, text)));
	}
	return json_null();
}
