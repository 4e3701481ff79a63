/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Zeroed memory for large tables that workers read at random: on huge pages where the machine has
 * them (EAL's, else transparent ones), since a TLB miss costs as much as the lookup itself.
 * Control thread.
 */
#ifndef DATAPATH_BIGMEM_H
#define DATAPATH_BIGMEM_H

#include <stdbool.h>
#include <stddef.h>

#include "datapath/thread_role.h"

/* Takes memory from EAL's hugepages from now on, as long as there is some; before anything is
 * allocated. */
void bigmem_use_eal(bool use) ON_CONTROL;

/* `size` bytes, zeroed, aligned to a cache line; NULL without memory. */
void *bigmem_alloc(size_t size) ON_CONTROL;
void bigmem_free(void *mem, size_t size) ON_CONTROL;

#endif
