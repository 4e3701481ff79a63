/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>
#include <event2/event.h>

#include "vswitchd/jsonrpc.h"

struct peer {
	struct event_base *base;
	struct jsonrpc *rpc;
	int fd; /* the other end */
	unsigned int n_messages;
	bool closed, destroy_in_message, reply_big;
	char reason[128];
	char last[256];
};

static void on_message(void *arg, const struct jsonrpc_msg *msg)
{
	struct peer *p = arg;
	char *big;

	p->n_messages++;
	snprintf(p->last, sizeof(p->last), "%d %s", msg->type, msg->method ? msg->method : "-");
	if (p->destroy_in_message) {
		jsonrpc_destroy(p->rpc);
		p->rpc = NULL;
	} else if (p->reply_big) {
		big = calloc(1, 100001);
		memset(big, 'x', 100000);
		jsonrpc_send_reply(p->rpc, msg->id, json_string(big));
		free(big);
	} else if (msg->type == JSONRPC_REQUEST) {
		jsonrpc_send_reply(p->rpc, msg->id, json_incref(msg->params));
	}
}

static void on_closed(void *arg, const char *reason)
{
	struct peer *p = arg;

	p->closed = true;
	snprintf(p->reason, sizeof(p->reason), "%s", reason ? reason : "peer closed");
	jsonrpc_destroy(p->rpc);
	p->rpc = NULL;
}

static struct jsonrpc_budget budget;

static int set_up(void **state)
{
	static const struct jsonrpc_callbacks callbacks = {on_message, on_closed};
	const struct jsonrpc_limits limits = {
		.input = {.max_bytes = 1 << 20, .max_values = 1000, .max_depth = 10},
		.max_output = 1 << 20,
		.stall_s = 1,
		.budget = &budget,
	};
	struct peer *p = calloc(1, sizeof(*p));
	int fds[2];

	thread_role_begin(&role_control);
	budget = (struct jsonrpc_budget){.max = 512 << 10};
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds))
		return -1;
	p->base = event_base_new();
	p->fd = fds[0];
	p->rpc = jsonrpc_create(p->base, fds[1], &limits, &callbacks, p);
	*state = p;
	return p->rpc ? 0 : -1;
}

static int tear_down(void **state)
{
	struct peer *p = *state;

	jsonrpc_destroy(p->rpc);
	close(p->fd);
	event_base_free(p->base);
	free(p);
	return budget.used ? -1 : 0;
}

static void say(struct peer *p, const char *text)
{
	assert_int_equal(write(p->fd, text, strlen(text)), strlen(text));
	for (int i = 0; i < 4; i++)
		event_base_loop(p->base, EVLOOP_NONBLOCK);
}

static void answers_with_the_same_id(void **state)
{
	struct peer *p = *state;
	char text[256] = "";

	say(p, "{\"id\":[1,{\"a\":0}],\"method\":\"echo\",\"params\":[7]}");
	assert_true(read(p->fd, text, sizeof(text) - 1) > 0);
	assert_string_equal(text, "{\"id\":[1,{\"a\":0}],\"result\":[7],\"error\":null}");
}

static void tells_kinds_of_messages_apart(void **state)
{
	struct peer *p = *state;

	say(p, "{\"id\":0,\"method\":\"a\",\"params\":[]}");
	assert_string_equal(p->last, "0 a");
	say(p, "{\"id\":null,\"method\":\"b\",\"params\":[]}");
	assert_string_equal(p->last, "1 b");
	say(p, "{\"id\":3,\"result\":{},\"error\":null}");
	assert_string_equal(p->last, "2 -");
	say(p, "{\"id\":3,\"result\":null,\"error\":\"no\"}");
	assert_string_equal(p->last, "3 -");
}

static void takes_a_message_in_pieces_and_several_at_once(void **state)
{
	struct peer *p = *state;

	say(p, "{\"id\":0,\"meth");
	assert_int_equal(p->n_messages, 0);
	say(p, "od\":\"a\",\"params\":[]}{\"id\":1,\"method\":\"b\",\"params\":[]}");
	assert_int_equal(p->n_messages, 2);
}

