/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <rte_memory.h>

#include "datapath/bigmem.h"
#include "tests/unit/datapath/test_eal.h"

#define EAL_MB 16

static void check_zeroed_and_free(char *mem, size_t size)
{
	assert_non_null(mem);
	assert_int_equal((uintptr_t)mem % RTE_CACHE_LINE_SIZE, 0);
	for (size_t i = 0; i < size; i += 4096)
		assert_int_equal(mem[i], 0);
	memset(mem, 1, size);
	bigmem_free(mem, size);
}

static void maps_memory_of_its_own(void **state)
{
	const size_t sizes[] = {1, 4096, 2 << 20, (2 << 20) + 1, 5000000};

	for (size_t i = 0; i < RTE_DIM(sizes); i++)
		check_zeroed_and_free(bigmem_alloc(sizes[i]), sizes[i]);
	bigmem_free(NULL, 100);
}

static void goes_on_when_eal_has_no_more(void **state)
{
	void *small, *large;

	bigmem_use_eal(true);
	small = bigmem_alloc(1 << 20);
	large = bigmem_alloc(2 * EAL_MB << 20);
	assert_non_null(rte_mem_virt2memseg_list(small));
	assert_null(rte_mem_virt2memseg_list(large));
	check_zeroed_and_free(large, 2 * EAL_MB << 20);
	check_zeroed_and_free(small, 1 << 20);
	bigmem_use_eal(false);
}

static int start(void **state)
{
	return test_eal_init(EAL_MB);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(maps_memory_of_its_own),
		cmocka_unit_test(goes_on_when_eal_has_no_more),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
