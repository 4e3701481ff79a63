/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which kind of thread may call a function, said in its declaration and checked twice: by clang's
 * thread-safety analysis in `make lint`, and by an assertion where a thread or a callback begins.
 *
 * A thread's entry function calls thread_role_begin(); a callback that is known to run on such a
 * thread (an event of the control loop, say) calls thread_role_assert(). What they call can then
 * be marked ON_CONTROL and so on.
 */
#ifndef DATAPATH_THREAD_ROLE_H
#define DATAPATH_THREAD_ROLE_H

#ifdef __clang__
#define THREAD_ATTR(X) __attribute__((X))
#else
#define THREAD_ATTR(X)
#endif

enum thread_kind {
	THREAD_NONE,
	THREAD_CONTROL,
	THREAD_WORKER,
	THREAD_KERNEL_IO,
	THREAD_LOG_WRITER,
	THREAD_VHOST, /* librte_vhost's own thread, which calls back */
};

struct THREAD_ATTR(capability("thread role")) thread_role {
	enum thread_kind kind;
};

extern struct thread_role role_control, role_worker, role_kernel_io, role_log_writer, role_vhost;

#define ON_CONTROL THREAD_ATTR(requires_capability(role_control))
#define ON_WORKER THREAD_ATTR(requires_capability(role_worker))
#define ON_KERNEL_IO THREAD_ATTR(requires_capability(role_kernel_io))
#define ON_LOG_WRITER THREAD_ATTR(requires_capability(role_log_writer))
#define ON_VHOST THREAD_ATTR(requires_capability(role_vhost))

/* Makes the calling thread one of `role`'s for the rest of its life. */
void thread_role_begin(struct thread_role *role) THREAD_ATTR(assert_capability(role));

/* Aborts unless the calling thread is one of `role`'s. */
void thread_role_assert(struct thread_role *role) THREAD_ATTR(assert_capability(role));

#endif