static void cuts_off_what_is_no_message(void **state)
{
	static const char *const rows[][2] = {
		{"hello", "not a JSON object"},
		{"{]}", "a message isn't valid JSON"},
		{"[]", "a message isn't a JSON object"},
		{"{\"method\":1}", "a method isn't a string"},
		{"{\"method\":\"a\"}", "a message has no array of params"},
		{"{}", "a message has neither method nor id"},
		{"[[[[[[[[[[[[[", "the JSON is nested too deep"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		void *fresh;

		assert_int_equal(set_up(&fresh), 0);
		say(fresh, rows[i][0]);
		assert_true(((struct peer *)fresh)->closed);
		assert_string_equal(((struct peer *)fresh)->reason, rows[i][1]);
		assert_int_equal(tear_down(&fresh), 0);
	}
}

static void can_be_destroyed_from_its_own_message(void **state)
{
	struct peer *p = *state;

	p->destroy_in_message = true;
	say(p, "{\"id\":0,\"method\":\"a\",\"params\":[]}{\"id\":1,\"method\":\"b\",\"params\":[]"
	       "}");
	assert_int_equal(p->n_messages, 1);
	assert_false(p->closed);
}

static void pauses_and_resumes(void **state)
{
	struct peer *p = *state;

	jsonrpc_pause(p->rpc);
	say(p, "{\"id\":0,\"method\":\"a\",\"params\":[]}");
	assert_int_equal(p->n_messages, 0);
	jsonrpc_resume(p->rpc);
	say(p, " ");
	assert_int_equal(p->n_messages, 1);
}

static void stops_taking_requests_while_answers_wait(void **state)
{
	struct peer *p = *state;
	char text[65536];

	p->reply_big = true;
	for (int i = 0; i < 50; i++)
		say(p, "{\"id\":0,\"method\":\"a\",\"params\":[]}");
	assert_in_range(p->n_messages, 2, 10);
	assert_false(p->closed);
	for (int i = 0; i < 1000 && p->n_messages < 50; i++) {
		while (read(p->fd, text, sizeof(text)) > 0)
			;
		event_base_loop(p->base, EVLOOP_NONBLOCK);
	}
	assert_int_equal(p->n_messages, 50);
}

static void cuts_off_who_does_not_read(void **state)
{
	struct peer *p = *state;
	json_t *big = json_array();

	for (int i = 0; i < 10000; i++)
		json_array_append_new(big, json_string("xxxxxxxxxxxxxxxxxxxxx"));
	for (int i = 0; i < 20; i++)
		jsonrpc_send_notify(p->rpc, "update", json_incref(big));
	json_decref(big);
	assert_false(p->closed); /* the owner hears of it later */
	event_base_loop(p->base, EVLOOP_NONBLOCK);
	assert_true(p->closed);
	assert_string_equal(p->reason, "it doesn't read what is sent to it");
}

static void cuts_off_who_stops_reading(void **state)
{
	struct peer *p = *state;

	p->reply_big = true;
	for (int i = 0; i < 10; i++)
		say(p, "{\"id\":0,\"method\":\"a\",\"params\":[]}");
	assert_false(p->closed);
	while (!p->closed)
		event_base_loop(p->base, EVLOOP_ONCE);
	assert_string_equal(p->reason, "it doesn't read what it asked for");
}

static void keeps_to_the_budget(void **state)
{
	struct peer *p = *state;
	char text[4096];

	memset(text, 'x', sizeof(text));
	say(p, "[\"");
	for (int i = 0; i < 200 && !p->closed; i++) {
		if (write(p->fd, text, sizeof(text)) < 0)
			break;
		event_base_loop(p->base, EVLOOP_NONBLOCK);
		event_base_loop(p->base, EVLOOP_NONBLOCK);
		assert_true(budget.used <= budget.max);
	}
	assert_true(p->closed);
	assert_string_equal(p->reason, "no memory for its message");
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(answers_with_the_same_id),
		TEST(tells_kinds_of_messages_apart),
		TEST(takes_a_message_in_pieces_and_several_at_once),
		cmocka_unit_test(cuts_off_what_is_no_message),
		TEST(can_be_destroyed_from_its_own_message),
		TEST(pauses_and_resumes),
		TEST(stops_taking_requests_while_answers_wait),
		TEST(cuts_off_who_does_not_read),
		TEST(cuts_off_who_stops_reading),
		TEST(keeps_to_the_budget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
