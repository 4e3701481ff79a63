/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/log_control.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "datapath/log.h"
#include "vswitchd/unixctl.h"

#define SPEC_MAX 256

static bool is_destination(const char *word)
{
	return !strcasecmp(word, "console") || !strcasecmp(word, "file") ||
	       !strcasecmp(word, "syslog");
}

static bool module_exists(const char *name)
{
	for (const struct log_module *m = log_modules(); m; m = m->next) {
		if (!strcmp(m->name, name))
			return true;
	}
	return false;
}

/* "warn" or "WARN". */
static bool parse_level(const char *word, enum log_level *level)
{
	for (int i = 0; i < LOG_N_LEVELS; i++) {
		if (!strcasecmp(word, log_level_to_string((enum log_level)i))) {
			*level = (enum log_level)i;
			return true;
		}
	}
	return false;
}

int log_control_set(const char *spec, struct errmsg *err)
{
	enum log_level level = LOG_LEVEL_DBG; /* what "vlog/set MODULE" means to operators */
	const char *module = NULL;
	char copy[SPEC_MAX];
	char *save = NULL;

	if (strlen(spec) >= sizeof(copy) || !*spec)
		return errmsg_set(err, EINVAL, "\"%.40s\" is no log level", spec);
	strcpy(copy, spec);
	for (char *word = strtok_r(copy, " ,:", &save); word; word = strtok_r(NULL, " ,:", &save)) {
		if (parse_level(word, &level) || !strcasecmp(word, "any"))
			continue;
		if (is_destination(word))
			return errmsg_set(err, EINVAL,
				"a level holds for all destinations: leave \"%s\" out", word);
		if (!module_exists(word))
			return errmsg_set(err, EINVAL,
				"\"%s\" is neither a log level (off, err, warn, info, dbg) nor a "
				"module",
				word);
		module = word;
	}
	log_set_level(module, level);
	return 0;
}

static int run_list(void *arg, int argc, const char *const *argv, FILE *out, struct errmsg *err)
{
	for (const struct log_module *m = log_modules(); m; m = m->next)
		fprintf(out, "%-20s %s\n", m->name, log_level_to_string(m->level));
	return 0;
}

static int run_set(void *arg, int argc, const char *const *argv, FILE *out, struct errmsg *err)
{
	for (int i = 1; i < argc; i++) {
		int r = log_control_set(argv[i], err);

		if (r)
			return r;
	}
	return 0;
}

static int run_reopen(void *arg, int argc, const char *const *argv, FILE *out, struct errmsg *err)
{
	int r = log_reopen_file();

	return r ? errmsg_set(err, -r, "the log file can't be opened: %s", strerror(-r)) : 0;
}

static const struct unixctl_command commands[] = {
	{"vlog/list", "", "List the modules that log, with their levels.", 0, 0, run_list},
	{"vlog/set", "[MODULE:]LEVEL...", "Log this level and the graver ones.", 1,
		UNIXCTL_MAX_ARGS, run_set},
	{"vlog/reopen", "", "Open the log file anew, after a rotation.", 0, 0, run_reopen},
};

void log_control_register(struct unixctl *ctl)
{
	unixctl_register(ctl, commands, sizeof(commands) / sizeof(commands[0]), NULL);
}
