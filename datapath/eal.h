/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starting DPDK on a machine that nobody prepared: chooses the memory, and says what the choice
 * costs. rte_eal_init() can't be tried twice, so everything is looked at first.
 * Control thread, once.
 */
#ifndef DATAPATH_EAL_H
#define DATAPATH_EAL_H

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>

#include "datapath/errmsg.h"
#include "datapath/thread_role.h"

/* Open vSwitch's other_config keys of the same names; NULL or 0 where not set. */
struct eal_args {
	bool no_huge;           /* use ordinary memory even where hugepages are free */
	const char *rundir;     /* EAL's own files are below it */
	const char *socket_mem; /* dpdk-socket-mem: MiB for each node, "1024,0" */
	const char *socket_limit;
	const char *hugepage_dir;
	uint64_t alloc_mem_mb; /* dpdk-alloc-mem */
	const char *extra;     /* dpdk-extra: words for rte_eal_init(), last */
};

/* What was chosen. */
struct eal_plan {
	bool hugepages;
	uint32_t n_packets; /* buffers for each pool */
};

/* Chooses and starts; EAL's threads run on the CPUs of `rest`, unless lcore_mask says otherwise. 0
 * or -errno with the reason; after a failure the process must end. */
int eal_start(const struct eal_args *args, const cpu_set_t *rest, struct eal_plan *plan,
	struct errmsg *err) ON_CONTROL;
void eal_stop(void) ON_CONTROL;

#endif
