/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "utilities/ctl_args.h"
#include "utilities/ctl_help.h"
#include "utilities/ctl_text.h"

#define MAX_WORDS 32

/* Splits `line` at spaces into argv and parses it. `line` must outlive `args`. */
static int parse(struct ctl_args *args, char *line, struct errmsg *err)
{
	static char *argv[MAX_WORDS + 1];
	int argc = 0;

	for (char *word = strtok(line, " "); word && argc < MAX_WORDS; word = strtok(NULL, " "))
		argv[argc++] = word;
	argv[argc] = NULL;
	return ctl_args_parse(args, argc, argv, err);
}

static void assert_refused(const char *line, const char *reason)
{
	struct ctl_args args;
	struct errmsg err;
	char copy[256];

	snprintf(copy, sizeof(copy), "%s", line);
	assert_int_equal(parse(&args, copy, &err), -EINVAL);
	if (!strstr(err.text, reason))
		fail_msg("%s: \"%s\" has no \"%s\"", line, err.text, reason);
	ctl_args_destroy(&args);
}

static void commands_are_split_at_dashes(void **state)
{
	char line[] =
		"vswitch-ctl --timeout=5 -- --may-exist add-port br0 vm1 tag=3 -- set Interface "
		"vm1 type=tap --";
	struct ctl_args args;
	struct errmsg err;

	assert_int_equal(parse(&args, line, &err), 0);
	assert_int_equal(args.action, CTL_ACTION_RUN);
	assert_int_equal(args.settings.timeout_s, 5);
	assert_int_equal(args.n_calls, 2);
	assert_string_equal(args.calls[0].command->name, "add-port");
	assert_true(ctl_call_has(&args.calls[0], "may-exist"));
	assert_int_equal(args.calls[0].n_args, 3);
	assert_string_equal(args.calls[0].args[2], "tag=3");
	assert_string_equal(args.calls[1].command->name, "set");
	assert_int_equal(args.calls[1].n_options, 0);
	ctl_args_destroy(&args);
}

/* As libvirt calls it: options of the first command, abbreviated, among the global ones. */
static void options_of_the_first_command_may_be_global(void **state)
{
	char line[] =
		"ctl --timeout=5 --no-heading --columns=_uuid --if-exists list port vnet0 qos";
	struct ctl_args args;
	struct errmsg err;

	assert_int_equal(parse(&args, line, &err), 0);
	assert_false(args.settings.style.headings);
	assert_true(ctl_call_has(&args.calls[0], "if-exists"));
	assert_string_equal(ctl_call_value(&args.calls[0], "columns"), "_uuid");
	assert_int_equal(args.calls[0].n_args, 3);
	ctl_args_destroy(&args);
}

static void letters_and_separate_values_work(void **state)
{
	char line[] = "ctl -vt 7 -fcsv -d bare --db unix:/x list Port";
	struct ctl_args args;
	struct errmsg err;

	assert_int_equal(parse(&args, line, &err), 0);
	assert_true(args.settings.verbose);
	assert_int_equal(args.settings.timeout_s, 7);
	assert_int_equal(args.settings.style.format, CTL_FORMAT_CSV);
	assert_int_equal(args.settings.style.data, CTL_DATA_BARE);
	assert_string_equal(args.settings.db, "unix:/x");
	ctl_args_destroy(&args);
}

static void mistakes_are_named(void **state)
{
	assert_refused("ctl", "command name is missing");
	assert_refused("ctl --", "command name is missing");
	assert_refused("ctl add-prot br0 p", "did you mean 'add-port'");
	assert_refused("ctl qqqqqqqqqqqq", "unknown command");
	assert_refused("ctl add-br", "add-br BRIDGE [PARENT VLAN]");
	assert_refused("ctl br-exists a b", "at most 1 argument:");
	assert_refused("ctl --nope list-br", "unknown option '--nope'");
	assert_refused("ctl --no list-br", "more than one");
	assert_refused("ctl -x list-br", "unknown option '-x'");
	assert_refused("ctl -t", "needs an argument");
	assert_refused("ctl --db", "needs an argument");
	assert_refused("ctl --no-wait=1 list-br", "takes no argument");
	assert_refused("ctl --timeout=soon list-br", "needs a number");
	assert_refused("ctl --timeout=-1 list-br", "needs a number");
	assert_refused("ctl --format=yaml list-br", "unknown output format 'yaml'");
	assert_refused("ctl --data=yaml list-br", "unknown data format 'yaml'");
	assert_refused("ctl -- --id add-br x", "no option '--id'");
	assert_refused("ctl -- --columns find port", "needs an argument");
	assert_refused("ctl -- --may-exist=1 add-br x", "takes no argument");
	assert_refused("ctl -- --may-exist --may-exist add-br x", "given twice");
	assert_refused("ctl -- -x add-br x", "unknown option '-x'");
	assert_refused("ctl fdb -- show", "can't be joined");
}

static void help_takes_a_command(void **state)
{
	static const char *const lines[] = {"ctl --help add-br", "ctl add-br --help",
		"ctl -- --help add-br", "ctl -h add-br x"};
	struct ctl_args args;
	struct errmsg err;
	char line[64];

	for (size_t i = 0; i < CTL_ARRAY_SIZE(lines); i++) {
		snprintf(line, sizeof(line), "%s", lines[i]);
		assert_int_equal(parse(&args, line, &err), 0);
		assert_int_equal(args.action, CTL_ACTION_HELP);
		assert_string_equal(args.help_command->name, "add-br");
		ctl_args_destroy(&args);
	}
	snprintf(line, sizeof(line), "ctl --help");
	assert_int_equal(parse(&args, line, &err), 0);
	assert_null(args.help_command);
	ctl_args_destroy(&args);
}

static void every_command_is_complete(void **state)
{
	size_t n_groups;
	const struct ctl_command_group *groups = ctl_command_groups(&n_groups);

	for (size_t g = 0; g < n_groups; g++) {
		for (size_t i = 0; i < groups[g].n_commands; i++) {
			const struct ctl_command *command = &groups[g].commands[i];

			assert_ptr_equal(ctl_command_find(command->name), command);
			assert_true(command->min_args <= command->max_args);
			assert_non_null(command->summary);
			assert_int_equal(command->text[strlen(command->text) - 1], '.');
			if (command->target == CTL_TARGET_RUNTIME)
				assert_non_null(command->view);
			else
				assert_true(command->prepare && command->run);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands_are_split_at_dashes),
		cmocka_unit_test(options_of_the_first_command_may_be_global),
		cmocka_unit_test(letters_and_separate_values_work),
		cmocka_unit_test(mistakes_are_named),
		cmocka_unit_test(help_takes_a_command),
		cmocka_unit_test(every_command_is_complete),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
