/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/bigmem.h"

#include <sys/mman.h>

#include <rte_common.h>
#include <rte_malloc.h>
#include <rte_memory.h>

#define HUGE_PAGE (2ul << 20)

static bool use_eal;

void bigmem_use_eal(bool use)
{
	use_eal = use;
}

static size_t mapped_size(size_t size)
{
	return RTE_ALIGN_CEIL(size, HUGE_PAGE);
}

/* EAL without hugepages has only what it took at start; the kernel has the rest. Whole huge pages,
 * so that the kernel can use them. */
static void *map(size_t size)
{
	size_t length = mapped_size(size) + HUGE_PAGE;
	char *mem = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *start;

	if (mem == MAP_FAILED)
		return NULL;
	start = RTE_PTR_ALIGN_CEIL(mem, HUGE_PAGE);
	if (start > mem)
		munmap(mem, start - mem);
	munmap(start + mapped_size(size), mem + length - (start + mapped_size(size)));
	/* Small pages do too, only slower. */
	(void)madvise(start, mapped_size(size), MADV_HUGEPAGE);
	return start;
}

void *bigmem_alloc(size_t size)
{
	void *mem = use_eal ? rte_zmalloc("bigmem", size, RTE_CACHE_LINE_SIZE) : NULL;

	/* Hugepages may be used up: a slower table is better than none. */
	return mem ? mem : map(size);
}

void bigmem_free(void *mem, size_t size)
{
	if (!mem)
		return;
	if (use_eal && rte_mem_virt2memseg_list(mem))
		rte_free(mem);
	else
		munmap(mem, mapped_size(size));
}
