/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Going to the background, and starting anew after a crash.
 *
 * With both, three processes: the one that was called waits until the daemon is ready and
 * returns its fate; the monitor waits for the daemon and replaces it when a signal killed it, at
 * most once in 10 seconds after the first time; the daemon does the work. Everything is called
 * from the only thread, before others are started.
 */
#ifndef VSWITCHD_DAEMONIZE_H
#define VSWITCHD_DAEMONIZE_H

#include <stdbool.h>

#include "datapath/errmsg.h"

/*
 * Forks as asked. Returns 0 in the process that shall be the daemon, -errno when forking failed;
 * the other processes never return from it. A second daemon after a crash returns 0 again.
 */
int daemonize_fork(bool detach, bool monitor, struct errmsg *err)
	__attribute__((warn_unused_result));

/* The daemon serves: the waiting process exits with 0, and the terminal is let go. */
void daemonize_ready(void);

/* The daemon can't start: prints the reason where the user sees it. Exit with 1 afterwards. */
void daemonize_failed(const char *reason);

#endif
