/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which CPUs belong to the workers and which to everything else. Control thread.
 */
#ifndef DATAPATH_CPUS_H
#define DATAPATH_CPUS_H

#include <sched.h>

#include "datapath/errmsg.h"
#include "datapath/thread_role.h"

/* Parses a hexadecimal mask, "0x6" or "6", as pmd-cpu-mask is written. 0 or -EINVAL with the
 * reason. Pure. */
int cpus_parse_mask(const char *text, cpu_set_t *cpus, struct errmsg *err);

/* Chooses the workers' CPUs: those of `mask` that the daemon may use, or, for NULL, the last one
 * that it may use. *rest gets the others, or all when none is left over. What it may use is what it
 * might at the first call. 0 or -errno with the reason. */
int cpus_choose(
	const char *mask, cpu_set_t *workers, cpu_set_t *rest, struct errmsg *err) ON_CONTROL;

/* Moves all threads of the daemon but the workers to `rest`. */
void cpus_move_others(const cpu_set_t *rest) ON_CONTROL;

#endif
