/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "utilities/ctl_help.h"

static char *read_file(const char *path)
{
	struct ctl_text text = CTL_TEXT_EMPTY;
	FILE *f = fopen(path, "r");
	int c;

	if (!f)
		fail_msg("%s can't be read", path);
	while ((c = getc(f)) != EOF)
		ctl_text_putc(&text, (char)c);
	fclose(f);
	return ctl_text_steal(&text);
}

/* `make update-man` puts it right. */
static void manual_page_is_current(void **state)
{
	char *page = read_file(VSWITCH_SRCDIR "/docs/reference/vswitch-ctl.1");
	struct ctl_text text = CTL_TEXT_EMPTY;

	ctl_help_man(&text);
	if (!strstr(page, ctl_text_get(&text)))
		fail_msg("docs/reference/vswitch-ctl.1 is stale: run `make update-man`");
	ctl_text_destroy(&text);
	free(page);
}

static void help_names_every_command_and_option(void **state)
{
	struct ctl_text text = CTL_TEXT_EMPTY;
	size_t n_groups;
	const struct ctl_command_group *groups = ctl_command_groups(&n_groups);

	ctl_help_program("vswitch-ctl", &text);
	for (size_t g = 0; g < n_groups; g++) {
		assert_non_null(strstr(ctl_text_get(&text), groups[g].title));
		for (size_t i = 0; i < groups[g].n_commands; i++)
			assert_non_null(strstr(ctl_text_get(&text), groups[g].commands[i].name));
	}
	for (const char *line = ctl_text_get(&text); line; line = strchr(line, '\n')) {
		line += *line == '\n';
		assert_true(strcspn(line, "\n") < 80);
	}
	ctl_text_destroy(&text);
}

static void help_of_a_command_has_its_usage(void **state)
{
	struct ctl_text text = CTL_TEXT_EMPTY;

	ctl_help_command("vswitch-ctl", ctl_command_find("get"), &text);
	assert_memory_equal(ctl_text_get(&text),
		"usage: vswitch-ctl [--if-exists] [--id=@NAME] get TABLE RECORD "
		"[COLUMN[:KEY]]...\n\n",
		82);
	ctl_text_destroy(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(manual_page_is_current),
		cmocka_unit_test(help_names_every_command_and_option),
		cmocka_unit_test(help_of_a_command_has_its_usage),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
