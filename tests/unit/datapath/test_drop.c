/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "datapath/drop.h"

/* docs/reference/drop-reasons.md is this table, written for a reader; make it anew with
 * `tests/unit/datapath/test_drop --write`. */
#define PAGE VSWITCH_SRCDIR "/docs/reference/drop-reasons.md"
#define PAGE_MAX 16384

static void make_page(char *page, size_t size)
{
	size_t n = (size_t)snprintf(page, size,
		"# Drop reasons\n\n"
		"A frame that goes nowhere is counted under one of these, on the port that it came "
		"in by\nor on the one that it was to leave by. `vswitch-ctl drops` shows them; "
		"`statistics` has\nthem as `drop_NAME`.\n\n"
		"| name | counted on | meaning |\n| --- | --- | --- |\n");

	for (int i = 0; i < DROP_N_REASONS; i++)
		n += (size_t)snprintf(page + n, size - n, "| `%s` | %sgress | %s |\n",
			drop_infos[i].name, drop_infos[i].where[0] == 'i' ? "in" : "e",
			drop_infos[i].meaning);
	assert_true(n < size);
}

static void the_reference_page_is_up_to_date(void **state)
{
	char wanted[PAGE_MAX], found[PAGE_MAX];
	FILE *f = fopen(PAGE, "r");
	size_t n;

	assert_non_null(f);
	n = fread(found, 1, sizeof(found) - 1, f);
	fclose(f);
	found[n] = '\0';
	make_page(wanted, sizeof(wanted));
	assert_string_equal(found, wanted);
}

static int write_page(void)
{
	char page[PAGE_MAX];
	FILE *f = fopen(PAGE, "w");

	make_page(page, sizeof(page));
	return !f || fputs(page, f) < 0 || fclose(f);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_reference_page_is_up_to_date),
	};

	if (argc > 1 && !strcmp(argv[1], "--write"))
		return write_page();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
