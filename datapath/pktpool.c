/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/pktpool.h"

#include <stdio.h>

#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_malloc.h>
#include <rte_mbuf.h>

#define PKTPOOL_CACHE 256

static struct rte_mempool *pools[RTE_MAX_NUMA_NODES];
static struct rte_mempool *first_pool;

int pktpool_init(uint32_t n, struct errmsg *err)
{
	for (unsigned int i = 0; i < rte_socket_count(); i++) {
		int socket = rte_socket_id_by_idx(i);
		struct rte_malloc_socket_stats stats;
		char name[RTE_MEMPOOL_NAMESIZE];

		if (rte_eal_has_hugepages() && rte_malloc_get_socket_stats(socket, &stats) < 0)
			continue;
		snprintf(name, sizeof(name), "packets%d", socket);
		pools[socket] = rte_pktmbuf_pool_create(name, n, PKTPOOL_CACHE, 0,
			PKTPOOL_DATA_SIZE + RTE_PKTMBUF_HEADROOM, socket);
		if (pools[socket] && !first_pool)
			first_pool = pools[socket];
	}
	if (!first_pool)
		return errmsg_set(err, rte_errno, "no memory for %u packet buffers of %d bytes: %s",
			n, PKTPOOL_DATA_SIZE + RTE_PKTMBUF_HEADROOM, rte_strerror(rte_errno));
	return 0;
}

void pktpool_fini(void)
{
	for (unsigned int i = 0; i < RTE_MAX_NUMA_NODES; i++) {
		rte_mempool_free(pools[i]);
		pools[i] = NULL;
	}
	first_pool = NULL;
}

struct rte_mempool *pktpool_get(int socket)
{
	if (socket >= 0 && socket < RTE_MAX_NUMA_NODES && pools[socket])
		return pools[socket];
	return first_pool;
}

void pktpool_usage(uint32_t *used, uint32_t *size)
{
	*used = 0;
	*size = 0;
	for (unsigned int i = 0; i < RTE_MAX_NUMA_NODES; i++) {
		if (!pools[i])
			continue;
		*used += rte_mempool_in_use_count(pools[i]);
		*size += pools[i]->size;
	}
}
