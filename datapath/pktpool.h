/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The packet buffers: one pool for each NUMA node that has memory, made once at start.
 *
 * A thread that isn't an EAL lcore calls rte_thread_register() before it allocates, so that it has
 * a cache of its own. Any thread.
 */
#ifndef DATAPATH_PKTPOOL_H
#define DATAPATH_PKTPOOL_H

#include <stdint.h>

#include <rte_mempool.h>

#include "datapath/errmsg.h"
#include "datapath/thread_role.h"

#define PKTPOOL_DATA_SIZE 2048 /* bytes of a frame in one buffer, besides the headroom */

/* Makes the pools with `n` buffers each. 0 or -errno with the reason. */
int pktpool_init(uint32_t n, struct errmsg *err) ON_CONTROL;
void pktpool_fini(void) ON_CONTROL;

/* The pool of NUMA node `socket`, or the first one for an unknown node. */
struct rte_mempool *pktpool_get(int socket);

/* Buffers in use and in all, over all pools. Walks the caches of all lcores: not for workers. */
void pktpool_usage(uint32_t *used, uint32_t *size) ON_CONTROL;

#endif
