/* SPDX-License-Identifier: Apache-2.0 */
#include "ovsdb_test.h"

#include "vswitchd/ovsdb_datum.h"

#define INTS "{'key':{'type':'integer','minInteger':0,'maxInteger':4095},'min':0,'max':8}"
#define STRING_MAP "{'key':'string','value':'string','min':0,'max':'unlimited'}"
#define UUIDS "{'key':{'type':'uuid','refTable':'T'},'min':0,'max':'unlimited'}"

static struct ovsdb_type type_of(const char *text)
{
	struct ovsdb_error err = {.tag = NULL};
	json_t *json = js(text);
	struct ovsdb_type type;

	if (ovsdb_type_from_json(&type, json, &err))
		fail_msg("%s", err.details);
	json_decref(json);
	return type;
}

static struct ovsdb_datum *datum_of(const struct ovsdb_type *type, const char *text)
{
	struct ovsdb_error err = {.tag = NULL};
	struct ovsdb_datum *datum = NULL;
	json_t *json = js(text);

	if (ovsdb_datum_from_json(type, json, NULL, &datum, &err))
		fail_msg("%s: %s", text, err.details);
	json_decref(json);
	return datum;
}

static void refuses(const char *type_text, const char *text, const char *tag)
{
	struct ovsdb_type type = type_of(type_text);
	struct ovsdb_error err = {.tag = NULL};
	struct ovsdb_datum *datum = NULL;
	json_t *json = js(text);

	assert_int_equal(ovsdb_datum_from_json(&type, json, NULL, &datum, &err), -EINVAL);
	assert_null(datum);
	assert_string_equal(err.tag, tag);
	assert_true(err.details[0]);
	json_decref(json);
	ovsdb_type_clear(&type);
}

static void round_trip(const char *type_text, const char *in, const char *out)
{
	struct ovsdb_type type = type_of(type_text);
	struct ovsdb_datum *datum = datum_of(&type, in);

	assert_json(ovsdb_datum_to_json(datum, &type), out);
	ovsdb_datum_unref(datum, &type);
	ovsdb_type_clear(&type);
}

static void values_are_read_and_written(void **state)
{
	round_trip("'integer'", "7", "7");
	round_trip("'integer'", "7.0", "7");
	round_trip("'integer'", "['set',[-9223372036854775808]]", "-9223372036854775808");
	round_trip("'real'", "7.0", "7");
	round_trip("'real'", "7.5", "7.5");
	round_trip("'boolean'", "true", "true");
	round_trip("'string'", "'h\\u00e9'", "'h\\u00e9'");
	round_trip(INTS, "['set',[3,1,2]]", "['set',[1,2,3]]");
	round_trip(INTS, "['set',[]]", "['set',[]]");
	round_trip(INTS, "5", "5");
	round_trip(STRING_MAP, "['map',[['b','2'],['a','1']]]", "['map',[['a','1'],['b','2']]]");
	round_trip("'uuid'", "['uuid','3F2504E0-4f89-11d3-9a0c-0305e82c3301']",
		"['uuid','3f2504e0-4f89-11d3-9a0c-0305e82c3301']");
}

static void wrong_values_are_refused(void **state)
{
	refuses("'integer'", "7.5", "syntax error");
	refuses("'integer'", "1e30", "syntax error");
	refuses("'integer'", "'7'", "syntax error");
	refuses("'integer'", "['set',[]]", "syntax error");
	refuses("'integer'", "['set',[1,2]]", "syntax error");
	refuses("'boolean'", "0", "syntax error");
	refuses("'string'", "null", "syntax error");
	refuses(INTS, "['set',[1,1]]", "ovsdb error");
	refuses(INTS, "4096", "constraint violation");
	refuses(INTS, "['set',[0,1,2,3,4,5,6,7,8]]", "syntax error");
	refuses(INTS, "['set']", "syntax error");
	refuses(INTS, "['set',{}]", "syntax error");
	refuses(INTS, "['map',[]]", "syntax error");
	refuses(STRING_MAP, "['set',[]]", "syntax error");
	refuses(STRING_MAP, "['map',[['a']]]", "syntax error");
	refuses(STRING_MAP, "['map',[['a',1]]]", "syntax error");
	refuses(STRING_MAP, "['map',[['a','1'],['a','2']]]", "ovsdb error");
	refuses("'uuid'", "['uuid','3f2504e0-4f89-11d3-9a0c-0305e82c330']", "syntax error");
	refuses("'uuid'", "['uuid','3f2504e0-4f89-11d3-9a0c-0305e82c33011']", "syntax error");
	refuses("'uuid'", "['named-uuid','a']", "syntax error");
	refuses("{'key':{'type':'string','enum':['set',['a','b']]}}", "'c'",
		"constraint violation");
	refuses("{'key':{'type':'string','maxLength':2}}", "'abc'", "constraint violation");
	refuses("{'key':{'type':'string','minLength':2}}", "'\\u00e9'", "constraint violation");
	refuses("{'key':{'type':'real','maxReal':2.5}}", "2.6", "constraint violation");
}

