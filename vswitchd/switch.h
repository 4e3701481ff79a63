/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The switch as a part of the daemon: started with the settings that the database holds, brought
 * in line with the database after each commit, its state written back.
 *
 * A change takes two steps. What must go is removed, and once its ports are closed the rest is
 * applied. When the workers use the new configuration, status columns and cur_cfg follow in one
 * transaction. Control thread.
 */
#ifndef VSWITCHD_SWITCH_H
#define VSWITCHD_SWITCH_H

#include "vswitchd/control.h"

/* For control_run(). */
extern const struct control_hooks switch_hooks;

#endif
