/* SPDX-License-Identifier: Apache-2.0 */
#include "utilities/ctl_args.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct ctl_global_option global_options[] = {
	{"db", 0, "SERVER",
		"Talks to the database at SERVER: unix:PATH or tcp:HOST:PORT. Without it, to the "
		"socket db.sock in the run directory."},
	{"rundir", 0, "DIR", "Looks for the daemon's sockets in the run directory DIR."},
	{"no-wait", 0, NULL,
		"Returns when the change is in the database, without waiting until the switch has "
		"applied it."},
	{"dry-run", 0, NULL, "Does everything but change the database."},
	{"timeout", 't', "SECONDS",
		"Gives up after that many seconds, with exit status 142. 0, the default, waits for "
		"ever."},
	{"retry", 0, NULL,
		"Tries again while nobody answers at the database's socket, instead of failing at "
		"once."},
	{"oneline", 0, NULL,
		"Prints the output of each command on one line, with \\n for its line ends and "
		"\\\\ "
		"for a backslash."},
	{"format", 'f', "FORMAT",
		"Prints tables as table, list, csv, html or json. Rows of the database are printed "
		"as "
		"a list by default, run-time views as a table."},
	{"data", 'd', "FORM",
		"Prints values as string, bare (without punctuation) or json. The format json "
		"always "
		"has json values."},
	{"no-headings", 0, NULL, "Leaves out the headings of tables."},
	{"pretty", 0, NULL, "Indents JSON."},
	{"bare", 0, NULL, "Means --format=list --data=bare --no-headings."},
	{"max-column-width", 0, "N", "Cuts the columns of the format table to N characters."},
	{"verbose", 'v', NULL, "Writes what is sent to and received from the database to stderr."},
	{"help", 'h', NULL, "Prints a help text, that of a command when one is named, and ends."},
	{"version", 'V', NULL, "Prints the version and ends."},
	{"commands", 0, NULL,
		"Prints, for programs, a line for each command with its options and arguments."},
	{"options", 0, NULL, "Prints, for programs, a line for each global option."},
	{"man", 0, NULL, "Prints the parts of the manual page that come from the tables.", true},
	{NULL},
};

const struct ctl_global_option *ctl_global_options(void)
{
	return global_options;
}

static int number_argument(
	const char *option, const char *value, unsigned int *number, struct errmsg *err)
{
	char *end;
	unsigned long n;

	errno = 0;
	n = strtoul(value, &end, 10);
	if (value[0] < '0' || value[0] > '9' || *end || errno || n > INT_MAX)
		return errmsg_set(err, EINVAL, "--%s needs a number, not '%s'", option, value);
	*number = n;
	return 0;
}

static int set_style(
	struct ctl_settings *settings, const char *name, const char *value, struct errmsg *err)
{
	struct ctl_table_style *style = &settings->style;

	if (!strcmp(name, "format")) {
		settings->format_given = true;
		if (!ctl_table_format_from_name(value, &style->format))
			return errmsg_set(err, EINVAL,
				"unknown output format '%s' (table, list, csv, html or json)",
				value);
	} else if (!strcmp(name, "data")) {
		if (!ctl_table_data_from_name(value, &style->data))
			return errmsg_set(err, EINVAL,
				"unknown data format '%s' (string, bare or json)", value);
	} else if (!strcmp(name, "no-headings")) {
		style->headings = false;
	} else if (!strcmp(name, "pretty")) {
		style->pretty = true;
	} else if (!strcmp(name, "bare")) {
		settings->format_given = true;
		style->format = CTL_FORMAT_LIST;
		style->data = CTL_DATA_BARE;
		style->headings = false;
	} else {
		return number_argument(name, value, &style->max_column_width, err);
	}
	return 0;
}

