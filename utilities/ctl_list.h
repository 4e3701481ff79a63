/* SPDX-License-Identifier: Apache-2.0 */
/* The commands list and find. One thread; see struct ctl_command for the functions. */
#ifndef UTILITIES_CTL_LIST_H
#define UTILITIES_CTL_LIST_H

#include "utilities/ctl_command.h"

int ctl_list_prepare(struct ctl_db *db, const struct ctl_call *call, struct errmsg *err);
int ctl_list_run(struct ctl_db *db, struct ctl_call *call, struct errmsg *err);
int ctl_find_prepare(struct ctl_db *db, const struct ctl_call *call, struct errmsg *err);
int ctl_find_run(struct ctl_db *db, struct ctl_call *call, struct errmsg *err);

#endif
