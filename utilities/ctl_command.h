/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a command of vswitch-ctl is, and the table of all of them.
 *
 * A module that implements commands has a table of them, which ctl_command.c lists. Everything
 * that must know a command (the parser, --help, the completion, the man page) reads that table.
 * One thread. Functions return 0 or -errno with the reason in `err`.
 */
#ifndef UTILITIES_CTL_COMMAND_H
#define UTILITIES_CTL_COMMAND_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "datapath/errmsg.h"
#include "utilities/ctl_text.h"

struct ctl_call;
struct ctl_db;
struct ctl_settings;
struct ctl_table;

enum ctl_target {
	CTL_TARGET_DATABASE, /* runs inside the one transaction of the command line */
	CTL_TARGET_RUNTIME   /* asks the daemon's run-time socket; stands alone */
};

#define CTL_ARGS_MANY INT_MAX

struct ctl_command {
	const char *name;
	/* The options, separated by spaces, without dashes; one with an argument ends in "=". */
	const char *options;
	/* The arguments as the usage line shows them; the completion reads their names. */
	const char *arguments;
	int min_args;
	int max_args;
	enum ctl_target target;
	const char *summary; /* one line, no full stop */
	const char *text;    /* the paragraph of --help and of the man page */

	/* Asks for the tables and columns that run() will read. Database commands only. */
	int (*prepare)(struct ctl_db *db, const struct ctl_call *call, struct errmsg *err);
	/* Database commands: reads and changes the transaction, writes call->output. Called anew
	 * from the start when the transaction has to be repeated. */
	int (*run)(struct ctl_db *db, struct ctl_call *call, struct errmsg *err);
	/* After the commit, for what only then is known; may be NULL. */
	int (*finish)(struct ctl_db *db, struct ctl_call *call, struct errmsg *err);
	/* Run-time commands instead of the three above. */
	int (*view)(const struct ctl_settings *settings, struct ctl_call *call, struct errmsg *err);
};

struct ctl_command_group {
	const char *title;
	const struct ctl_command *commands;
	size_t n_commands;
};

struct ctl_call_option {
	char *name;  /* without dashes */
	char *value; /* NULL when the option has none */
};

/* A command with its options and arguments, as one stretch of the command line says. */
struct ctl_call {
	const struct ctl_command *command;
	struct ctl_call_option *options;
	size_t n_options;
	char **args; /* borrowed from argv */
	int n_args;

	struct ctl_text output;
	struct ctl_table *table; /* printed after `output`; owned; may be NULL */
	/* Not 0: ends the program with it at once, without output and without a change. */
	int exit_status;
	char *created; /* create: the uuid of the new row until it is committed */
};

#define CTL_ARRAY_SIZE(ARRAY) (sizeof(ARRAY) / sizeof((ARRAY)[0]))

/* All groups in the order of the help; `*n` gets their number. */
const struct ctl_command_group *ctl_command_groups(size_t *n);

/* The command called `name`, or NULL. */
const struct ctl_command *ctl_command_find(const char *name);

/* The command whose name looks most like `name`, or NULL. */
const char *ctl_command_suggest(const char *name);

/* Whether `option` (without dashes) is one of the command's; `*has_value` says if it takes one. */
bool ctl_command_has_option(const struct ctl_command *command, const char *option, bool *has_value);

/* Whether the option was given; the value of one that takes a value, or NULL. */
bool ctl_call_has(const struct ctl_call *call, const char *option);
const char *ctl_call_value(const struct ctl_call *call, const char *option);

/* Drops what a run left in the call (output, table), so that it can run again. */
void ctl_call_reset(struct ctl_call *call);
void ctl_call_destroy(struct ctl_call *call);

#endif