static int set_global(
	struct ctl_args *args, const char *name, const char *value, struct errmsg *err)
{
	static const struct {
		const char *name;
		enum ctl_action action;
	} actions[] = {
		{"help", CTL_ACTION_HELP},
		{"version", CTL_ACTION_VERSION},
		{"commands", CTL_ACTION_COMMANDS},
		{"options", CTL_ACTION_OPTIONS},
		{"man", CTL_ACTION_MAN},
	};
	struct ctl_settings *settings = &args->settings;

	for (size_t i = 0; i < CTL_ARRAY_SIZE(actions); i++) {
		if (!strcmp(name, actions[i].name)) {
			args->action = actions[i].action;
			return 0;
		}
	}
	if (!strcmp(name, "db"))
		settings->db = value;
	else if (!strcmp(name, "rundir"))
		settings->rundir = value;
	else if (!strcmp(name, "no-wait"))
		settings->no_wait = true;
	else if (!strcmp(name, "dry-run"))
		settings->dry_run = true;
	else if (!strcmp(name, "timeout"))
		return number_argument(name, value, &settings->timeout_s, err);
	else if (!strcmp(name, "retry"))
		settings->retry = true;
	else if (!strcmp(name, "oneline"))
		settings->oneline = true;
	else if (!strcmp(name, "verbose"))
		settings->verbose = true;
	else
		return set_style(settings, name, value, err);
	return 0;
}

struct match {
	const char *word; /* what the command line has, up to '=' */
	size_t length;
	char name[64]; /* the option that it means */
	bool global;
	bool has_value;
	bool exact;
	unsigned int n; /* how many different names begin with it */
};

static void consider(
	struct match *match, const char *name, size_t length, bool global, bool has_value)
{
	if (match->exact || length < match->length || length >= sizeof(match->name) ||
		memcmp(name, match->word, match->length) != 0)
		return;
	if (match->n && strlen(match->name) == length && !memcmp(match->name, name, length))
		return;
	match->exact = length == match->length;
	match->n++;
	memcpy(match->name, name, length);
	match->name[length] = '\0';
	match->global = global;
	match->has_value = has_value;
}

/* Looks for the option that `word` abbreviates, among the global ones and those of all commands:
 * the options of the first command may stand among the global ones. */
static void match_option(struct match *match, const char *word, size_t length)
{
	size_t n_groups;
	const struct ctl_command_group *groups = ctl_command_groups(&n_groups);

	*match = (struct match){.word = word, .length = length};
	for (const struct ctl_global_option *o = global_options; o->name; o++)
		consider(match, o->name, strlen(o->name), true, o->argument != NULL);
	for (size_t g = 0; g < n_groups; g++) {
		for (size_t i = 0; i < groups[g].n_commands; i++) {
			const char *s = groups[g].commands[i].options;

			while (*s) {
				size_t n = strcspn(s, " =");

				consider(match, s, n, false, s[n] == '=');
				s += strcspn(s, " ");
				s += strspn(s, " ");
			}
		}
	}
	if (match->exact)
		match->n = 1;
}

static void add_option(struct ctl_call *call, const char *name, size_t length, const char *value)
{
	call->options = ctl_xrealloc(call->options, call->n_options + 1, sizeof(call->options[0]));
	call->options[call->n_options++] = (struct ctl_call_option){
		.name = ctl_xstrndup(name, length),
		.value = value ? ctl_xstrdup(value) : NULL,
	};
}

static int parse_long(struct ctl_args *args, struct ctl_call *first, int argc, char **argv, int *i,
	struct errmsg *err)
{
	const char *word = argv[*i] + 2;
	size_t length = strcspn(word, "=");
	const char *value = word[length] ? word + length + 1 : NULL;
	struct match match;

	match_option(&match, word, length);
	if (match.n == 0 || length == 0)
		return errmsg_set(
			err, EINVAL, "unknown option '%s' (use --help for help)", argv[*i]);
	if (match.n > 1)
		return errmsg_set(err, EINVAL, "option '--%.*s' is short for more than one",
			(int)length, word);
	if (value && !match.has_value)
		return errmsg_set(err, EINVAL, "option '--%s' takes no argument", match.name);
	if (!value && match.has_value) {
		if (++*i >= argc)
			return errmsg_set(
				err, EINVAL, "option '--%s' needs an argument", match.name);
		value = argv[*i];
	}
	if (match.global)
		return set_global(args, match.name, value, err);
	add_option(first, match.name, strlen(match.name), value);
	return 0;
}

