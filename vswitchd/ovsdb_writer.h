/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log writer: a thread that has the database's log and does what may wait for a disk:
 * appending, fsync, compaction. Control hands it batches and is told, on its event loop, when one
 * is durable. Called by the control thread, which never waits but in ovsdb_writer_destroy().
 */
#ifndef VSWITCHD_OVSDB_WRITER_H
#define VSWITCHD_OVSDB_WRITER_H

#include <stdint.h>

#include "datapath/thread_role.h"
#include "vswitchd/ovsdb_log.h"

struct event_base;
struct ovsdb_writer;

/* `error` is 0 or -errno, `reason` then says why. */
typedef void (*ovsdb_writer_done)(void *arg, int error, const char *reason);

/* Starts the thread; it takes over `log`, also when this fails. */
int ovsdb_writer_create(struct event_base *base, struct ovsdb_log *log,
	struct ovsdb_writer **writer, struct errmsg *err) ON_CONTROL
	__attribute__((warn_unused_result));

/* Does what was asked for, calls back for it, ends the thread, closes the log. NULL is allowed. */
void ovsdb_writer_destroy(struct ovsdb_writer *writer) ON_CONTROL;

/* Appends `n` records, all or none. The texts, which free() must do for, are taken over. Jobs are
 * done in the order in which they are asked for, and called back for in that order. */
void ovsdb_writer_append(struct ovsdb_writer *writer, char **texts, size_t n,
	ovsdb_writer_done done, void *arg) ON_CONTROL;

/* Replaces the log by one that holds just the present state. `done` may be NULL. */
void ovsdb_writer_compact(
	struct ovsdb_writer *writer, ovsdb_writer_done done, void *arg) ON_CONTROL;

#endif
