/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starting DPDK on a machine that nobody prepared: chooses memory and CPUs, and says what the
 * choice costs. rte_eal_init() can't be tried twice, so everything is looked at first.
 * Control thread, once.
 */
#ifndef DATAPATH_EAL_H
#define DATAPATH_EAL_H

#include <stdbool.h>
#include <stdint.h>

#include "datapath/errmsg.h"
#include "datapath/thread_role.h"

/* Open vSwitch's other_config keys of the same names; NULL or 0 where not set. */
struct eal_args {
	bool no_huge;           /* use ordinary memory even where hugepages are free */
	const char *rundir;     /* EAL's own files are named after it */
	const char *socket_mem; /* dpdk-socket-mem: MiB for each node, "1024,0" */
	const char *socket_limit;
	const char *hugepage_dir;
	uint64_t alloc_mem_mb;    /* dpdk-alloc-mem */
	const char *extra;        /* dpdk-extra: words for rte_eal_init(), last */
	const char *lcore_mask;   /* dpdk-lcore-mask: CPUs of everything but the workers */
	const char *pmd_cpu_mask; /* pmd-cpu-mask: CPUs of the workers, hexadecimal */
};

#define EAL_CPUS_MAX 1024

/* What was chosen. */
struct eal_plan {
	bool hugepages;
	uint32_t n_packets; /* buffers for each pool */
	uint16_t n_worker_cpus;
	uint16_t worker_cpus[128];
};

/* Chooses and starts. 0 or -errno with the reason; after a failure the process must end. */
int eal_start(const struct eal_args *args, struct eal_plan *plan, struct errmsg *err) ON_CONTROL;
void eal_stop(void) ON_CONTROL;

#endif
