/* SPDX-License-Identifier: Apache-2.0 */
/* EAL for a unit test: no hugepages, no devices, no files left behind, any user. */
#ifndef TESTS_UNIT_DATAPATH_TEST_EAL_H
#define TESTS_UNIT_DATAPATH_TEST_EAL_H

#include <stdio.h>

#include <rte_common.h>
#include <rte_eal.h>

/* Starts EAL with `mb` MiB of memory. 0 or -1. Once in a process. */
static inline int test_eal_init(unsigned int mb)
{
	static char words[][24] = {"test", "--no-huge", "--no-shconf", "--no-pci", "--no-telemetry",
		"--lcores=0@(0)", "-m", ""};
	char *argv[RTE_DIM(words) + 1] = {NULL};

	snprintf(words[RTE_DIM(words) - 1], sizeof(words[0]), "%u", mb);
	for (unsigned int i = 0; i < RTE_DIM(words); i++)
		argv[i] = words[i];
	return rte_eal_init(RTE_DIM(words), argv) < 0 ? -1 : 0;
}

#endif
