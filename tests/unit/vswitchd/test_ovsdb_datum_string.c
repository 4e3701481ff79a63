/* SPDX-License-Identifier: Apache-2.0 */
#include "ovsdb_test.h"

#include "vswitchd/ovsdb_datum_string.h"
#include "vswitchd/ovsdb_schema.h"

static struct ovsdb_schema *schema;

static const struct ovsdb_type *type_of(const char *table, const char *column)
{
	return &ovsdb_table_schema_column(ovsdb_schema_table(schema, table), column)->type;
}

static void reads(const char *table, const char *column, const char *in, const char *out)
{
	const struct ovsdb_type *type = type_of(table, column);
	struct ovsdb_error err = {.tag = NULL};
	struct ovsdb_datum *datum;
	char *text;

	if (ovsdb_datum_from_string(type, in, NULL, &datum, &err))
		fail_msg("%s: %s", in, err.details);
	text = ovsdb_datum_to_string(datum, type);
	assert_string_equal(text, out);
	free(text);
	ovsdb_datum_unref(datum, type);
}

static void refuses(const char *table, const char *column, const char *in)
{
	struct ovsdb_error err = {.tag = NULL};
	struct ovsdb_datum *datum;

	assert_int_equal(
		ovsdb_datum_from_string(type_of(table, column), in, NULL, &datum, &err), -EINVAL);
	assert_true(err.details[0]);
}

static void sets(void **state)
{
	reads("Port", "trunks", "10,20", "[10, 20]");
	reads("Port", "trunks", "[20, 10]", "[10, 20]");
	reads("Port", "trunks", " 1 2 , 3, ", "[1, 2, 3]");
	reads("Port", "trunks", "[]", "[]");
	reads("Port", "trunks", "", "[]");
	reads("Port", "trunks", "3-5,9", "[3, 4, 5, 9]");
	reads("Port", "tag", "5", "5");
	reads("Port", "tag", "[]", "[]");
	reads("Port", "vlan_mode", "native-tagged", "native-tagged");
	reads("Port", "fake_bridge", "yes", "true");
	refuses("Port", "trunks", "1,,2");
	refuses("Port", "trunks", "1,1");
	refuses("Port", "trunks", "5-3");
	refuses("Port", "trunks", "4090-4096");
	refuses("Port", "trunks", "{1}");
	refuses("Port", "trunks", "[1");
	refuses("Port", "trunks", "[1] 2");
	refuses("Port", "tag", "5,6");
	refuses("Port", "tag", "5000");
	refuses("Port", "tag", "0x10");
	refuses("Port", "tag", "99999999999999999999");
	refuses("Port", "fake_bridge", "maybe");
	refuses("Port", "vlan_mode", "bad");
	refuses("Port", "interfaces", "@new");
	refuses("Port", "bond_updelay", "");
}

static void strings_and_maps(void **state)
{
	reads("Bridge", "datapath_type", "netdev", "netdev");
	reads("Bridge", "datapath_type", "\"a b\"", "\"a b\"");
	reads("Bridge", "datapath_type", "\"\"", "\"\"");
	reads("Bridge", "datapath_type", "true", "\"true\"");
	reads("Bridge", "datapath_type", "a.b-c_d9", "a.b-c_d9");
	reads("Bridge", "datapath_type", "7", "\"7\"");
	reads("Bridge", "other_config", "{a=b c=d, e=\"x y\"}", "{a=b, c=d, e=\"x y\"}");
	reads("Bridge", "other_config", "\"a:b\"=1,c=\"=\"", "{\"a:b\"=\"1\", c=\"=\"}");
	reads("Bridge", "other_config", "{}", "{}");
	reads("Interface", "statistics", "rx_bytes=1", "{rx_bytes=1}");
	refuses("Bridge", "datapath_type", "a b");
	refuses("Bridge", "datapath_type", "\"ab");
	refuses("Bridge", "datapath_type", "\"ab\"c");
	refuses("Bridge", "other_config", "{a}");
	refuses("Bridge", "other_config", "{a=b");
	refuses("Bridge", "other_config", "[a=b]");
	refuses("Bridge", "other_config", "a=1,a=2");
	refuses("Bridge", "other_config", "a=b:c");
	refuses("Bridge", "other_config", "a=");
}

static void a_whole_text_is_one_atom(void **state)
{
	const struct ovsdb_type *type = type_of("Bridge", "other_config");
	struct ovsdb_error err;
	union ovsdb_atom atom;

	assert_int_equal(ovsdb_atom_from_string(&type->value, "a=b, c", NULL, &atom, &err), 0);
	assert_string_equal(ovsdb_atom_text(&atom), "a=b, c");
	ovsdb_atom_clear(OVSDB_STRING, &atom);
	assert_int_equal(
		ovsdb_atom_from_string(&type->value, "\"\\u00e9\\n\"", NULL, &atom, &err), 0);
	assert_string_equal(ovsdb_atom_text(&atom), "\xc3\xa9\n");
	ovsdb_atom_clear(OVSDB_STRING, &atom);
	assert_int_equal(ovsdb_atom_from_string(&type->value, "\xff", NULL, &atom, &err), -EINVAL);
}

static void names_and_words(void **state)
{
	const struct ovsdb_type *type = type_of("Port", "interfaces");
	struct ovsdb_symtab symtab = {0};
	struct ovsdb_error err;
	struct ovsdb_datum *datum;
	const char *text = "other_config:\"a:b\"=c";
	char *word, *bare;

	assert_int_equal(ovsdb_datum_from_string(type, "@i1,@i2", &symtab, &datum, &err), 0);
	assert_int_equal(datum->n, 2);
	assert_non_null(ovsdb_symtab_find(&symtab, "i1"));
	bare = ovsdb_datum_to_bare_string(datum, type);
	assert_int_equal(strlen(bare), 2 * OVSDB_UUID_LEN + 1);
	free(bare);
	ovsdb_datum_unref(datum, type);
	ovsdb_symtab_clear(&symtab);

	assert_int_equal(ovsdb_token_parse(&text, &word, &err), 0);
	assert_string_equal(word, "other_config");
	free(word);
	assert_int_equal(*text++, ':');
	assert_int_equal(ovsdb_token_parse(&text, &word, &err), 0);
	assert_string_equal(word, "\"a:b\"");
	free(word);
	assert_string_equal(text, "=c");
	assert_int_equal(ovsdb_token_parse(&text, &word, &err), -EINVAL);
}

static int setup(void **state)
{
	schema = ovsdb_schema_builtin();
	return 0;
}

static int teardown(void **state)
{
	ovsdb_schema_destroy(schema);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets),
		cmocka_unit_test(strings_and_maps),
		cmocka_unit_test(a_whole_text_is_one_atom),
		cmocka_unit_test(names_and_words),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
