/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/ovsdb_pipeline.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <time.h>

#include "datapath/log.h"
#include "vswitchd/ovsdb_alloc.h"
#include "vswitchd/ovsdb_record.h"
#include "vswitchd/ovsdb_writer.h"

LOG_MODULE("ovsdb_pipeline");

#define MAX_BATCH 512
#define SLICE_MS 10 /* executing requests holds the loop up for no longer */

enum request_state { REQUEST_QUEUED, REQUEST_BLOCKED, REQUEST_EXECUTED };

struct ovsdb_request {
	TAILQ_ENTRY(ovsdb_request) node;
	struct ovsdb_pipeline *pipeline;
	enum request_state state;
	struct ovsdb_db *db;
	json_t *ops; /* NULL: submitted as a transaction */
	struct ovsdb_exec_ctx ctx;
	uint64_t arrived_ms, retry_at_ms;
	ovsdb_request_done done;
	void *arg;
	/* once executed: */
	json_t *result;
	struct ovsdb_txn *txn;
	char *record; /* for the log; NULL when nothing of it goes there */
	bool durable; /* a record went to the disk */
};

TAILQ_HEAD(request_list, ovsdb_request);

struct ovsdb_pipeline {
	struct ovsdb_db *durable;
	struct ovsdb_writer *writer;
	void (*committed)(void *arg);
	void *arg;
	struct event *run;   /* something to execute */
	struct event *retry; /* a blocked request's time has come */
	struct request_list queue, blocked, batch, in_flight;
	bool stopped;
};

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static uint64_t wall_clock_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static struct request_list *list_of(struct ovsdb_request *request)
{
	struct ovsdb_pipeline *p = request->pipeline;

	return request->state == REQUEST_QUEUED ? &p->queue : &p->blocked;
}

static void free_request(struct ovsdb_request *request)
{
	json_decref(request->ops);
	json_decref(request->result);
	free(request->record);
	free(request);
}

static void answer(struct ovsdb_request *request, int error) ON_CONTROL
{
	json_t *result = request->result;

	request->result = NULL;
	if (request->done)
		request->done(request->arg, result, error);
	else
		json_decref(result);
	free_request(request);
}

static void make_record(struct ovsdb_request *request)
{
	json_t *record;

	if (request->db != request->pipeline->durable)
		return;
	record = ovsdb_txn_record(request->txn, wall_clock_ms());
	if (!record)
		return;
	request->record = ovsdb_must(json_dumps(record, JSON_COMPACT));
	json_decref(record);
}

static void schedule_retry(struct ovsdb_pipeline *p, uint64_t now) ON_CONTROL
{
	uint64_t earliest = UINT64_MAX;
	struct ovsdb_request *request;
	struct timeval delay;

	TAILQ_FOREACH (request, &p->blocked, node) {
		if (request->retry_at_ms < earliest)
			earliest = request->retry_at_ms;
	}
	if (earliest == UINT64_MAX) {
		evtimer_del(p->retry);
		return;
	}
	earliest = earliest > now ? earliest - now : 0;
	delay.tv_sec = (time_t)(earliest / 1000);
	delay.tv_usec = (suseconds_t)(earliest % 1000 * 1000);
	evtimer_add(p->retry, &delay);
}

/* Executes the request; it goes to the batch, or to those that wait for a condition. */
static void execute(
	struct ovsdb_pipeline *p, struct ovsdb_request *request, uint64_t now) ON_CONTROL
{
	uint64_t retry_ms = 0;
	int r;

	request->ctx.elapsed_ms = now - request->arrived_ms;
	r = ovsdb_execute(request->db, request->ops, &request->ctx, &request->result, &request->txn,
		&retry_ms);
	TAILQ_REMOVE(&p->queue, request, node);
	if (r == -EAGAIN) {
		request->state = REQUEST_BLOCKED;
		request->retry_at_ms = retry_ms > UINT64_MAX / 2 ? UINT64_MAX : now + retry_ms;
		TAILQ_INSERT_TAIL(&p->blocked, request, node);
		return;
	}
	request->state = REQUEST_EXECUTED;
	if (request->txn)
		make_record(request);
	TAILQ_INSERT_TAIL(&p->batch, request, node);
}

