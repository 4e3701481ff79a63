/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/rcu.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/queue.h>

#include <rte_malloc.h>

struct retired {
	STAILQ_ENTRY(retired) next;
	uint64_t token;
	void (*done)(void *arg);
	void *arg;
};

struct rte_rcu_qsbr *rcu_qsbr;
static STAILQ_HEAD(, retired) queue = STAILQ_HEAD_INITIALIZER(queue);

int rcu_init(void)
{
	size_t size = rte_rcu_qsbr_get_memsize(RCU_READERS_MAX);

	rcu_qsbr = rte_zmalloc("rcu", size, RTE_CACHE_LINE_SIZE);
	if (!rcu_qsbr)
		return -ENOMEM;
	return rte_rcu_qsbr_init(rcu_qsbr, RCU_READERS_MAX) ? -EINVAL : 0;
}

void rcu_fini(void)
{
	while (rcu_poll())
		;
	rte_free(rcu_qsbr);
	rcu_qsbr = NULL;
}

void rcu_reader_begin(unsigned int reader)
{
	rte_rcu_qsbr_thread_register(rcu_qsbr, reader);
	rte_rcu_qsbr_thread_online(rcu_qsbr, reader);
}

void rcu_reader_end(unsigned int reader)
{
	rte_rcu_qsbr_thread_offline(rcu_qsbr, reader);
	rte_rcu_qsbr_thread_unregister(rcu_qsbr, reader);
}

void rcu_retire(void (*done)(void *arg), void *arg)
{
	struct retired *r = malloc(sizeof(*r));

	/* Neither freeing now nor leaking is right, and control can't wait. */
	if (!r)
		abort();
	*r = (struct retired){.token = rte_rcu_qsbr_start(rcu_qsbr), .done = done, .arg = arg};
	STAILQ_INSERT_TAIL(&queue, r, next);
}

bool rcu_poll(void)
{
	struct retired *r;

	while ((r = STAILQ_FIRST(&queue))) {
		if (!rte_rcu_qsbr_check(rcu_qsbr, r->token, false))
			return true;
		STAILQ_REMOVE_HEAD(&queue, next);
		r->done(r->arg);
		free(r);
	}
	return false;
}

void rcu_synchronize(void)
{
	rte_rcu_qsbr_synchronize(rcu_qsbr, RTE_QSBR_THRID_INVALID);
}
