/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line of vswitch-ctl: each line of the input is an argument. What parses is run on an
 * empty database without a server, up to the operations that it would send.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "utilities/ctl_args.h"
#include "utilities/ctl_db.h"
#include "utilities/ctl_help.h"
#include "utilities/ctl_txn.h"

#define MAX_ARGS 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void run_database(struct ctl_args *args)
{
	struct errmsg err;
	struct ctl_db db;
	size_t n;
	int ret = 0;

	ctl_db_init(&db, &args->settings, ovsdb_schema_builtin());
	ctl_txn_insert(ctl_db_table(&db, "Open_vSwitch"), NULL);
	for (size_t i = 0; i < args->n_calls && !ret; i++) {
		if (args->calls[i].command->target == CTL_TARGET_RUNTIME)
			ret = -1;
		else
			ret = args->calls[i].command->prepare(&db, &args->calls[i], &err);
	}
	for (size_t i = 0; i < args->n_calls && !ret; i++)
		ret = args->calls[i].command->run(&db, &args->calls[i], &err);
	if (!ret)
		json_decref(ctl_txn_operations(&db, "fuzz", true, &n));
	for (size_t i = 0; i < args->n_calls && !ret; i++) {
		struct ctl_text out = CTL_TEXT_EMPTY;

		if (args->calls[i].table)
			ctl_table_print(args->calls[i].table, &args->settings.style, 1, &out);
		ctl_text_destroy(&out);
	}
	ctl_db_close(&db);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *argv[MAX_ARGS + 1] = {(char[]){"vswitch-ctl"}};
	struct ctl_text out = CTL_TEXT_EMPTY;
	struct ctl_args args;
	struct errmsg err;
	char *text = malloc(size + 1);
	int argc = 1;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	for (char *s = strtok(text, "\n"); s && argc < MAX_ARGS; s = strtok(NULL, "\n"))
		argv[argc++] = s;
	if (!ctl_args_parse(&args, argc, argv, &err)) {
		if (args.action == CTL_ACTION_RUN)
			run_database(&args);
		else if (args.help_command)
			ctl_help_command("vswitch-ctl", args.help_command, &out);
	}
	ctl_text_destroy(&out);
	ctl_args_destroy(&args);
	free(text);
	return 0;
}
