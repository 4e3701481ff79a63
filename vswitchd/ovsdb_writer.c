/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/ovsdb_writer.h"

#include <errno.h>
#include <event2/event.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/queue.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "datapath/log.h"
#include "vswitchd/ovsdb_alloc.h"
#include "vswitchd/ovsdb_compact.h"

LOG_MODULE("ovsdb_writer");

enum job_kind { JOB_APPEND, JOB_COMPACT, JOB_STOP };

/* Belongs to control until it is queued and after it is done, to the writer in between. */
struct job {
	STAILQ_ENTRY(job) node;
	enum job_kind kind;
	struct ovsdb_log_record *records;
	size_t n_records;
	ovsdb_writer_done done;
	void *arg;
	int error;
	struct errmsg err;
};

STAILQ_HEAD(job_list, job);

struct ovsdb_writer {
	pthread_t thread;
	struct ovsdb_log *log;              /* the writer's */
	struct ovsdb_compact_policy policy; /* the writer's */
	pthread_mutex_t lock;
	pthread_cond_t asked;
	struct job_list jobs, finished; /* under the lock */
	int event_fd;
	struct event *event; /* control's */
};

static void free_job(struct job *job)
{
	for (size_t i = 0; i < job->n_records; i++)
		free((char *)job->records[i].text);
	free(job->records);
	free(job);
}

static uint64_t now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec;
}

static void restart_policy(struct ovsdb_writer *writer) ON_LOG_WRITER
{
	unsigned int spread = 0;

	if (getrandom(&spread, sizeof(spread), GRND_NONBLOCK) != sizeof(spread))
		spread = (unsigned int)getpid();
	ovsdb_compact_restart(&writer->policy, ovsdb_log_size(writer->log),
		ovsdb_log_n_records(writer->log), now_s(), spread);
}

static void compact(struct ovsdb_writer *writer, struct job *job) ON_LOG_WRITER
{
	job->error = ovsdb_compact(writer->log, &job->err);
	if (job->error)
		log_err("compaction failed: %s", job->err.text);
	restart_policy(writer);
}

static void run_job(struct ovsdb_writer *writer, struct job *job) ON_LOG_WRITER
{
	if (job->kind == JOB_COMPACT)
		compact(writer, job);
	if (job->kind != JOB_APPEND)
		return;
	job->error = ovsdb_log_append(writer->log, job->records, job->n_records, &job->err);
	if (job->error)
		log_limited(LOG_LEVEL_ERR, "%s", job->err.text);
}

static struct job *next_job(struct ovsdb_writer *writer)
{
	struct job *job;

	pthread_mutex_lock(&writer->lock);
	while (STAILQ_EMPTY(&writer->jobs))
		pthread_cond_wait(&writer->asked, &writer->lock);
	job = STAILQ_FIRST(&writer->jobs);
	STAILQ_REMOVE_HEAD(&writer->jobs, node);
	pthread_mutex_unlock(&writer->lock);
	return job;
}

static void report(struct ovsdb_writer *writer, struct job *job)
{
	uint64_t one = 1;

	pthread_mutex_lock(&writer->lock);
	STAILQ_INSERT_TAIL(&writer->finished, job, node);
	pthread_mutex_unlock(&writer->lock);
	if (write(writer->event_fd, &one, sizeof(one)) != sizeof(one))
		abort(); /* an eventfd takes 2^64 - 2 of these */
}

static void *writer_main(void *arg)
{
	struct ovsdb_writer *writer = arg;
	struct job own = {.kind = JOB_COMPACT};
	bool stop = false;

	thread_role_begin(&role_log_writer);
	pthread_setname_np(pthread_self(), "log-writer");
	restart_policy(writer);
	while (!stop) {
		struct job *job = next_job(writer);

		stop = job->kind == JOB_STOP;
		run_job(writer, job);
		report(writer, job);
		/* After the report: nobody waits for this but who commits next. */
		if (!stop && ovsdb_compact_is_due(&writer->policy, ovsdb_log_size(writer->log),
				     ovsdb_log_n_records(writer->log), now_s()))
			compact(writer, &own);
	}
	return NULL;
}

