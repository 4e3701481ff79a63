/* SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>

#include <rte_cpuflags.h>

#include "datapath/stage.h"

#ifdef __x86_64__
/* A hypervisor may hide any of them from its guests. */
static bool cpu_has_v3(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
	       __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("fma") &&
	       rte_cpu_get_flag_enabled(RTE_CPUFLAG_MOVBE) > 0 &&
	       rte_cpu_get_flag_enabled(RTE_CPUFLAG_F16C) > 0 &&
	       rte_cpu_get_flag_enabled(RTE_CPUFLAG_LZCNT) > 0;
}

static bool cpu_has_v4(void)
{
	return cpu_has_v3() && __builtin_cpu_supports("avx512f") &&
	       __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
	       __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}
#endif

unsigned int stages_list(const struct stages *list[STAGES_MAX])
{
	unsigned int n = 0;

	list[n++] = &stages_plain;
#ifdef __x86_64__
	if (cpu_has_v3())
		list[n++] = &stages_v3;
	if (cpu_has_v4())
		list[n++] = &stages_v4;
#endif
	return n;
}

const struct stages *stages_get(void)
{
	const struct stages *list[STAGES_MAX];

	return list[stages_list(list) - 1];
}
