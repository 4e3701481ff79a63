/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waiting until the switch has applied a committed change, and saying what it could not do.
 *
 * The daemon raises Open_vSwitch.cur_cfg to the next_cfg of the change when it is done, and has
 * by then given each new interface its ofport, or -1 and the reason in `error`. One thread.
 */
#ifndef UTILITIES_CTL_RELOAD_H
#define UTILITIES_CTL_RELOAD_H

#include "utilities/ctl_db.h"

struct ctl_reload {
	int64_t next_cfg;
	char **names; /* of the interfaces that this command line made or configured anew */
	size_t n_names;
};

/* Before the watch: asks for what the functions below read. */
void ctl_reload_prepare(struct ctl_db *db);

/* After the commit: notes what to look after, and ends the transaction. */
void ctl_reload_begin(struct ctl_reload *reload, struct ctl_db *db);

/* Waits. -ETIMEDOUT past the deadline; -EREMOTEIO when an interface doesn't work, each having been
 * printed to stderr with its reason. */
int ctl_reload_wait(struct ctl_reload *reload, struct ctl_db *db, struct errmsg *err);
void ctl_reload_destroy(struct ctl_reload *reload);

#endif
