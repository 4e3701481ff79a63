/* SPDX-License-Identifier: Apache-2.0 */
#include "ovsdb_test.h"

#include "vswitchd/ovsdb_datum.h"
#include "vswitchd/ovsdb_schema.h"

static void builtin_has_the_tables_of_its_version(void **state)
{
	struct ovsdb_schema *schema = ovsdb_schema_builtin();
	const struct ovsdb_table_schema *table;
	const struct ovsdb_column *column;

	assert_string_equal(schema->name, "Open_vSwitch");
	assert_string_equal(schema->version, "8.3.1");
	table = ovsdb_schema_table(schema, "Open_vSwitch");
	assert_true(table->is_root);
	assert_int_equal(table->max_rows, 1);
	table = ovsdb_schema_table(schema, "Port");
	assert_false(table->is_root);
	assert_int_equal(table->n_indexes, 1);
	column = ovsdb_table_schema_column(table, "name");
	assert_false(column->is_mutable);
	assert_true(column->indexed);
	column = ovsdb_table_schema_column(table, "interfaces");
	assert_true(column->refers);
	assert_ptr_equal(column->type.key.uuid.ref_table, ovsdb_schema_table(schema, "Interface"));
	assert_true(ovsdb_table_schema_column(table, "statistics")->ephemeral);
	assert_null(ovsdb_table_schema_column(table, "nonesuch"));
	assert_null(ovsdb_schema_table(schema, "nonesuch"));
	ovsdb_schema_destroy(schema);
}

/* libvirt writes "trunk=", which clients resolve by unique prefix. */
static void no_other_port_column_begins_with_trunk(void **state)
{
	struct ovsdb_schema *schema = ovsdb_schema_builtin();
	const struct ovsdb_table_schema *table = ovsdb_schema_table(schema, "Port");
	unsigned int n = 0;

	for (unsigned int i = 0; i < table->n_columns; i++)
		n += !strncmp(table->columns[i].name, "trunk", 5);
	assert_int_equal(n, 1);
	ovsdb_schema_destroy(schema);
}

static void written_json_equals_what_was_read(void **state)
{
	json_t *json = js(ovsdb_schema_builtin_text());
	struct ovsdb_schema *schema = ovsdb_schema_builtin();
	json_t *written = ovsdb_schema_to_json(schema);

	assert_true(json_equal(json, written));
	json_decref(json);
	json_decref(written);
	ovsdb_schema_destroy(schema);
}

static void refuses(const char *text)
{
	struct ovsdb_error err = {.tag = NULL};
	struct ovsdb_schema *schema;
	json_t *json = js(text);

	assert_int_equal(ovsdb_schema_from_json(json, &schema, &err), -EINVAL);
	assert_string_equal(err.tag, "syntax error");
	json_decref(json);
}

#define TABLE(TEXT) "{'name':'D','version':'1.0.0','tables':{'T':" TEXT "}}"
#define COLUMN(TYPE) TABLE("{'columns':{'c':{'type':" TYPE "}}}")

static void wrong_schemas_are_refused(void **state)
{
	refuses("[]");
	refuses("{'name':'D','version':'1.0.0'}");
	refuses("{'name':'1D','version':'1.0.0','tables':{}}");
	refuses("{'name':'D','version':'1.0','tables':{}}");
	refuses("{'name':'D','version':'1.0.0','tables':{},'more':1}");
	refuses("{'name':'D','version':'1.0.0','tables':{'_T':{'columns':{'c':{'type':'uuid'}}}}}");
	refuses(TABLE("{'columns':{}}"));
	refuses(TABLE("{'columns':{'_c':{'type':'integer'}}}"));
	refuses(TABLE("{'columns':{'c':{'type':'integer'}},'maxRows':0}"));
	refuses(TABLE("{'columns':{'c':{'type':'integer'}},'indexes':[[]]}"));
	refuses(TABLE("{'columns':{'c':{'type':'integer'}},'indexes':[['d']]}"));
	refuses(TABLE("{'columns':{'c':{'type':'integer'}},'indexes':[['c','c']]}"));
	refuses(TABLE("{'columns':{'c':{'type':'integer'}},'indexes':[['_uuid']]}"));
	refuses(TABLE("{'columns':{'c':{'type':'integer','ephemeral':true}},'indexes':[['c']]}"));
	refuses(COLUMN("'void'"));
	refuses(COLUMN("'text'"));
	refuses(COLUMN("{'key':'integer','min':2,'max':3}"));
	refuses(COLUMN("{'key':'integer','min':-1}"));
	refuses(COLUMN("{'key':'integer','max':0}"));
	refuses(COLUMN("{'key':'integer','max':'few'}"));
	refuses(COLUMN("{'key':{'type':'integer','minInteger':2,'maxInteger':1}}"));
	refuses(COLUMN("{'key':{'type':'integer','minLength':2}}"));
	refuses(COLUMN("{'key':{'type':'string','minLength':-1}}"));
	refuses(COLUMN("{'key':{'type':'string','enum':['set',[]]}}"));
	refuses(COLUMN("{'key':{'type':'string','enum':['set',[1]]}}"));
	refuses(COLUMN("{'key':{'type':'uuid','refTable':'U'}}"));
	refuses(COLUMN("{'key':{'type':'uuid','refType':'weak'}}"));
	refuses(COLUMN("{'key':{'type':'uuid','refTable':'T','refType':'odd'}}"));
	refuses(COLUMN("{'key':'string','value':{'type':'uuid','refTable':'U'}}"));
}

static void tables_without_any_root_are_all_roots(void **state)
{
	struct ovsdb_error err;
	struct ovsdb_schema *schema;
	json_t *json = js(COLUMN("{'key':{'type':'uuid','refTable':'T','refType':'weak'}}"));

	assert_int_equal(ovsdb_schema_from_json(json, &schema, &err), 0);
	assert_true(schema->tables[0].is_root);
	ovsdb_schema_destroy(schema);
	json_decref(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(builtin_has_the_tables_of_its_version),
		cmocka_unit_test(no_other_port_column_begins_with_trunk),
		cmocka_unit_test(written_json_equals_what_was_read),
		cmocka_unit_test(wrong_schemas_are_refused),
		cmocka_unit_test(tables_without_any_root_are_all_roots),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
