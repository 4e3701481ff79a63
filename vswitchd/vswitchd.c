/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/vswitchd.h"

#include <stdio.h>
#include <string.h>

#include "datapath/log.h"
#include "vswitchd/control.h"
#include "vswitchd/daemonize.h"
#include "vswitchd/folder.h"
#include "vswitchd/log_control.h"
#include "vswitchd/options.h"
#include "vswitchd/switch.h"

#define USAGE_ERROR 2

/* Before anything is forked, so that the monitor logs to the same place. */
static int set_up_log(const struct options *options, struct errmsg *err)
{
	int r;

	for (unsigned int i = 0; i < options->n_log_levels; i++) {
		r = log_control_set(options->log_levels[i], err);
		if (r) {
			errmsg_prefix(err, "--log-level=%s", options->log_levels[i]);
			return USAGE_ERROR;
		}
	}
	if (!options->log_file)
		return 0;
	if (folder_make_parent(options->log_file, 0755, err))
		return 1;
	r = log_open_file(options->log_file);
	if (r) {
		errmsg_set(err, -r, "can't write the log file %s: %s", options->log_file,
			strerror(-r));
		return 1;
	}
	return 0;
}

int vswitchd_main(int argc, char **argv)
{
	struct errmsg err = {""};
	struct options options;
	int status;

	status = options_parse(&options, argc, argv, stdout, &err);
	if (status < 0) {
		fprintf(stderr, "vswitchd: %s\nTry \"vswitchd --help\".\n", err.text);
		status = USAGE_ERROR;
	} else if (status) {
		status = 0;
	} else {
		status = set_up_log(&options, &err);
		if (!status && daemonize_fork(options.detach, options.monitor, &err))
			status = 1;
		if (status)
			fprintf(stderr, "vswitchd: %s\n", err.text);
		else
			status = control_run(&options, &switch_hooks);
	}
	options_free(&options);
	return status;
}
