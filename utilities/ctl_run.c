/* SPDX-License-Identifier: Apache-2.0 */
#include "utilities/ctl_run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "utilities/ctl_args.h"
#include "utilities/ctl_db.h"
#include "utilities/ctl_help.h"
#include "utilities/ctl_reload.h"
#include "utilities/ctl_txn.h"

/* The command line, which goes to the log of the database with the change that it makes. */
static char *make_comment(int argc, char **argv)
{
	struct ctl_text text = CTL_TEXT_EMPTY;

	for (int i = 0; i < argc; i++) {
		const char *slash = i ? NULL : strrchr(argv[0], '/');

		ctl_text_printf(&text, "%s%s",
			i == 0   ? ""
			: i == 1 ? ": "
				 : " ",
			slash ? slash + 1 : argv[i]);
	}
	return ctl_text_steal(&text);
}

/* The exit status that a command asked for, 0 for none. */
static int early_exit(const struct ctl_args *args)
{
	for (size_t i = 0; i < args->n_calls; i++) {
		if (args->calls[i].exit_status)
			return args->calls[i].exit_status;
	}
	return 0;
}

static int run_calls(struct ctl_db *db, struct ctl_args *args, struct errmsg *err)
{
	int ret = 0;

	for (size_t i = 0; i < args->n_calls; i++)
		ctl_call_reset(&args->calls[i]);
	if (!ctl_db_root(db) && ctl_db_table(db, "Open_vSwitch"))
		ctl_txn_insert(ctl_db_table(db, "Open_vSwitch"), NULL);
	for (size_t i = 0; i < args->n_calls && !ret && !db->try_again && !early_exit(args); i++)
		ret = args->calls[i].command->run(db, &args->calls[i], err);
	return ret;
}

static int check_symbols(const struct ctl_db *db, struct errmsg *err)
{
	const struct ovsdb_symbol *symbol;

	for (symbol = db->symbols.by_name; symbol; symbol = symbol->by_name.next) {
		if (!symbol->created)
			return errmsg_set(err, EINVAL,
				"@%s is referred to but no command makes it, as in: -- --id=@%s "
				"create TABLE ...",
				symbol->name, symbol->name);
	}
	return 0;
}

/* Runs the commands and commits, anew while somebody else is faster. */
static int run_transaction(struct ctl_db *db, struct ctl_args *args, const char *comment,
	enum ctl_commit *outcome, struct errmsg *err)
{
	const struct ctl_settings *settings = db->settings;
	bool bump = !settings->no_wait && !settings->dry_run;

	for (;;) {
		unsigned long before = db->n_updates;
		int ret = run_calls(db, args, err);

		*outcome = CTL_COMMIT_UNCHANGED;
		if (!ret && early_exit(args))
			return 0;
		*outcome = CTL_COMMIT_AGAIN;
		if (!ret && !db->try_again)
			ret = check_symbols(db, err);
		if (!ret && !db->try_again)
			ret = ctl_txn_commit(db, comment, bump, outcome, err);
		if (ret || *outcome != CTL_COMMIT_AGAIN)
			return ret;
		ctl_txn_abort(db);
		if (db->n_updates == before)
			ret = ctl_db_wait(db, err);
		if (ret)
			return ret;
	}
}

static void put_oneline(struct ctl_text *out, const char *s)
{
	size_t n = strlen(s);

	/* The last line end ends the line. */
	if (n && s[n - 1] == '\n')
		n--;
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '\n')
			ctl_text_puts(out, "\\n");
		else if (s[i] == '\\')
			ctl_text_puts(out, "\\\\");
		else
			ctl_text_putc(out, s[i]);
	}
	ctl_text_putc(out, '\n');
}

static void print_output(const struct ctl_args *args)
{
	const struct ctl_settings *settings = &args->settings;
	struct ctl_text out = CTL_TEXT_EMPTY;
	unsigned int n_tables = 0;

	for (size_t i = 0; i < args->n_calls; i++) {
		const struct ctl_call *call = &args->calls[i];
		struct ctl_table_style style = settings->style;

		if (call->command->target == CTL_TARGET_RUNTIME && !settings->format_given)
			style.format = CTL_FORMAT_TABLE;
		if (call->table)
			ctl_table_print(call->table, &style, n_tables++, &out);
		else if (settings->oneline)
			put_oneline(&out, ctl_text_get(&call->output));
		else
			ctl_text_puts(&out, ctl_text_get(&call->output));
	}
	fputs(ctl_text_get(&out), stdout);
	ctl_text_destroy(&out);
}

