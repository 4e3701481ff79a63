/* SPDX-License-Identifier: Apache-2.0 */
/* The commands that work on any table: get, set, list, find and their kin. One thread. */
#ifndef UTILITIES_CTL_DATABASE_H
#define UTILITIES_CTL_DATABASE_H

#include "utilities/ctl_command.h"

struct ctl_command_group ctl_database_commands(void);

#endif