/* Calls back for what is finished. */
static void finish_jobs(struct ovsdb_writer *writer) ON_CONTROL
{
	struct job_list list = STAILQ_HEAD_INITIALIZER(list);
	struct job *job;

	pthread_mutex_lock(&writer->lock);
	STAILQ_CONCAT(&list, &writer->finished);
	pthread_mutex_unlock(&writer->lock);
	while ((job = STAILQ_FIRST(&list))) {
		STAILQ_REMOVE_HEAD(&list, node);
		if (job->done)
			job->done(job->arg, job->error, job->err.text);
		free_job(job);
	}
}

static void on_finished(evutil_socket_t fd, short events, void *arg)
{
	uint64_t n;

	thread_role_assert(&role_control);
	if (read(fd, &n, sizeof(n)) == sizeof(n))
		finish_jobs(arg);
}

static void ask(struct ovsdb_writer *writer, struct job *job) ON_CONTROL
{
	pthread_mutex_lock(&writer->lock);
	STAILQ_INSERT_TAIL(&writer->jobs, job, node);
	pthread_cond_signal(&writer->asked);
	pthread_mutex_unlock(&writer->lock);
}

static struct job *make_job(enum job_kind kind, ovsdb_writer_done done, void *arg)
{
	struct job *job = ovsdb_zalloc(1, sizeof(*job));

	job->kind = kind;
	job->done = done;
	job->arg = arg;
	return job;
}

int ovsdb_writer_create(struct event_base *base, struct ovsdb_log *log,
	struct ovsdb_writer **writerp, struct errmsg *err)
{
	struct ovsdb_writer *writer = ovsdb_zalloc(1, sizeof(*writer));
	int r;

	writer->log = log;
	STAILQ_INIT(&writer->jobs);
	STAILQ_INIT(&writer->finished);
	pthread_mutex_init(&writer->lock, NULL);
	pthread_cond_init(&writer->asked, NULL);
	writer->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (writer->event_fd < 0) {
		r = errmsg_set(err, errno, "no eventfd: %s", strerror(errno));
		goto fail;
	}
	writer->event =
		event_new(base, writer->event_fd, EV_READ | EV_PERSIST, on_finished, writer);
	if (!writer->event || event_add(writer->event, NULL)) {
		r = errmsg_set(err, ENOMEM, "no event");
		goto fail_fd;
	}
	r = pthread_create(&writer->thread, NULL, writer_main, writer);
	if (r) {
		r = errmsg_set(err, r, "no thread for the database's log: %s", strerror(r));
		goto fail_fd;
	}
	*writerp = writer;
	return 0;

fail_fd:
	if (writer->event)
		event_free(writer->event);
	close(writer->event_fd);
fail:
	ovsdb_log_close(log);
	free(writer);
	return r;
}

void ovsdb_writer_destroy(struct ovsdb_writer *writer)
{
	if (!writer)
		return;
	ask(writer, make_job(JOB_STOP, NULL, NULL));
	pthread_join(writer->thread, NULL);
	finish_jobs(writer);
	event_free(writer->event);
	close(writer->event_fd);
	pthread_mutex_destroy(&writer->lock);
	pthread_cond_destroy(&writer->asked);
	ovsdb_log_close(writer->log);
	free(writer);
}

void ovsdb_writer_append(
	struct ovsdb_writer *writer, char **texts, size_t n, ovsdb_writer_done done, void *arg)
{
	struct job *job = make_job(JOB_APPEND, done, arg);

	job->records = ovsdb_zalloc(n, sizeof(*job->records));
	job->n_records = n;
	for (size_t i = 0; i < n; i++)
		job->records[i] = (struct ovsdb_log_record){texts[i], strlen(texts[i])};
	ask(writer, job);
}

void ovsdb_writer_compact(struct ovsdb_writer *writer, ovsdb_writer_done done, void *arg)
{
	ask(writer, make_job(JOB_COMPACT, done, arg));
}