static int parse_letters(struct ctl_args *args, int argc, char **argv, int *i, struct errmsg *err)
{
	for (const char *s = argv[*i] + 1; *s; s++) {
		const struct ctl_global_option *o = global_options;
		const char *value = NULL;
		int ret;

		while (o->name && o->letter != *s)
			o++;
		if (!o->name)
			return errmsg_set(
				err, EINVAL, "unknown option '-%c' (use --help for help)", *s);
		if (o->argument) {
			value = s[1] ? s + 1 : ++*i < argc ? argv[*i] : NULL;
			if (!value)
				return errmsg_set(
					err, EINVAL, "option '-%c' needs an argument", *s);
		}
		ret = set_global(args, o->name, value, err);
		if (ret || value)
			return ret;
	}
	return 0;
}

/* Compares the options of a call with what its command takes. */
static int check_options(const struct ctl_call *call, struct errmsg *err)
{
	const char *name = call->command->name;
	bool has_value;

	for (size_t i = 0; i < call->n_options; i++) {
		const struct ctl_call_option *option = &call->options[i];

		if (!ctl_command_has_option(call->command, option->name, &has_value))
			return errmsg_set(
				err, EINVAL, "%s has no option '--%s'", name, option->name);
		if (has_value && !option->value)
			return errmsg_set(err, EINVAL, "option '--%s' of %s needs an argument",
				option->name, name);
		if (!has_value && option->value)
			return errmsg_set(err, EINVAL, "option '--%s' of %s takes no argument",
				option->name, name);
		for (size_t j = 0; j < i; j++) {
			if (!strcmp(call->options[j].name, option->name))
				return errmsg_set(
					err, EINVAL, "option '--%s' is given twice", option->name);
		}
	}
	return 0;
}

static int check_arguments(const struct ctl_call *call, struct errmsg *err)
{
	const struct ctl_command *command = call->command;

	if (call->n_args < command->min_args)
		return errmsg_set(err, EINVAL, "%s needs %s%d argument%s: %s %s", command->name,
			command->min_args == command->max_args ? "" : "at least ",
			command->min_args, command->min_args == 1 ? "" : "s", command->name,
			command->arguments);
	if (call->n_args > command->max_args)
		return errmsg_set(err, EINVAL, "%s takes at most %d argument%s: %s %s",
			command->name, command->max_args, command->max_args == 1 ? "" : "s",
			command->name, command->arguments);
	return 0;
}

static int find_command(const char *name, const struct ctl_command **command, struct errmsg *err)
{
	const char *suggestion;

	*command = ctl_command_find(name);
	if (*command)
		return 0;
	suggestion = ctl_command_suggest(name);
	if (suggestion)
		return errmsg_set(err, EINVAL,
			"unknown command '%s'; did you mean '%s'? (use --help for help)", name,
			suggestion);
	return errmsg_set(err, EINVAL, "unknown command '%s' (use --help for help)", name);
}

/* Parses the stretch of the command line that is one command into `call`. */
static int parse_call(
	struct ctl_args *args, struct ctl_call *call, int argc, char **argv, struct errmsg *err)
{
	int i, ret;

	for (i = 0; i < argc && argv[i][0] == '-'; i++) {
		const char *name = argv[i] + strspn(argv[i], "-");
		size_t length = strcspn(name, "=");

		if (strncmp(argv[i], "--", 2) != 0 || name - argv[i] != 2)
			return errmsg_set(
				err, EINVAL, "unknown option '%s' (use --help for help)", argv[i]);
		if (!strcmp(name, "help"))
			args->action = CTL_ACTION_HELP;
		else
			add_option(call, name, length, name[length] ? name + length + 1 : NULL);
	}
	if (i == argc)
		return errmsg_set(err, EINVAL, "a command name is missing (use --help for help)");
	if (args->action == CTL_ACTION_HELP || (i + 1 < argc && !strcmp(argv[i + 1], "--help"))) {
		args->action = CTL_ACTION_HELP;
		return find_command(argv[i], &args->help_command, err);
	}
	ret = find_command(argv[i], &call->command, err);
	if (ret)
		return ret;
	call->args = argv + i + 1;
	call->n_args = argc - i - 1;
	ret = check_options(call, err);
	return ret ? ret : check_arguments(call, err);
}

