/* SPDX-License-Identifier: Apache-2.0 */
#include "ovsdb_test_db.h"

#include <event2/event.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "vswitchd/ovsdb_pipeline.h"
#include "vswitchd/ovsdb_writer.h"

#define SCHEMA_RECORD "{\"name\":\"T\",\"tables\":{}}"
#define INSERT(N) "[{'op':'insert','table':'Root','row':{'n':" #N "}}]"
#define COUNT "[{'op':'select','table':'Root','where':[],'columns':['n']}]"
#define WAIT_FOR(N, MORE)                                                           \
	"[{'op':'wait','table':'Root','where':[['n','=='," #N "]],'columns':['n']," \
	"'until':'==','rows':[{'n':" #N "}]" MORE "}]"

static char folder[] = "/tmp/vswitch-test-XXXXXX";
static char path[64], lock_path[64];

struct fixture {
	struct event_base *base;
	struct ovsdb_db *db;
	struct ovsdb_writer *writer;
	struct ovsdb_pipeline *pipeline;
	unsigned int n_commits; /* how often commits were told */
};

/* What came of one request. */
struct outcome {
	bool done;
	int error;
	char text[512];
};

static unsigned int n_done;

static void on_committed(void *arg)
{
	((struct fixture *)arg)->n_commits++;
}

static void on_done(void *arg, json_t *result, int error)
{
	struct outcome *outcome = arg;
	char *text = result ? json_dumps(result, JSON_COMPACT) : NULL;

	outcome->done = true;
	outcome->error = error;
	snprintf(outcome->text, sizeof(outcome->text), "%s", text ? text : "");
	free(text);
	json_decref(result);
	n_done++;
}

static int set_up(void **state)
{
	struct ovsdb_log_record schema = {SCHEMA_RECORD, strlen(SCHEMA_RECORD)};
	struct fixture *f = calloc(1, sizeof(*f));
	struct ovsdb_log *log;

	thread_role_begin(&role_control);
	n_done = 0;
	unlink(path);
	f->base = event_base_new();
	f->db = test_db();
	if (ovsdb_log_create(path, &schema, &log, NULL) ||
		ovsdb_writer_create(f->base, log, &f->writer, NULL))
		return -1;
	f->pipeline = ovsdb_pipeline_create(f->base, f->db, f->writer, on_committed, f);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	ovsdb_pipeline_stop(f->pipeline);
	ovsdb_writer_destroy(f->writer);
	ovsdb_pipeline_destroy(f->pipeline);
	ovsdb_db_destroy(f->db);
	event_base_free(f->base);
	free(f);
	unlink(path);
	return 0;
}

static int make_folder(void **state)
{
	if (!mkdtemp(folder))
		return -1;
	signal(SIGXFSZ, SIG_IGN);
	snprintf(path, sizeof(path), "%s/conf.db", folder);
	snprintf(lock_path, sizeof(lock_path), "%s/.conf.db.~lock~", folder);
	return 0;
}

static int remove_folder(void **state)
{
	unlink(lock_path);
	return rmdir(folder);
}

static struct ovsdb_request *transact(struct fixture *f, const char *ops, struct outcome *outcome)
{
	struct ovsdb_exec_ctx ctx = {.read_only = false};

	*outcome = (struct outcome){.done = false};
	return ovsdb_pipeline_transact(f->pipeline, f->db, js(ops), &ctx, on_done, outcome);
}

static void loop_until_done(struct fixture *f, unsigned int n)
{
	while (n_done < n)
		event_base_loop(f->base, EVLOOP_ONCE);
}

static unsigned int records_in_file(void)
{
	char text[4096];
	unsigned int n = 0;
	FILE *file = fopen(path, "r");

	while (fgets(text, sizeof(text), file))
		n += !strncmp(text, "OVSDB JSON", 10);
	fclose(file);
	return n;
}

static void disk_is_full(bool full)
{
	struct rlimit limit;

	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = full ? 64 : limit.rlim_max;
	setrlimit(RLIMIT_FSIZE, &limit);
}

static void answers_when_it_is_on_disk(void **state)
{
	struct fixture *f = *state;
	struct outcome a;

	transact(f, INSERT(1), &a);
	event_base_loop(f->base, EVLOOP_NONBLOCK);
	loop_until_done(f, 1);
	assert_int_equal(a.error, 0);
	assert_non_null(strstr(a.text, "uuid"));
	assert_int_equal(records_in_file(), 2);
	assert_int_equal(f->n_commits, 1);
}

static void what_arrives_together_shares_a_batch(void **state)
{
	struct fixture *f = *state;
	struct outcome outcomes[20];

	for (int i = 0; i < 20; i++)
		transact(f, INSERT(1), &outcomes[i]);
	loop_until_done(f, 20);
	assert_int_equal(records_in_file(), 21);
	assert_int_equal(f->n_commits, 1);
}

static void a_reader_of_what_is_not_durable_waits_with_it(void **state)
{
	struct fixture *f = *state;
	struct outcome a, b;

	transact(f, INSERT(7), &a);
	transact(f, COUNT, &b);
	event_base_loop(f->base, EVLOOP_NONBLOCK);
	assert_true(a.done == b.done);
	loop_until_done(f, 2);
	assert_string_equal(b.text, "[{\"rows\":[{\"n\":7}]}]");
}

