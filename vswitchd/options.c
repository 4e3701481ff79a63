/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"

enum {
	OPT_DB = 256,
	OPT_RUNDIR,
	OPT_REMOTE,
	OPT_PIDFILE,
	OPT_LOG_FILE,
	OPT_LOG_LEVEL,
	OPT_NO_HUGE,
	OPT_DETACH,
	OPT_MONITOR,
	OPT_VERSION,
	OPT_HELP,
};

static const struct row {
	const char *name;
	int code;
	int has_arg;
	const char *arg;
	const char *help;
} rows[] = {
	{"db", OPT_DB, required_argument, "FILE",
		"database file, made when missing [" VSWITCH_DBDIR "/conf.db]"},
	{"rundir", OPT_RUNDIR, required_argument, "DIR",
		"directory of sockets and the pidfile [" VSWITCH_RUNDIR "]"},
	{"remote", OPT_REMOTE, required_argument, "REMOTE",
		"serve the database at punix:PATH [punix:RUNDIR/db.sock]; repeatable"},
	{"pidfile", OPT_PIDFILE, optional_argument, "FILE",
		"a pidfile besides RUNDIR/vswitchd.pid, which is always there"},
	{"log-file", OPT_LOG_FILE, optional_argument, "FILE",
		"log to FILE too [RUNDIR/vswitchd.log]; implied by --detach"},
	{"log-level", OPT_LOG_LEVEL, required_argument, "[MODULE:]LEVEL",
		"log off, err, warn, info or dbg and graver [info]; repeatable"},
	{"no-huge", OPT_NO_HUGE, no_argument, NULL, "use ordinary memory, not hugepages"},
	{"detach", OPT_DETACH, no_argument, NULL,
		"go to the background; return when the daemon is ready"},
	{"monitor", OPT_MONITOR, no_argument, NULL, "start the daemon anew when it crashes"},
	{"version", OPT_VERSION, no_argument, NULL, "print the version"},
	{"help", OPT_HELP, no_argument, NULL, "print this help"},
};
#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

static void print_help(FILE *out)
{
	fputs("vswitchd: a userspace virtual switch\nusage: vswitchd [OPTION]...\n", out);
	for (size_t i = 0; i < N_ROWS; i++) {
		const struct row *row = &rows[i];
		char left[64];

		snprintf(left, sizeof(left), "--%s%s%s%s%s", row->name,
			row->has_arg == optional_argument ? "[" : "",
			row->has_arg != no_argument ? "=" : "", row->arg ? row->arg : "",
			row->has_arg == optional_argument ? "]" : "");
		fprintf(out, "  %-28s %s\n", left, row->help);
	}
}

/* A copy of `path` that holds after the daemon left its working directory. */
static int set_path(char **where, const char *path, struct errmsg *err)
{
	char folder[PATH_MAX];
	char *copy;

	if (!*path)
		return errmsg_set(err, EINVAL, "a path is empty");
	if (*path == '/') {
		copy = strdup(path);
	} else {
		if (!getcwd(folder, sizeof(folder)))
			return errmsg_set(err, errno, "no working directory: %s", strerror(errno));
		if (asprintf(&copy, "%s/%s", folder, path) < 0)
			copy = NULL;
	}
	if (!copy)
		return errmsg_set(err, ENOMEM, "no memory");
	free(*where);
	*where = copy;
	return 0;
}

static int add_remote(struct options *o, const char *remote, struct errmsg *err)
{
	static const char prefix[] = "punix:";
	char *path = NULL;
	int r;

	if (strncmp(remote, prefix, strlen(prefix)) != 0)
		return errmsg_set(
			err, EINVAL, "--remote=%s: only punix:PATH can be served", remote);
	if (o->n_remotes == OPTIONS_MAX_REPEATED)
		return errmsg_set(
			err, EINVAL, "--remote is given more than %d times", OPTIONS_MAX_REPEATED);
	r = set_path(&path, remote + strlen(prefix), err);
	if (r)
		return r;
	if (asprintf(&o->remotes[o->n_remotes], "%s%s", prefix, path) < 0)
		r = errmsg_set(err, ENOMEM, "no memory");
	else
		o->n_remotes++;
	free(path);
	return r;
}

