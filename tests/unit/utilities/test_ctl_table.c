/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "utilities/ctl_table.h"

static struct ctl_table *sample(void)
{
	struct ctl_table *table = ctl_table_create();

	ctl_table_add_column(table, "name", false);
	ctl_table_add_column(table, "packets", true);
	ctl_table_add_column(table, "note", false);
	ctl_table_add_cell(table, ctl_xstrdup("vm1"), NULL);
	ctl_table_add_cell(table, ctl_xstrdup("7"), json_integer(7));
	ctl_table_add_cell(table, ctl_xstrdup("a \"b\", <c>"), NULL);
	ctl_table_add_cell(table, ctl_xstrdup("größer"), NULL);
	ctl_table_add_cell(table, ctl_xstrdup("123456789"), json_integer(123456789));
	ctl_table_add_cell(table, ctl_xstrdup(""), NULL);
	return table;
}

static void assert_prints(struct ctl_table_style style, unsigned int nth, const char *wanted)
{
	struct ctl_table *table = sample();
	struct ctl_text text = CTL_TEXT_EMPTY;

	ctl_table_print(table, &style, nth, &text);
	assert_string_equal(ctl_text_get(&text), wanted);
	ctl_text_destroy(&text);
	ctl_table_destroy(table);
}

static void text_is_aligned(void **state)
{
	struct ctl_table_style style = {.format = CTL_FORMAT_TABLE, .headings = true};

	assert_prints(style, 0,
		"name     packets note\n"
		"------ --------- ----------\n"
		"vm1            7 a \"b\", <c>\n"
		"größer 123456789 \n");
	style.headings = false;
	style.max_column_width = 4;
	assert_prints(style, 1, "\nvm1     7 a \"b\ngröß 1234 \n");
}

static void list_has_a_line_for_each_column(void **state)
{
	struct ctl_table_style style = {.format = CTL_FORMAT_LIST, .headings = true};

	assert_prints(style, 0,
		"name                : vm1\n"
		"packets             : 7\n"
		"note                : a \"b\", <c>\n"
		"\n"
		"name                : größer\n"
		"packets             : 123456789\n"
		"note                : \n");
	style.headings = false;
	assert_prints(style, 0, "vm1\n7\na \"b\", <c>\n\ngrößer\n123456789\n\n");
}

static void csv_is_quoted(void **state)
{
	struct ctl_table_style style = {.format = CTL_FORMAT_CSV, .headings = true};

	assert_prints(
		style, 0, "name,packets,note\nvm1,7,\"a \"\"b\"\", <c>\"\ngrößer,123456789,\n");
}

static void html_is_escaped(void **state)
{
	struct ctl_table_style style = {.format = CTL_FORMAT_HTML};

	assert_prints(style, 0,
		"<table border=1>\n  <tr>\n    <td>vm1</td>\n    <td>7</td>\n"
		"    <td>a &quot;b&quot;, &lt;c&gt;</td>\n  </tr>\n  <tr>\n    <td>größer</td>\n"
		"    <td>123456789</td>\n    <td></td>\n  </tr>\n</table>\n");
}

static void json_has_headings_and_data(void **state)
{
	struct ctl_table_style style = {.format = CTL_FORMAT_JSON};

	assert_prints(style, 1,
		"{\"data\":[[\"vm1\",7,\"a \\\"b\\\", <c>\"],[\"größer\",123456789,\"\"]],"
		"\"headings\":[\"name\",\"packets\",\"note\"]}\n");
}

static void nearest_name_is_found(void **state)
{
	static const char *const names[] = {"add-br", "add-port", "del-port", "show", NULL};

	assert_string_equal(ctl_nearest_name("addport", names), "add-port");
	assert_string_equal(ctl_nearest_name("sow", names), "show");
	assert_null(ctl_nearest_name("frobnicate", names));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_aligned),
		cmocka_unit_test(list_has_a_line_for_each_column),
		cmocka_unit_test(csv_is_quoted),
		cmocka_unit_test(html_is_escaped),
		cmocka_unit_test(json_has_headings_and_data),
		cmocka_unit_test(nearest_name_is_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
