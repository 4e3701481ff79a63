/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/thread_role.h"

#include <stdio.h>
#include <stdlib.h>

struct thread_role role_control = {THREAD_CONTROL};
struct thread_role role_worker = {THREAD_WORKER};
struct thread_role role_kernel_io = {THREAD_KERNEL_IO};
struct thread_role role_log_writer = {THREAD_LOG_WRITER};
struct thread_role role_vhost = {THREAD_VHOST};

static _Thread_local enum thread_kind this_thread;

void thread_role_begin(struct thread_role *role)
{
	this_thread = role->kind;
}

void thread_role_assert(struct thread_role *role)
{
	if (this_thread != role->kind) {
		fprintf(stderr, "vswitchd: a thread of kind %d runs code of kind %d\n", this_thread,
			role->kind);
		abort();
	}
}
