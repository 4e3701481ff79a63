/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The run-time commands that show the switch: MAC tables, counters, drops, workers, memory.
 * Control thread.
 */
#ifndef VSWITCHD_SWITCH_COMMANDS_H
#define VSWITCHD_SWITCH_COMMANDS_H

#include "datapath/thread_role.h"

struct unixctl;
struct vswitch;

/* Registers the commands; `vswitch` must live as long as `unixctl`. */
void switch_commands_register(struct unixctl *unixctl, struct vswitch *vswitch) ON_CONTROL;

#endif
