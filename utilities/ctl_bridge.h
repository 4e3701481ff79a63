/* SPDX-License-Identifier: Apache-2.0 */
/* The commands on bridges and on ports. One thread. */
#ifndef UTILITIES_CTL_BRIDGE_H
#define UTILITIES_CTL_BRIDGE_H

#include "utilities/ctl_command.h"

struct ctl_command_group ctl_bridge_commands(void);
struct ctl_command_group ctl_port_commands(void);

#endif
