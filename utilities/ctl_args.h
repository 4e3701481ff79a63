/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line: global options, then commands that "--" separates, each with its own options
 * before its name. Pure: reads argv and the command table only. One thread.
 */
#ifndef UTILITIES_CTL_ARGS_H
#define UTILITIES_CTL_ARGS_H

#include <stdint.h>

#include "utilities/ctl_command.h"
#include "utilities/ctl_table.h"

/* What the program is asked for; everything but RUN prints something and ends. */
enum ctl_action {
	CTL_ACTION_RUN,
	CTL_ACTION_HELP, /* of ctl_args.help_command when it isn't NULL */
	CTL_ACTION_VERSION,
	CTL_ACTION_COMMANDS,
	CTL_ACTION_OPTIONS,
	CTL_ACTION_MAN
};

struct ctl_settings {
	const char *program; /* how messages begin */
	const char *rundir;
	const char *db;         /* NULL for the socket in the run directory */
	unsigned int timeout_s; /* 0 for none */
	struct ctl_table_style style;
	bool format_given;
	bool oneline;
	bool dry_run;
	bool no_wait;
	bool retry;
	bool verbose;
	int64_t deadline_ms; /* from timeout_s, set when the work begins; 0 for none */
};

struct ctl_args {
	struct ctl_settings settings;
	enum ctl_action action;
	const struct ctl_command *help_command;
	struct ctl_call *calls;
	size_t n_calls;
};

struct ctl_global_option {
	const char *name;
	char letter;          /* 0 for none */
	const char *argument; /* its name in the help, NULL for none */
	const char *text;     /* one or more full sentences */
	bool hidden;          /* for the build and the completion, not in the help */
};

/* All global options, a NULL name at the end. */
const struct ctl_global_option *ctl_global_options(void);

/*
 * Parses `argv`, whose strings must outlive `args`. `args` must be destroyed whatever the result:
 * 0, or -EINVAL for what the command line has wrong.
 */
int ctl_args_parse(struct ctl_args *args, int argc, char **argv, struct errmsg *err);
void ctl_args_destroy(struct ctl_args *args);

#endif