/* Puts the requests of `list` that satisfy the time before those that are queued. */
static void requeue(
	struct ovsdb_pipeline *p, struct request_list *list, uint64_t until_ms) ON_CONTROL
{
	struct ovsdb_request *request, *previous;

	for (request = TAILQ_LAST(list, request_list); request; request = previous) {
		previous = TAILQ_PREV(request, request_list, node);
		if (request->retry_at_ms > until_ms)
			continue;
		TAILQ_REMOVE(list, request, node);
		request->state = REQUEST_QUEUED;
		TAILQ_INSERT_HEAD(&p->queue, request, node);
	}
	if (!TAILQ_EMPTY(&p->queue))
		event_active(p->run, EV_TIMEOUT, 0);
}

/* Commits and answers all of `list`, in order. */
static void commit_all(struct ovsdb_pipeline *p, struct request_list *list) ON_CONTROL
{
	struct ovsdb_request *request;
	bool any = false;

	while ((request = TAILQ_FIRST(list))) {
		TAILQ_REMOVE(list, request, node);
		if (request->txn) {
			ovsdb_txn_commit(request->txn);
			any = true;
		}
		answer(request, 0);
	}
	if (!any)
		return;
	requeue(p, &p->blocked, UINT64_MAX);
	p->committed(p->arg);
}

static void undo(struct request_list *list) ON_CONTROL
{
	struct ovsdb_request *request;

	TAILQ_FOREACH_REVERSE(request, list, request_list, node)
	{
		ovsdb_txn_abort(request->txn);
		request->txn = NULL;
	}
}

/* What becomes of undone requests: those that wanted the disk are refused, others run again. */
static void refuse_all(
	struct ovsdb_pipeline *p, struct request_list *list, const char *reason) ON_CONTROL
{
	struct request_list again = TAILQ_HEAD_INITIALIZER(again);
	struct ovsdb_request *request;

	while ((request = TAILQ_FIRST(list))) {
		TAILQ_REMOVE(list, request, node);
		if (request->ops && request->done && !request->durable && !request->record) {
			json_decref(request->result);
			request->result = NULL;
			request->retry_at_ms = 0;
			TAILQ_INSERT_TAIL(&again, request, node);
			continue;
		}
		if (request->result)
			json_array_append_new(request->result,
				json_pack("{s:s,s:s}", "error", "I/O error", "details", reason));
		answer(request, -EIO);
	}
	requeue(p, &again, 0);
}

static void on_written(void *arg, int error, const char *reason)
{
	struct ovsdb_pipeline *p = arg;

	thread_role_assert(&role_control);
	if (error) {
		undo(&p->batch);
		undo(&p->in_flight);
		refuse_all(p, &p->batch, reason);
		refuse_all(p, &p->in_flight, reason);
	} else {
		commit_all(p, &p->in_flight);
	}
	event_active(p->run, EV_TIMEOUT, 0);
}

/* Hands the batch to the disk, or commits it when nothing of it goes there. */
static void flush(struct ovsdb_pipeline *p) ON_CONTROL
{
	struct ovsdb_request *request;
	char **texts = NULL;
	size_t n = 0;

	TAILQ_FOREACH (request, &p->batch, node)
		n += request->record != NULL;
	if (!n) {
		commit_all(p, &p->batch);
		return;
	}
	texts = ovsdb_zalloc(n, sizeof(*texts));
	n = 0;
	TAILQ_FOREACH (request, &p->batch, node) {
		if (!request->record)
			continue;
		texts[n++] = request->record;
		request->record = NULL;
		request->durable = true;
	}
	TAILQ_CONCAT(&p->in_flight, &p->batch, node);
	ovsdb_writer_append(p->writer, texts, n, on_written, p);
	free(texts);
}

