/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of CPUs as hexadecimal masks, the way pmd-cpu-mask is written. Pure; any thread. */
#ifndef DATAPATH_CPU_MASK_H
#define DATAPATH_CPU_MASK_H

#include <sched.h>

#include "datapath/errmsg.h"

/* Parses "0x6" or "6" into *cpus. 0 or -EINVAL with the reason. */
int cpu_mask_parse(const char *text, cpu_set_t *cpus, struct errmsg *err);

#endif