/* Splits what follows the global options at each "--". The first call exists already, with the
 * options that stood among the global ones. */
static int parse_calls(struct ctl_args *args, int argc, char **argv, struct errmsg *err)
{
	bool first = true;
	int start = 0;

	for (int i = 0; i <= argc; i++) {
		int ret;

		if (i < argc && strcmp(argv[i], "--") != 0)
			continue;
		if (i > start) {
			if (!first) {
				args->calls = ctl_xrealloc(
					args->calls, args->n_calls + 1, sizeof(args->calls[0]));
				args->calls[args->n_calls++] = (struct ctl_call){0};
			}
			first = false;
			ret = parse_call(args, &args->calls[args->n_calls - 1], i - start,
				argv + start, err);
			if (ret || args->action != CTL_ACTION_RUN)
				return ret;
		}
		start = i + 1;
	}
	if (first && args->action == CTL_ACTION_RUN)
		return errmsg_set(err, EINVAL, "a command name is missing (use --help for help)");
	return 0;
}

static int check_runtime_alone(const struct ctl_args *args, struct errmsg *err)
{
	for (size_t i = 0; args->n_calls > 1 && i < args->n_calls; i++) {
		const struct ctl_command *command = args->calls[i].command;

		if (command->target == CTL_TARGET_RUNTIME)
			return errmsg_set(err, EINVAL,
				"%s asks the running switch and can't be joined with other "
				"commands",
				command->name);
	}
	return 0;
}

/* The database has Unicode only; so nothing after this has to check a text again. */
static int check_unicode(int argc, char **argv, struct errmsg *err)
{
	for (int i = 1; i < argc; i++) {
		json_t *string = json_string(argv[i]);

		if (!string)
			return errmsg_set(err, EINVAL, "argument %d is not valid UTF-8", i);
		json_decref(string);
	}
	return 0;
}

int ctl_args_parse(struct ctl_args *args, int argc, char **argv, struct errmsg *err)
{
	const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
	int i = 1, ret = 0;

	*args = (struct ctl_args){0};
	args->settings.program = slash ? slash + 1 : argc > 0 ? argv[0] : "vswitch-ctl";
	args->settings.rundir = VSWITCH_RUNDIR;
	args->settings.style.format = CTL_FORMAT_LIST;
	args->settings.style.headings = true;
	args->calls = ctl_xcalloc(1, sizeof(args->calls[0]));
	args->n_calls = 1;
	ret = check_unicode(argc, argv, err);
	while (i < argc && argv[i][0] == '-' && argv[i][1] && strcmp(argv[i], "--") != 0 && !ret) {
		if (argv[i][1] == '-')
			ret = parse_long(args, &args->calls[0], argc, argv, &i, err);
		else
			ret = parse_letters(args, argc, argv, &i, err);
		i++;
	}
	if (ret)
		return ret;
	if (args->action != CTL_ACTION_RUN && args->action != CTL_ACTION_HELP)
		return 0;
	ret = parse_calls(args, i < argc ? argc - i : 0, argv + i, err);
	if (ret || args->action != CTL_ACTION_RUN)
		return ret;
	return check_runtime_alone(args, err);
}

void ctl_args_destroy(struct ctl_args *args)
{
	for (size_t i = 0; i < args->n_calls; i++)
		ctl_call_destroy(&args->calls[i]);
	free(args->calls);
	args->calls = NULL;
	args->n_calls = 0;
}
