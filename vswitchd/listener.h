/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A listening unix socket of the control loop.
 *
 * Control thread only. The path of a socket that nobody serves any more is taken over; one that
 * is being served, or that is no socket, is left alone. When descriptors run out, accepting
 * pauses for a second instead of spinning.
 */
#ifndef VSWITCHD_LISTENER_H
#define VSWITCHD_LISTENER_H

#include <sys/types.h>

#include "datapath/errmsg.h"
#include "datapath/thread_role.h"

struct event_base;
struct listener;

/* `accepted` gets each connected, non-blocking socket and owns it. -EADDRINUSE when the path is
 * being served. */
int listener_create(struct event_base *base, const char *path, mode_t mode,
	void (*accepted)(void *arg, int fd), void *arg, struct listener **listener,
	struct errmsg *err) ON_CONTROL __attribute__((warn_unused_result));

/* Closes, and removes the socket's path. NULL is allowed. */
void listener_destroy(struct listener *listener) ON_CONTROL;

#endif