static void names_stand_for_one_identifier(void **state)
{
	struct ovsdb_type type = type_of(UUIDS);
	struct ovsdb_symtab symtab = {0};
	struct ovsdb_datum *datum = NULL;
	struct ovsdb_error err;
	json_t *json = js("['set',[['named-uuid','b'],['named-uuid','a']]]");

	assert_int_equal(ovsdb_datum_from_json(&type, json, &symtab, &datum, &err), 0);
	assert_int_equal(datum->n, 2);
	assert_true(
		ovsdb_datum_find(datum, &type,
			&(union ovsdb_atom){.uuid = ovsdb_symtab_get(&symtab, "a")->uuid}) >= 0);
	json_decref(json);
	json = ovsdb_datum_to_json_named(datum, &type, &symtab);
	assert_string_equal(
		json_string_value(json_array_get(json_array_get(json_array_get(json, 1), 0), 0)),
		"named-uuid");
	json_decref(json);
	ovsdb_datum_unref(datum, &type);

	json = js("['set',[['named-uuid','a'],['named-uuid','a']]]");
	assert_int_equal(ovsdb_datum_from_json(&type, json, &symtab, &datum, &err), -EINVAL);
	json_decref(json);
	json = js("['named-uuid','1a']");
	assert_int_equal(ovsdb_datum_from_json(&type, json, &symtab, &datum, &err), -EINVAL);
	json_decref(json);
	ovsdb_symtab_clear(&symtab);
	ovsdb_type_clear(&type);
}

