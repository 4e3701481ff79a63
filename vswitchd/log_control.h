/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an operator sets of the log: levels from the command line and the control socket.
 *
 * Control thread, or before there are threads.
 */
#ifndef VSWITCHD_LOG_CONTROL_H
#define VSWITCHD_LOG_CONTROL_H

#include "datapath/errmsg.h"
#include "datapath/thread_role.h"

struct unixctl;

/*
 * Sets levels as `spec` says: "LEVEL" for all modules or "MODULE:LEVEL"; the order is free and
 * "any" stands for all. -EINVAL with the reason when a word is neither.
 */
int log_control_set(const char *spec, struct errmsg *err) __attribute__((warn_unused_result));

/* Registers vlog/list, vlog/set and vlog/reopen. */
void log_control_register(struct unixctl *ctl) ON_CONTROL;

#endif
