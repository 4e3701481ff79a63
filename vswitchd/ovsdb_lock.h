/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The named locks of RFC 7047 section 4.1.8: each has one owner and a line of sessions waiting.
 * The control thread. Sessions are told apart by their pointers only.
 */
#ifndef VSWITCHD_OVSDB_LOCK_H
#define VSWITCHD_OVSDB_LOCK_H

#include <stdbool.h>

#include "datapath/thread_role.h"

struct ovsdb_locks;

/* What happened to a lock that a session has asked for earlier. */
enum ovsdb_lock_event { OVSDB_LOCK_LOCKED, OVSDB_LOCK_STOLEN };

struct ovsdb_locks *ovsdb_locks_create(
	void (*notify)(void *session, const char *name, enum ovsdb_lock_event event)) ON_CONTROL;

/* No session holds or waits any more. NULL is allowed. */
void ovsdb_locks_destroy(struct ovsdb_locks *locks) ON_CONTROL;

/* Gets in line, or at its head when stealing. 1 when the session owns the lock now, 0 when it
 * waits, -EEXIST when it had asked for it already, -ENOSPC when it has asked for too many. */
int ovsdb_locks_acquire(
	struct ovsdb_locks *locks, void *session, const char *name, bool steal) ON_CONTROL;

/* Leaves the line. -ENOENT when the session isn't in it. */
int ovsdb_locks_release(struct ovsdb_locks *locks, void *session, const char *name) ON_CONTROL;

/* Leaves all lines. */
void ovsdb_locks_release_all(struct ovsdb_locks *locks, void *session) ON_CONTROL;

bool ovsdb_locks_owns(
	const struct ovsdb_locks *locks, const void *session, const char *name) ON_CONTROL;

#endif
