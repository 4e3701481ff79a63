/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon's command line. The texts of --help come from the table that the parser works with.
 *
 * Called once, before there are threads.
 */
#ifndef VSWITCHD_OPTIONS_H
#define VSWITCHD_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

#include "datapath/errmsg.h"

#define OPTIONS_MAX_REPEATED 16

struct options {
	char *db;                            /* the database file */
	char *rundir;                        /* the run directory */
	char *remotes[OPTIONS_MAX_REPEATED]; /* "punix:PATH"; none given: the default */
	unsigned int n_remotes;
	char *pidfile;  /* a second pidfile besides the run directory's, or NULL */
	char *log_file; /* NULL: only stderr */
	char *log_levels[OPTIONS_MAX_REPEATED]; /* "[MODULE:]LEVEL", in order */
	unsigned int n_log_levels;
	bool no_huge, detach, monitor;
};

/*
 * Fills `options`; paths become absolute. Returns 0, or 1 when --help or --version was asked for
 * and has been written to `out`, or -EINVAL with the reason. Free with options_free() in any case.
 */
int options_parse(struct options *options, int argc, char **argv, FILE *out, struct errmsg *err)
	__attribute__((warn_unused_result));

void options_free(struct options *options);

#endif