static int finish_calls(struct ctl_db *db, struct ctl_args *args, struct errmsg *err)
{
	int ret = 0;

	for (size_t i = 0; i < args->n_calls && !ret; i++) {
		if (args->calls[i].command->finish)
			ret = args->calls[i].command->finish(db, &args->calls[i], err);
	}
	return ret;
}

static int run_database(
	struct ctl_db *db, struct ctl_args *args, const char *comment, struct errmsg *err)
{
	struct ctl_settings *settings = &args->settings;
	struct ctl_reload reload = {0};
	enum ctl_commit outcome = CTL_COMMIT_UNCHANGED;
	int ret = ctl_db_open(db, settings, err);

	if (!ret)
		ctl_db_want_named(db, "Open_vSwitch", "cur_cfg");
	for (size_t i = 0; i < args->n_calls && !ret; i++)
		ret = args->calls[i].command->prepare(db, &args->calls[i], err);
	if (!ret && !settings->no_wait)
		ctl_reload_prepare(db);
	if (!ret)
		ret = ctl_db_watch(db, err);
	if (!ret)
		ret = run_transaction(db, args, comment, &outcome, err);
	if (!ret && early_exit(args))
		return 0;
	if (!ret)
		ret = finish_calls(db, args, err);
	if (ret)
		return ret;
	print_output(args);
	fflush(stdout);
	if (outcome != CTL_COMMIT_DONE || settings->no_wait || settings->dry_run)
		return 0;
	ctl_reload_begin(&reload, db);
	ret = ctl_reload_wait(&reload, db, err);
	ctl_reload_destroy(&reload);
	return ret;
}

static int run_calls_anywhere(struct ctl_args *args, int argc, char **argv, struct errmsg *err)
{
	struct ctl_call *call = &args->calls[0];
	struct ctl_db db = {0};
	char *comment;
	int ret;

	if (args->settings.timeout_s)
		args->settings.deadline_ms =
			ctl_now_ms() + (int64_t)args->settings.timeout_s * 1000;
	if (call->command->target == CTL_TARGET_RUNTIME) {
		ret = call->command->view(&args->settings, call, err);
		if (!ret)
			print_output(args);
		return ret;
	}
	comment = make_comment(argc, argv);
	ret = run_database(&db, args, comment, err);
	ctl_db_close(&db);
	free(comment);
	return ret;
}

static void print_about(const struct ctl_args *args)
{
	struct ctl_text out = CTL_TEXT_EMPTY;

	switch (args->action) {
	case CTL_ACTION_HELP:
		if (args->help_command)
			ctl_help_command(args->settings.program, args->help_command, &out);
		else
			ctl_help_program(args->settings.program, &out);
		break;
	case CTL_ACTION_VERSION:
		ctl_text_printf(&out, "%s (%s) %s\n", args->settings.program, PACKAGE_NAME,
			PACKAGE_VERSION);
		break;
	case CTL_ACTION_COMMANDS:
		ctl_help_list_commands(&out);
		break;
	case CTL_ACTION_OPTIONS:
		ctl_help_list_options(&out);
		break;
	case CTL_ACTION_MAN:
		ctl_help_man(&out);
		break;
	case CTL_ACTION_RUN:
		break;
	}
	fputs(ctl_text_get(&out), stdout);
	ctl_text_destroy(&out);
}

static int exit_status(const struct ctl_args *args, int ret)
{
	if (ret)
		return ret == -ETIMEDOUT ? CTL_EXIT_TIMEOUT : 1;
	return early_exit(args);
}

int ctl_run(int argc, char **argv)
{
	struct ctl_args args;
	struct errmsg err = {""};
	int ret, status;

	ret = ctl_args_parse(&args, argc, argv, &err);
	if (!ret && args.action != CTL_ACTION_RUN)
		print_about(&args);
	else if (!ret)
		ret = run_calls_anywhere(&args, argc, argv, &err);
	if (ret)
		fprintf(stderr, "%s: %s\n", args.settings.program, err.text);
	status = exit_status(&args, ret);
	ctl_args_destroy(&args);
	if (fflush(stdout) && !status) {
		fprintf(stderr, "vswitch-ctl: can't write the output: %s\n", strerror(errno));
		status = 1;
	}
	return status;
}
