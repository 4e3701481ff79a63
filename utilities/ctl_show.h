/* SPDX-License-Identifier: Apache-2.0 */
/* The commands on the switch as a whole: show and init. One thread. */
#ifndef UTILITIES_CTL_SHOW_H
#define UTILITIES_CTL_SHOW_H

#include "utilities/ctl_command.h"

struct ctl_command_group ctl_show_commands(void);

#endif
