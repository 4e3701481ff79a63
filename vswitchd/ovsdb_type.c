/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/ovsdb_type.h"

#include <errno.h>
#include <float.h>
#include <inttypes.h>

#include "vswitchd/ovsdb_alloc.h"
#include "vswitchd/ovsdb_datum.h"
#include "vswitchd/ovsdb_members.h"

void ovsdb_base_type_init(struct ovsdb_base_type *base, enum ovsdb_atomic type)
{
	memset(base, 0, sizeof(*base));
	base->type = type;
	if (type == OVSDB_INTEGER) {
		base->integer.min = INT64_MIN;
		base->integer.max = INT64_MAX;
	} else if (type == OVSDB_REAL) {
		base->real.min = -DBL_MAX;
		base->real.max = DBL_MAX;
	} else if (type == OVSDB_STRING) {
		base->string.max_chars = UINT_MAX;
	}
}

static void base_type_clear(struct ovsdb_base_type *base)
{
	if (base->allowed) {
		struct ovsdb_type type = {.key.type = base->type};

		ovsdb_datum_unref(base->allowed, &type);
	}
	if (base->type == OVSDB_UUID)
		free(base->uuid.ref_table_name);
	*base = (struct ovsdb_base_type){.type = OVSDB_VOID};
}

static int parse_enum(struct ovsdb_base_type *base, const json_t *json, struct ovsdb_error *err)
{
	struct ovsdb_type set = {.n_min = 1, .n_max = OVSDB_UNLIMITED};

	ovsdb_base_type_init(&set.key, base->type);
	return ovsdb_datum_from_json(&set, json, NULL, &base->allowed, err);
}

static void parse_integer_limits(struct ovsdb_base_type *base, struct ovsdb_members *m)
{
	const json_t *min = ovsdb_members_may(m, "minInteger", OVSDB_IS_INTEGER);
	const json_t *max = ovsdb_members_may(m, "maxInteger", OVSDB_IS_INTEGER);

	if (min)
		base->integer.min = json_integer_value(min);
	if (max)
		base->integer.max = json_integer_value(max);
	if (base->integer.min > base->integer.max && !m->result)
		m->result = ovsdb_error_json(
			m->err, OVSDB_E_SYNTAX, m->object, "minInteger is above maxInteger");
}

static void parse_real_limits(struct ovsdb_base_type *base, struct ovsdb_members *m)
{
	const json_t *min = ovsdb_members_may(m, "minReal", OVSDB_IS_NUMBER);
	const json_t *max = ovsdb_members_may(m, "maxReal", OVSDB_IS_NUMBER);

	if (min)
		base->real.min = json_number_value(min);
	if (max)
		base->real.max = json_number_value(max);
	if (base->real.min > base->real.max && !m->result)
		m->result = ovsdb_error_json(
			m->err, OVSDB_E_SYNTAX, m->object, "minReal is above maxReal");
}

static void parse_string_limits(struct ovsdb_base_type *base, struct ovsdb_members *m)
{
	const json_t *min = ovsdb_members_may(m, "minLength", OVSDB_IS_INTEGER);
	const json_t *max = ovsdb_members_may(m, "maxLength", OVSDB_IS_INTEGER);
	json_int_t low = min ? json_integer_value(min) : 0;
	json_int_t high = max ? json_integer_value(max) : UINT_MAX;

	if (m->result)
		return;
	if (low < 0 || high > UINT_MAX || low > high) {
		m->result = ovsdb_error_json(m->err, OVSDB_E_SYNTAX, m->object,
			"minLength and maxLength must be at least 0 and in order");
		return;
	}
	base->string.min_chars = low;
	base->string.max_chars = high;
}

static void parse_reference(struct ovsdb_base_type *base, struct ovsdb_members *m)
{
	const json_t *table = ovsdb_members_may(m, "refTable", OVSDB_IS_STRING);
	const json_t *kind = ovsdb_members_may(m, "refType", OVSDB_IS_STRING);

	if (m->result)
		return;
	if (table && !ovsdb_is_id(json_string_value(table))) {
		m->result = ovsdb_error_json(
			m->err, OVSDB_E_SYNTAX, m->object, "refTable is no identifier");
		return;
	}
	if (kind && (!table || (strcmp(json_string_value(kind), "weak") != 0 &&
				       strcmp(json_string_value(kind), "strong") != 0))) {
		m->result = ovsdb_error_json(m->err, OVSDB_E_SYNTAX, m->object,
			"refType must be \"strong\" or \"weak\" and needs a refTable");
		return;
	}
	if (table)
		base->uuid.ref_table_name = ovsdb_strdup(json_string_value(table));
	base->uuid.weak = kind && !strcmp(json_string_value(kind), "weak");
}