static void a_full_disk_refuses_only_what_writes(void **state)
{
	struct fixture *f = *state;
	struct outcome outcomes[4];

	transact(f, INSERT(1), &outcomes[0]);
	loop_until_done(f, 1);
	disk_is_full(true);
	transact(f, INSERT(2), &outcomes[1]);
	transact(f, COUNT, &outcomes[2]);
	transact(f, "[{'op':'update','table':'Root','where':[],'row':{'live':5}}]", &outcomes[3]);
	loop_until_done(f, 4);
	disk_is_full(false);
	assert_int_equal(outcomes[1].error, -EIO);
	assert_non_null(strstr(outcomes[1].text, "\"error\":\"I/O error\""));
	assert_non_null(strstr(outcomes[1].text, "write failed"));
	assert_string_equal(outcomes[2].text, "[{\"rows\":[{\"n\":1}]}]");
	assert_string_equal(outcomes[3].text, "[{\"count\":1}]");
	transact(f, INSERT(3), &outcomes[0]);
	loop_until_done(f, 5);
	assert_int_equal(outcomes[0].error, 0);
	assert_int_equal(records_in_file(), 3);
}

static void a_wait_ends_with_the_commit_that_fulfils_it(void **state)
{
	struct fixture *f = *state;
	struct outcome waiting, other;

	transact(f, WAIT_FOR(5, ""), &waiting);
	transact(f, INSERT(4), &other);
	loop_until_done(f, 1);
	assert_false(waiting.done);
	transact(f, INSERT(5), &other);
	loop_until_done(f, 3);
	assert_string_equal(waiting.text, "[{}]");
}

static void a_wait_ends_at_its_time(void **state)
{
	struct fixture *f = *state;
	struct outcome waiting;

	transact(f, WAIT_FOR(5, ",'timeout':20"), &waiting);
	loop_until_done(f, 1);
	assert_non_null(strstr(waiting.text, "timed out"));
}

static void cancelled_requests_do_nothing(void **state)
{
	struct fixture *f = *state;
	struct outcome waiting, queued, last;
	struct ovsdb_request *blocked = transact(f, WAIT_FOR(5, ""), &waiting);

	event_base_loop(f->base, EVLOOP_NONBLOCK);
	assert_true(ovsdb_pipeline_cancel(blocked));
	assert_true(ovsdb_pipeline_cancel(transact(f, INSERT(1), &queued)));
	transact(f, COUNT, &last);
	loop_until_done(f, 1);
	assert_string_equal(last.text, "[{\"rows\":[]}]");
	assert_false(waiting.done || queued.done);
}

static void a_forgotten_request_is_carried_out_in_silence(void **state)
{
	struct fixture *f = *state;
	struct outcome a, b;
	struct ovsdb_request *request = transact(f, INSERT(1), &a);

	event_base_loop(f->base, EVLOOP_NONBLOCK);
	if (!a.done)
		ovsdb_pipeline_forget(request);
	transact(f, COUNT, &b);
	while (!b.done)
		event_base_loop(f->base, EVLOOP_ONCE);
	assert_string_equal(b.text, "[{\"rows\":[{\"n\":1}]}]");
}

static struct ovsdb_txn *prepared(struct fixture *f, const char *ops)
{
	struct ovsdb_txn *txn = NULL;

	json_decref(execute(f->db, ops, &txn));
	assert_non_null(txn);
	return txn;
}

static void submitted_transactions_take_the_same_way(void **state)
{
	struct fixture *f = *state;
	struct outcome own, client;

	own = client = (struct outcome){.done = false};
	ovsdb_pipeline_submit(f->pipeline, prepared(f, INSERT(1)), on_done, &own);
	transact(f, INSERT(2), &client);
	loop_until_done(f, 2);
	assert_int_equal(own.error, 0);
	assert_int_equal(records_in_file(), 3);
	own.done = false;
	ovsdb_pipeline_submit(f->pipeline,
		prepared(f, "[{'op':'update','table':'Root','where':[],'row':{'live':5}}]"),
		on_done, &own);
	event_base_loop(f->base, EVLOOP_NONBLOCK);
	assert_true(own.done); /* nothing for the disk */
	assert_int_equal(records_in_file(), 3);
}

static void a_full_disk_undoes_what_was_submitted(void **state)
{
	struct fixture *f = *state;
	struct outcome own = {.done = false}, b;

	disk_is_full(true);
	ovsdb_pipeline_submit(f->pipeline, prepared(f, INSERT(1)), on_done, &own);
	loop_until_done(f, 1);
	disk_is_full(false);
	assert_int_equal(own.error, -EIO);
	transact(f, COUNT, &b);
	loop_until_done(f, 2);
	assert_string_equal(b.text, "[{\"rows\":[]}]");
	assert_int_equal(f->n_commits, 0);
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(answers_when_it_is_on_disk),
		TEST(what_arrives_together_shares_a_batch),
		TEST(a_reader_of_what_is_not_durable_waits_with_it),
		TEST(a_full_disk_refuses_only_what_writes),
		TEST(a_wait_ends_with_the_commit_that_fulfils_it),
		TEST(a_wait_ends_at_its_time),
		TEST(cancelled_requests_do_nothing),
		TEST(a_forgotten_request_is_carried_out_in_silence),
		TEST(submitted_transactions_take_the_same_way),
		TEST(a_full_disk_undoes_what_was_submitted),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
