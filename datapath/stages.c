/* SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>

#ifdef __x86_64__
#include <cpuid.h>
#endif

#include "datapath/stage.h"

#ifdef __x86_64__
/* MOVBE, F16C and LZCNT, which a hypervisor may hide from its guests like any other: compilers
 * don't all know their names, and DPDK 22.11 looks for LZCNT at the wrong bit. */
static bool cpu_has_small_v3_parts(void)
{
	unsigned int a, b, ecx1 = 0, ecx_extended = 0, d;

	return __get_cpuid(1, &a, &b, &ecx1, &d) &&
	       __get_cpuid(0x80000001, &a, &b, &ecx_extended, &d) && (ecx1 & bit_MOVBE) &&
	       (ecx1 & bit_F16C) && (ecx_extended & bit_LZCNT);
}

static bool cpu_has_v3(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
	       __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("fma") &&
	       cpu_has_small_v3_parts();
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
