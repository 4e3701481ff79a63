/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Grace periods, on rte_rcu_qsbr: what control takes away from the workers is freed once every
 * worker has passed a point where it holds no reference.
 *
 * A worker is registered with its number, says after each round that it is quiescent, and goes
 * offline before it sleeps. Control retires and polls; it never waits. Only librte_vhost's thread
 * may wait, since the library demands it.
 */
#ifndef DATAPATH_RCU_H
#define DATAPATH_RCU_H

#include <stdbool.h>

#include <rte_rcu_qsbr.h>

#include "datapath/thread_role.h"

#define RCU_READERS_MAX 128 /* workers of a datapath */

extern struct rte_rcu_qsbr *rcu_qsbr;

/* 0 or -errno. Once, before any thread. */
int rcu_init(void) ON_CONTROL;
/* Runs what is still retired; no worker may be left. */
void rcu_fini(void) ON_CONTROL;

void rcu_reader_begin(unsigned int reader) ON_WORKER;
void rcu_reader_end(unsigned int reader) ON_WORKER;

static inline void rcu_quiescent(unsigned int reader)
{
	rte_rcu_qsbr_quiescent(rcu_qsbr, reader);
}

/* Around a sleep: an offline reader holds nothing and delays nobody. */
static inline void rcu_offline(unsigned int reader)
{
	rte_rcu_qsbr_thread_offline(rcu_qsbr, reader);
}

static inline void rcu_online(unsigned int reader)
{
	rte_rcu_qsbr_thread_online(rcu_qsbr, reader);
}

/* Calls `done(arg)` on control after a grace period, from rcu_poll(). Aborts without memory. */
void rcu_retire(void (*done)(void *arg), void *arg) ON_CONTROL;

/* Runs what has passed its grace period; true while something still waits. */
bool rcu_poll(void) ON_CONTROL;

/* Waits for a grace period. */
void rcu_synchronize(void) ON_VHOST;

#endif
