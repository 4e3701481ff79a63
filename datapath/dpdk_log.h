/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DPDK's own log lines, in the daemon's log as module "dpdk".
 *
 * An error stays an error, a warning a warning; a notice is logged as info and the rest as dbg.
 * What a guest can provoke (librte_vhost's lines) weighs one level less, since it is no fault of
 * the switch. Each of DPDK's log types may write a few lines a minute at each level.
 */
#ifndef DATAPATH_DPDK_LOG_H
#define DATAPATH_DPDK_LOG_H

#include "datapath/thread_role.h"

/* Takes over DPDK's log. 0 or -errno. Once, before rte_eal_init(). */
int dpdk_log_init(void) ON_CONTROL;

/* Gives the log back, after the last call into DPDK. */
void dpdk_log_fini(void) ON_CONTROL;

/*
 * DPDK's functions return a number and write the reason to the log. From here on the first warning
 * or error that DPDK logs on the calling thread is kept for dpdk_log_captured(), and such lines are
 * logged as info, since the caller tells of the failure. Begins anew when it has begun. Any thread.
 */
void dpdk_log_capture_begin(void);
void dpdk_log_capture_end(void);

/* The line kept since dpdk_log_capture_begin(), without its newline, or NULL. It is valid until the
 * thread begins anew. Any thread. */
const char *dpdk_log_captured(void);

#endif