static int atomic_from_json(const json_t *json, enum ovsdb_atomic *type, struct ovsdb_error *err)
{
	*type = json_is_string(json) ? ovsdb_atomic_from_name(json_string_value(json)) : OVSDB_VOID;
	if (*type == OVSDB_VOID)
		return ovsdb_error_json(
			err, OVSDB_E_SYNTAX, json, "the name of an atomic type is needed here");
	return 0;
}

static int base_type_from_json(
	struct ovsdb_base_type *base, const json_t *json, struct ovsdb_error *err)
{
	const json_t *name = json, *values = NULL;
	enum ovsdb_atomic type;
	struct ovsdb_members m;

	memset(base, 0, sizeof(*base));
	m.result = 0;
	if (!json_is_string(json)) {
		ovsdb_members_begin(&m, json, "base type", err);
		name = ovsdb_members_need(&m, "type", OVSDB_IS_STRING);
		values = ovsdb_members_may(&m, "enum", OVSDB_IS_ANY);
	}
	if (m.result || atomic_from_json(name, &type, err))
		return -EINVAL;
	ovsdb_base_type_init(base, type);
	if (json_is_string(json))
		return 0;

	if (values)
		m.result = parse_enum(base, values, err);
	else if (type == OVSDB_INTEGER)
		parse_integer_limits(base, &m);
	else if (type == OVSDB_REAL)
		parse_real_limits(base, &m);
	else if (type == OVSDB_STRING)
		parse_string_limits(base, &m);
	if (type == OVSDB_UUID && !values)
		parse_reference(base, &m);
	if (ovsdb_members_finish(&m)) {
		base_type_clear(base);
		return -EINVAL;
	}
	return 0;
}

static int parse_counts(struct ovsdb_type *type, const json_t *min, const json_t *max,
	const json_t *json, struct ovsdb_error *err)
{
	json_int_t low = min ? json_integer_value(min) : 1;
	json_int_t high = 1;

	if (json_is_string(max) && !strcmp(json_string_value(max), "unlimited"))
		high = OVSDB_UNLIMITED;
	else if (max)
		high = json_is_integer(max) ? json_integer_value(max) : 0;
	if (low < 0 || low > 1 || high < 1 || high > OVSDB_UNLIMITED)
		return ovsdb_error_json(err, OVSDB_E_SYNTAX, json,
			"min must be 0 or 1, max at least 1 or \"unlimited\"");
	type->n_min = low;
	type->n_max = high;
	return 0;
}

int ovsdb_type_from_json(struct ovsdb_type *type, const json_t *json, struct ovsdb_error *err)
{
	const json_t *key, *value, *min, *max;
	struct ovsdb_members m;
	int rc;

	memset(type, 0, sizeof(*type));
	if (json_is_string(json)) {
		type->n_min = type->n_max = 1;
		return base_type_from_json(&type->key, json, err);
	}
	ovsdb_members_begin(&m, json, "type", err);
	key = ovsdb_members_need(&m, "key", OVSDB_IS_STRING | OVSDB_IS_OBJECT);
	value = ovsdb_members_may(&m, "value", OVSDB_IS_STRING | OVSDB_IS_OBJECT);
	min = ovsdb_members_may(&m, "min", OVSDB_IS_INTEGER);
	max = ovsdb_members_may(&m, "max", OVSDB_IS_INTEGER | OVSDB_IS_STRING);
	rc = ovsdb_members_finish(&m);
	if (!rc)
		rc = parse_counts(type, min, max, json, err);
	if (!rc)
		rc = base_type_from_json(&type->key, key, err);
	if (!rc && value)
		rc = base_type_from_json(&type->value, value, err);
	if (rc)
		ovsdb_type_clear(type);
	return rc;
}

