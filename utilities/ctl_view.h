/* SPDX-License-Identifier: Apache-2.0 */
/* The run-time views: what the running switch knows and counts, from its run-time socket. */
#ifndef UTILITIES_CTL_VIEW_H
#define UTILITIES_CTL_VIEW_H

#include <jansson.h>

#include "utilities/ctl_args.h"
#include "utilities/ctl_command.h"

struct ctl_command_group ctl_view_commands(void);

/* A table of an array of flat objects: a column for each key in order of first appearance,
 * numbers to the right. -EPROTO when `json` is something else. */
int ctl_view_table(const json_t *json, struct ctl_table **table, struct errmsg *err);

#endif