static int add_log_level(struct options *o, const char *spec, struct errmsg *err)
{
	if (o->n_log_levels == OPTIONS_MAX_REPEATED)
		return errmsg_set(err, EINVAL, "--log-level is given more than %d times",
			OPTIONS_MAX_REPEATED);
	o->log_levels[o->n_log_levels] = strdup(spec);
	if (!o->log_levels[o->n_log_levels])
		return errmsg_set(err, ENOMEM, "no memory");
	o->n_log_levels++;
	return 0;
}

/* `wants_log` is set when --log-file came without a name. */
static int take_option(struct options *o, int code, bool *wants_log, struct errmsg *err)
{
	switch (code) {
	case OPT_DB:
		return set_path(&o->db, optarg, err);
	case OPT_RUNDIR:
		return set_path(&o->rundir, optarg, err);
	case OPT_REMOTE:
		return add_remote(o, optarg, err);
	case OPT_PIDFILE:
		return optarg ? set_path(&o->pidfile, optarg, err) : 0;
	case OPT_LOG_FILE:
		*wants_log = true;
		return optarg ? set_path(&o->log_file, optarg, err) : 0;
	case OPT_LOG_LEVEL:
		return add_log_level(o, optarg, err);
	case OPT_NO_HUGE:
		o->no_huge = true;
		return 0;
	case OPT_DETACH:
		o->detach = true;
		return 0;
	default:
		o->monitor = true;
		return 0;
	}
}

static int set_defaults(struct options *o, bool wants_log, struct errmsg *err)
{
	char *text;
	int r = 0;

	if (!o->db)
		r = set_path(&o->db, VSWITCH_DBDIR "/conf.db", err);
	if (!r && !o->rundir)
		r = set_path(&o->rundir, VSWITCH_RUNDIR, err);
	if (r)
		return r;
	if (!o->log_file && (wants_log || o->detach) &&
		asprintf(&o->log_file, "%s/vswitchd.log", o->rundir) < 0) {
		o->log_file = NULL;
		return errmsg_set(err, ENOMEM, "no memory");
	}
	if (!o->n_remotes) {
		if (asprintf(&text, "punix:%s/db.sock", o->rundir) < 0)
			return errmsg_set(err, ENOMEM, "no memory");
		o->remotes[o->n_remotes++] = text;
	}
	return 0;
}

/* getopt's own message, in one sentence. */
static int refuse(int code, char **argv, struct errmsg *err)
{
	const char *word = argv[optind - 1];

	if (code == ':')
		return errmsg_set(err, EINVAL, "%s needs a value", word);
	if (optopt > 0 && optopt < 256)
		return errmsg_set(err, EINVAL, "unknown option -%c", optopt);
	if (optopt)
		return errmsg_set(err, EINVAL, "%s takes no value", word);
	return errmsg_set(err, EINVAL, "unknown option %s", word);
}

int options_parse(struct options *o, int argc, char **argv, FILE *out, struct errmsg *err)
{
	struct option longs[N_ROWS + 1] = {{0}};
	bool wants_log = false;
	int code, r;

	*o = (struct options){0};
	for (size_t i = 0; i < N_ROWS; i++)
		longs[i] = (struct option){rows[i].name, rows[i].has_arg, NULL, rows[i].code};
	optind = 0; /* start afresh: tests parse more than once */
	while ((code = getopt_long(argc, argv, ":", longs, NULL)) != -1) {
		if (code == OPT_HELP) {
			print_help(out);
			return 1;
		}
		if (code == OPT_VERSION) {
			fprintf(out, "vswitchd (%s) %s\n", PACKAGE_NAME, PACKAGE_VERSION);
			return 1;
		}
		/* Nothing but options can follow, so an optional value may stand apart too. */
		if ((code == OPT_PIDFILE || code == OPT_LOG_FILE) && !optarg && optind < argc &&
			*argv[optind] != '-')
			optarg = argv[optind++];
		r = code == '?' || code == ':' ? refuse(code, argv, err)
					       : take_option(o, code, &wants_log, err);
		if (r)
			return r;
	}
	if (optind < argc)
		return errmsg_set(err, EINVAL, "unexpected argument %s", argv[optind]);
	return set_defaults(o, wants_log, err);
}

void options_free(struct options *o)
{
	for (unsigned int i = 0; i < o->n_remotes; i++)
		free(o->remotes[i]);
	for (unsigned int i = 0; i < o->n_log_levels; i++)
		free(o->log_levels[i]);
	free(o->db);
	free(o->rundir);
	free(o->pidfile);
	free(o->log_file);
}