static json_t *base_type_to_json(const struct ovsdb_base_type *base)
{
	json_t *json = ovsdb_must(json_pack("{s:s}", "type", ovsdb_atomic_name(base->type)));

	if (base->allowed) {
		struct ovsdb_type set = {.key.type = base->type, .n_max = OVSDB_UNLIMITED};

		json_object_set_new(json, "enum", ovsdb_datum_to_json(base->allowed, &set));
	}
	if (base->type == OVSDB_INTEGER) {
		if (base->integer.min != INT64_MIN)
			json_object_set_new(json, "minInteger", json_integer(base->integer.min));
		if (base->integer.max != INT64_MAX)
			json_object_set_new(json, "maxInteger", json_integer(base->integer.max));
	} else if (base->type == OVSDB_REAL) {
		if (base->real.min != -DBL_MAX)
			json_object_set_new(json, "minReal", json_real(base->real.min));
		if (base->real.max != DBL_MAX)
			json_object_set_new(json, "maxReal", json_real(base->real.max));
	} else if (base->type == OVSDB_STRING) {
		if (base->string.min_chars)
			json_object_set_new(
				json, "minLength", json_integer(base->string.min_chars));
		if (base->string.max_chars != UINT_MAX)
			json_object_set_new(
				json, "maxLength", json_integer(base->string.max_chars));
	} else if (base->type == OVSDB_UUID && base->uuid.ref_table_name) {
		json_object_set_new(json, "refTable", json_string(base->uuid.ref_table_name));
		if (base->uuid.weak)
			json_object_set_new(json, "refType", json_string("weak"));
	}
	if (json_object_size(json) > 1)
		return json;
	json_decref(json);
	return ovsdb_must(json_string(ovsdb_atomic_name(base->type)));
}

json_t *ovsdb_type_to_json(const struct ovsdb_type *type)
{
	json_t *key = base_type_to_json(&type->key);
	json_t *json;

	if (ovsdb_type_is_scalar(type) && json_is_string(key))
		return key;
	json = ovsdb_must(json_pack("{s:o}", "key", key));
	if (ovsdb_type_is_map(type))
		json_object_set_new(json, "value", base_type_to_json(&type->value));
	if (type->n_min != 1)
		json_object_set_new(json, "min", json_integer(type->n_min));
	if (type->n_max == OVSDB_UNLIMITED)
		json_object_set_new(json, "max", json_string("unlimited"));
	else if (type->n_max != 1)
		json_object_set_new(json, "max", json_integer(type->n_max));
	return json;
}

void ovsdb_type_clear(struct ovsdb_type *type)
{
	base_type_clear(&type->key);
	base_type_clear(&type->value);
}

struct ovsdb_type ovsdb_type_of_keys(const struct ovsdb_type *type)
{
	struct ovsdb_type keys = {.key = type->key, .n_min = 0, .n_max = OVSDB_UNLIMITED};

	return keys;
}

static unsigned int count_chars(const char *text)
{
	unsigned int n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

int ovsdb_base_type_check(
	const struct ovsdb_base_type *base, const union ovsdb_atom *atom, struct ovsdb_error *err)
{
	if (base->allowed) {
		struct ovsdb_type set = {.key.type = base->type};
		json_t *json;

		if (ovsdb_datum_find(base->allowed, &set, atom) >= 0)
			return 0;
		json = ovsdb_atom_to_json(base->type, atom);
		ovsdb_error_json(err, OVSDB_E_CONSTRAINT, json,
			"this is none of the values that the column may have");
		json_decref(json);
		return -EINVAL;
	}
	if (base->type == OVSDB_INTEGER &&
		(atom->integer < base->integer.min || atom->integer > base->integer.max))
		return ovsdb_error_set(err, OVSDB_E_CONSTRAINT,
			"%" PRId64 " is outside the range %" PRId64 " to %" PRId64, atom->integer,
			base->integer.min, base->integer.max);
	if (base->type == OVSDB_REAL &&
		(atom->real < base->real.min || atom->real > base->real.max))
		return ovsdb_error_set(err, OVSDB_E_CONSTRAINT, "%g is outside the range %g to %g",
			atom->real, base->real.min, base->real.max);
	if (base->type == OVSDB_STRING &&
		(base->string.min_chars || base->string.max_chars != UINT_MAX)) {
		unsigned int n = count_chars(ovsdb_atom_text(atom));

		if (n < base->string.min_chars || n > base->string.max_chars)
			return ovsdb_error_set(err, OVSDB_E_CONSTRAINT,
				"a text of %u characters; the column takes %u to %u", n,
				base->string.min_chars, base->string.max_chars);
	}
	return 0;
}
