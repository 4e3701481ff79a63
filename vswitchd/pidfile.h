/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file with the daemon's process id, locked while it runs, so that there is only one and a
 * left-over file does no harm.
 *
 * Control thread, at start and stop. The lock is the process's: take it after the last fork.
 */
#ifndef VSWITCHD_PIDFILE_H
#define VSWITCHD_PIDFILE_H

#include "datapath/errmsg.h"

struct pidfile;

/* Locks and writes `path`. -EEXIST when a running process holds it; the reason tells which. */
int pidfile_create(const char *path, struct pidfile **pidfile, struct errmsg *err)
	__attribute__((warn_unused_result));

/* Removes the file and unlocks. NULL is allowed. */
void pidfile_destroy(struct pidfile *pidfile);

#endif