static void defaults_follow_the_type(void **state)
{
	static const char *const cases[][2] = {
		{"'integer'", "0"},
		{"'string'", "''"},
		{"'uuid'", "['uuid','00000000-0000-0000-0000-000000000000']"},
		{INTS, "['set',[]]"},
		{STRING_MAP, "['map',[]]"},
		{"{'key':'string','value':'integer'}", "['map',[['',0]]]"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ovsdb_type type = type_of(cases[i][0]);
		struct ovsdb_datum *datum = ovsdb_datum_default(&type);

		assert_true(ovsdb_datum_is_default(datum, &type));
		assert_json(ovsdb_datum_to_json(datum, &type), cases[i][1]);
		ovsdb_datum_unref(datum, &type);
		ovsdb_type_clear(&type);
	}
}

/* Computes the difference of two values and puts it back onto the first. */
static void differs(
	const char *type_text, const char *old_text, const char *new_text, const char *diff_text)
{
	struct ovsdb_type type = type_of(type_text);
	struct ovsdb_datum *old = datum_of(&type, old_text), *new = datum_of(&type, new_text);
	struct ovsdb_datum *diff = ovsdb_datum_diff(old, new, &type);
	struct ovsdb_datum *again = ovsdb_datum_apply_diff(old, diff, &type);

	assert_json(ovsdb_datum_to_json(diff, &type), diff_text);
	assert_true(ovsdb_datum_equal(again, new, &type));
	assert_true(ovsdb_datum_equal(old, new, &type) == !strcmp(old_text, new_text));
	ovsdb_datum_unref(old, &type);
	ovsdb_datum_unref(new, &type);
	ovsdb_datum_unref(diff, &type);
	ovsdb_datum_unref(again, &type);
	ovsdb_type_clear(&type);
}

static void differences_lead_from_old_to_new(void **state)
{
	differs(INTS, "['set',[1,2]]", "['set',[2,3]]", "['set',[1,3]]");
	differs(INTS, "['set',[1,2]]", "['set',[1,2]]", "['set',[]]");
	differs(INTS, "['set',[]]", "5", "5");
	differs("'integer'", "1", "2", "2");
	differs("{'key':'integer','min':0}", "5", "['set',[]]", "['set',[]]");
	differs("{'key':'integer','min':0}", "5", "7", "7");
	differs(STRING_MAP, "['map',[['a','1'],['b','2'],['d','4']]]",
		"['map',[['b','3'],['c','3'],['d','4']]]",
		"['map',[['a','1'],['b','3'],['c','3']]]");
}

static void sets_and_maps_combine(void **state)
{
	struct ovsdb_type type = type_of(STRING_MAP), keys = ovsdb_type_of_keys(&type);
	struct ovsdb_datum *a = datum_of(&type, "['map',[['a','1'],['b','2']]]");
	struct ovsdb_datum *b = datum_of(&type, "['map',[['b','3'],['c','3']]]");
	struct ovsdb_datum *k = datum_of(&keys, "['set',['b','z']]");
	struct ovsdb_datum *result;

	result = ovsdb_datum_union(a, b, &type);
	assert_json(ovsdb_datum_to_json(result, &type), "['map',[['a','1'],['b','2'],['c','3']]]");
	assert_true(ovsdb_datum_includes(result, a, &type));
	assert_false(ovsdb_datum_includes(result, b, &type));
	assert_true(ovsdb_datum_excludes(a, b, &type));
	assert_string_equal(ovsdb_datum_get_text(result, "c"), "3");
	assert_null(ovsdb_datum_get_text(result, "d"));
	ovsdb_datum_unref(result, &type);

	result = ovsdb_datum_subtract(a, b, &type, false);
	assert_true(ovsdb_datum_equal(result, a, &type));
	ovsdb_datum_unref(result, &type);
	result = ovsdb_datum_subtract(a, k, &type, true);
	assert_json(ovsdb_datum_to_json(result, &type), "['map',[['a','1']]]");
	ovsdb_datum_unref(result, &type);
	ovsdb_datum_unref(a, &type);
	ovsdb_datum_unref(b, &type);
	ovsdb_datum_unref(k, &keys);
	ovsdb_type_clear(&type);
}

/* A set of those of the identifiers 0..n-1 that `every` divides, but for `without`. */
static struct ovsdb_datum *some_of(
	const struct ovsdb_type *type, unsigned int n, unsigned int every, unsigned int without)
{
	struct ovsdb_datum *datum = ovsdb_datum_alloc(type, n);

	datum->n = 0;
	for (unsigned int i = 0; i < n; i++) {
		struct ovsdb_uuid uuid = {{0, 0, i >> 8, i}};

		if (i % every == 0 && i != without)
			datum->keys[datum->n++].uuid = uuid;
	}
	return datum;
}

static bool has(const struct ovsdb_datum *datum, const struct ovsdb_type *type, unsigned int i)
{
	union ovsdb_atom atom = {.uuid = {{0, 0, i >> 8, i}}};

	return ovsdb_datum_find(datum, type, &atom) >= 0;
}

/* Runs of long sets are copied and compared whole; each element must still come out right. */
static void long_sets_combine_element_by_element(void **state)
{
	static const unsigned int every[][2] = {{1, 1}, {1, 2}, {3, 2}, {97, 1}, {1, 301}};
	struct ovsdb_type type = type_of(UUIDS);
	const unsigned int n = 300;

	for (size_t c = 0; c < sizeof(every) / sizeof(every[0]); c++) {
		struct ovsdb_datum *a = some_of(&type, n, every[c][0], 64);
		struct ovsdb_datum *b = some_of(&type, n, every[c][1], 33);
		struct ovsdb_datum *sum = ovsdb_datum_union(a, b, &type);
		struct ovsdb_datum *rest = ovsdb_datum_subtract(a, b, &type, false);
		struct ovsdb_datum *diff = ovsdb_datum_diff(a, b, &type);
		struct ovsdb_datum *again = ovsdb_datum_apply_diff(a, diff, &type);
		unsigned int n_sum = 0, n_rest = 0, n_diff = 0;

		for (unsigned int i = 0; i < n; i++) {
			bool in_a = has(a, &type, i), in_b = has(b, &type, i);

			n_sum += in_a || in_b;
			n_rest += in_a && !in_b;
			n_diff += in_a != in_b;
			assert_int_equal(has(sum, &type, i), in_a || in_b);
			assert_int_equal(has(rest, &type, i), in_a && !in_b);
			assert_int_equal(has(diff, &type, i), in_a != in_b);
		}
		assert_int_equal(sum->n, n_sum);
		assert_int_equal(rest->n, n_rest);
		assert_int_equal(diff->n, n_diff);
		assert_true(ovsdb_datum_equal(again, b, &type));
		ovsdb_datum_unref(a, &type);
		ovsdb_datum_unref(b, &type);
		ovsdb_datum_unref(sum, &type);
		ovsdb_datum_unref(rest, &type);
		ovsdb_datum_unref(diff, &type);
		ovsdb_datum_unref(again, &type);
	}
	ovsdb_type_clear(&type);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_read_and_written),
		cmocka_unit_test(wrong_values_are_refused),
		cmocka_unit_test(names_stand_for_one_identifier),
		cmocka_unit_test(defaults_follow_the_type),
		cmocka_unit_test(differences_lead_from_old_to_new),
		cmocka_unit_test(sets_and_maps_combine),
		cmocka_unit_test(long_sets_combine_element_by_element),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