static void on_run(evutil_socket_t fd, short events, void *arg)
{
	struct ovsdb_pipeline *p = arg;
	uint64_t start = now_ms(), now = start;
	unsigned int n = 0;

	thread_role_assert(&role_control);
	if (p->stopped || !TAILQ_EMPTY(&p->in_flight))
		return;
	while (!TAILQ_EMPTY(&p->queue) && n++ < MAX_BATCH && now - start < SLICE_MS) {
		execute(p, TAILQ_FIRST(&p->queue), now);
		now = now_ms();
	}
	if (!TAILQ_EMPTY(&p->batch))
		flush(p);
	if (!TAILQ_EMPTY(&p->queue) && TAILQ_EMPTY(&p->in_flight))
		event_active(p->run, EV_TIMEOUT, 0);
	schedule_retry(p, now);
}

static void on_retry(evutil_socket_t fd, short events, void *arg)
{
	struct ovsdb_pipeline *p = arg;

	thread_role_assert(&role_control);
	requeue(p, &p->blocked, now_ms());
}

struct ovsdb_pipeline *ovsdb_pipeline_create(struct event_base *base, struct ovsdb_db *durable,
	struct ovsdb_writer *writer, void (*committed)(void *arg), void *arg)
{
	struct ovsdb_pipeline *p = ovsdb_zalloc(1, sizeof(*p));

	p->durable = durable;
	p->writer = writer;
	p->committed = committed;
	p->arg = arg;
	TAILQ_INIT(&p->queue);
	TAILQ_INIT(&p->blocked);
	TAILQ_INIT(&p->batch);
	TAILQ_INIT(&p->in_flight);
	p->run = ovsdb_must(event_new(base, -1, 0, on_run, p));
	p->retry = ovsdb_must(evtimer_new(base, on_retry, p));
	return p;
}

void ovsdb_pipeline_stop(struct ovsdb_pipeline *p)
{
	p->stopped = true;
}

static void drop_all(struct request_list *list) ON_CONTROL
{
	struct ovsdb_request *request;

	while ((request = TAILQ_FIRST(list))) {
		TAILQ_REMOVE(list, request, node);
		answer(request, -ECANCELED);
	}
}

void ovsdb_pipeline_destroy(struct ovsdb_pipeline *p)
{
	if (!p)
		return;
	undo(&p->batch);
	undo(&p->in_flight);
	drop_all(&p->batch);
	drop_all(&p->in_flight);
	drop_all(&p->queue);
	drop_all(&p->blocked);
	event_free(p->run);
	event_free(p->retry);
	free(p);
}

static struct ovsdb_request *make_request(struct ovsdb_pipeline *p, struct ovsdb_db *db,
	ovsdb_request_done done, void *arg) ON_CONTROL
{
	struct ovsdb_request *request = ovsdb_zalloc(1, sizeof(*request));

	request->pipeline = p;
	request->db = db;
	request->done = done;
	request->arg = arg;
	request->arrived_ms = now_ms();
	event_active(p->run, EV_TIMEOUT, 0);
	return request;
}

struct ovsdb_request *ovsdb_pipeline_transact(struct ovsdb_pipeline *p, struct ovsdb_db *db,
	json_t *ops, const struct ovsdb_exec_ctx *ctx, ovsdb_request_done done, void *arg)
{
	struct ovsdb_request *request = make_request(p, db, done, arg);

	request->ops = ops;
	request->ctx = *ctx;
	TAILQ_INSERT_TAIL(&p->queue, request, node);
	return request;
}

void ovsdb_pipeline_submit(
	struct ovsdb_pipeline *p, struct ovsdb_txn *txn, ovsdb_request_done done, void *arg)
{
	struct ovsdb_request *request = make_request(p, txn->db, done, arg);

	request->state = REQUEST_EXECUTED;
	request->txn = txn;
	make_record(request);
	TAILQ_INSERT_TAIL(&p->batch, request, node);
}

bool ovsdb_pipeline_cancel(struct ovsdb_request *request)
{
	if (request->state == REQUEST_EXECUTED)
		return false;
	TAILQ_REMOVE(list_of(request), request, node);
	free_request(request);
	return true;
}

void ovsdb_pipeline_forget(struct ovsdb_request *request)
{
	if (!ovsdb_pipeline_cancel(request))
		request->done = NULL;
}
