/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way of a transaction: executed in the order of arrival, made durable together with those
 * that arrived with it, committed, answered.
 *
 * While a batch is with the disk, requests wait; then all of them run and share the next fsync. A
 * request that only read, or changed only ephemeral columns, is answered with the batch whose
 * uncommitted changes it saw. When the disk refuses, what the batch changed is undone, the
 * requests that wanted it are refused with the reason, and the others are executed again. A
 * "wait" that isn't met is executed again after each commit.
 *
 * Control thread only.
 */
#ifndef VSWITCHD_OVSDB_PIPELINE_H
#define VSWITCHD_OVSDB_PIPELINE_H

#include "datapath/thread_role.h"
#include "vswitchd/ovsdb_execute.h"

struct event_base;
struct ovsdb_pipeline;
struct ovsdb_request;
struct ovsdb_writer;

/* The request's fate; it is gone afterwards. `result` is the array to reply with, taken over
 * (NULL for ovsdb_pipeline_submit()). `error` is -EIO when the disk refused it, else 0. */
typedef void (*ovsdb_request_done)(void *arg, json_t *result, int error);

/* `durable` is the database whose changes go to `writer`; those of others are just committed.
 * `committed` is called after one or more commits. */
struct ovsdb_pipeline *ovsdb_pipeline_create(struct event_base *base, struct ovsdb_db *durable,
	struct ovsdb_writer *writer, void (*committed)(void *arg), void *arg) ON_CONTROL;

/* Executes nothing any more; what is with the disk is still committed and answered. */
void ovsdb_pipeline_stop(struct ovsdb_pipeline *pipeline) ON_CONTROL;

/* Refuses what is queued. The writer is done with what it was given. NULL is allowed. */
void ovsdb_pipeline_destroy(struct ovsdb_pipeline *pipeline) ON_CONTROL;

/* Queues the operations `ops`, whose reference is taken over. ctx->elapsed_ms is kept here. */
struct ovsdb_request *ovsdb_pipeline_transact(struct ovsdb_pipeline *pipeline, struct ovsdb_db *db,
	json_t *ops, const struct ovsdb_exec_ctx *ctx, ovsdb_request_done done,
	void *arg) ON_CONTROL;

/* Makes the prepared transaction `txn` durable and commits it. `done` may be NULL. */
void ovsdb_pipeline_submit(struct ovsdb_pipeline *pipeline, struct ovsdb_txn *txn,
	ovsdb_request_done done, void *arg) ON_CONTROL;

/* Drops a request that hasn't been executed: true, and `done` won't be called. False when it is
 * on its way to the disk. */
bool ovsdb_pipeline_cancel(struct ovsdb_request *request) ON_CONTROL;

/* Drops a request, or lets it end without calling `done`. */
void ovsdb_pipeline_forget(struct ovsdb_request *request) ON_CONTROL;

#endif
