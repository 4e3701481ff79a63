/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/jsonrpc.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READ_AT_ONCE (64 * 1024)
#define OUTPUT_HOLD (256 * 1024) /* input waits while more than this waits to be written */
#define KEEP_INPUT (64 * 1024)   /* a larger input buffer is given back after its message */

struct jsonrpc {
	struct bufferevent *bev;
	struct event *later;  /* processes input or reports failure, outside the caller's stack */
	struct event *hangup; /* while paused: the peer closed */
	struct jsonrpc_limits limits;
	struct jsonrpc_callbacks callbacks;
	void *arg;
	struct json_stream stream;
	char *in; /* the message under way */
	size_t in_len, in_size;
	const char *failure;
	bool paused, failed, in_callback, destroyed;
};

static void release(struct jsonrpc *rpc)
{
	if (rpc->limits.budget)
		rpc->limits.budget->used -= rpc->in_size;
	free(rpc->in);
	free(rpc);
}

/* The owner hears of it from the event loop: senders don't expect to lose the connection. */
static void fail(struct jsonrpc *rpc, const char *reason) ON_CONTROL
{
	if (rpc->failed)
		return;
	rpc->failed = true;
	rpc->failure = reason;
	bufferevent_disable(rpc->bev, EV_READ | EV_WRITE);
	event_del(rpc->hangup);
	event_active(rpc->later, EV_TIMEOUT, 0);
}

static bool reserve(struct jsonrpc *rpc, size_t more)
{
	struct jsonrpc_budget *budget = rpc->limits.budget;
	size_t size = rpc->in_size ? rpc->in_size : 4096;
	char *grown;

	while (size < rpc->in_len + more)
		size *= 2;
	if (size == rpc->in_size)
		return true;
	if (budget && budget->used + size - rpc->in_size > budget->max)
		return false;
	grown = realloc(rpc->in, size);
	if (!grown)
		return false;
	if (budget)
		budget->used += size - rpc->in_size;
	rpc->in = grown;
	rpc->in_size = size;
	return true;
}

static void forget_input(struct jsonrpc *rpc)
{
	rpc->in_len = 0;
	if (rpc->in_size <= KEEP_INPUT)
		return;
	if (rpc->limits.budget)
		rpc->limits.budget->used -= rpc->in_size;
	free(rpc->in);
	rpc->in = NULL;
	rpc->in_size = 0;
}

const char *jsonrpc_classify(json_t *message, struct jsonrpc_msg *msg)
{
	json_t *method = json_object_get(message, "method");
	json_t *error = json_object_get(message, "error");
	json_t *id = json_object_get(message, "id");
	bool has_id = id && !json_is_null(id);

	*msg = (struct jsonrpc_msg){.id = has_id ? id : NULL};
	if (!json_is_object(message))
		return "a message isn't a JSON object";
	if (method) {
		msg->type = has_id ? JSONRPC_REQUEST : JSONRPC_NOTIFY;
		msg->method = json_string_value(method);
		msg->params = json_object_get(message, "params");
		if (!msg->method)
			return "a method isn't a string";
		if (!json_is_array(msg->params))
			return "a message has no array of params";
		return NULL;
	}
	if (!has_id)
		return "a message has neither method nor id";
	if (error && !json_is_null(error)) {
		msg->type = JSONRPC_ERROR;
		msg->result = error;
		return NULL;
	}
	msg->type = JSONRPC_REPLY;
	msg->result = json_object_get(message, "result");
	return msg->result ? NULL : "a reply has no result";
}

static void dispatch(struct jsonrpc *rpc) ON_CONTROL
{
	json_t *message = json_loadb(rpc->in, rpc->in_len, 0, NULL);
	size_t size = rpc->in_len;
	struct jsonrpc_msg msg;
	const char *problem;

	forget_input(rpc);
	if (!message) {
		fail(rpc, "a message isn't valid JSON");
		return;
	}
	problem = jsonrpc_classify(message, &msg);
	msg.size = size;
	if (problem)
		fail(rpc, problem);
	else
		rpc->callbacks.message(rpc->arg, &msg);
	json_decref(message);
}

static void process_input(struct jsonrpc *rpc) ON_CONTROL
{
	struct evbuffer *input = bufferevent_get_input(rpc->bev);

	rpc->in_callback = true;
	while (!rpc->paused && !rpc->failed && !rpc->destroyed &&
		jsonrpc_backlog(rpc) < OUTPUT_HOLD) {
		size_t len = evbuffer_get_contiguous_space(input), start, end;
		const char *data = (const char *)evbuffer_pullup(input, (ev_ssize_t)len);
		enum json_stream_result result;

		if (!len || !data)
			break;
		result = json_stream_scan(&rpc->stream, data, len, &start, &end);
		if (result == JSON_STREAM_BAD) {
			fail(rpc, json_stream_reason(&rpc->stream));
			break;
		}
		if (end > start && !reserve(rpc, end - start)) {
			fail(rpc, "no memory for its message");
			break;
		}
		if (end > start)
			memcpy(rpc->in + rpc->in_len, data + start, end - start);
		rpc->in_len += end - start;
		evbuffer_drain(input, end);
		if (result == JSON_STREAM_VALUE)
			dispatch(rpc);
	}
	rpc->in_callback = false;
	if (rpc->destroyed)
		release(rpc);
	else if (!rpc->failed && (rpc->paused || jsonrpc_backlog(rpc) >= OUTPUT_HOLD))
		bufferevent_disable(rpc->bev, EV_READ);
}

static void on_later(evutil_socket_t fd, short events, void *arg)
{
	struct jsonrpc *rpc = arg;

	thread_role_assert(&role_control);
	if (rpc->failed)
		rpc->callbacks.closed(rpc->arg, rpc->failure);
	else
		process_input(rpc);
}

static void on_hangup(evutil_socket_t fd, short events, void *arg)
{
	struct jsonrpc *rpc = arg;

	thread_role_assert(&role_control);
	fail(rpc, NULL);
}

static void on_readable(struct bufferevent *bev, void *arg)
{
	struct jsonrpc *rpc = arg;

	thread_role_assert(&role_control);
	process_input(rpc);
}

/* The output has run low: what was held back may go on. */
static void on_writable(struct bufferevent *bev, void *arg)
{
	struct jsonrpc *rpc = arg;

	thread_role_assert(&role_control);
	if (!rpc->paused && !(bufferevent_get_enabled(bev) & EV_READ)) {
		bufferevent_enable(bev, EV_READ);
		process_input(rpc);
	}
}

static void on_event(struct bufferevent *bev, short events, void *arg)
{
	struct jsonrpc *rpc = arg;
	const char *reason = NULL;

	thread_role_assert(&role_control);
	if (rpc->failed)
		return;
	if (events & BEV_EVENT_TIMEOUT)
		reason = "it doesn't read what it asked for";
	else if ((events & BEV_EVENT_ERROR) && errno != ECONNRESET && errno != EPIPE)
		reason = strerror(errno);
	else if (!(events & (BEV_EVENT_EOF | BEV_EVENT_ERROR)))
		return;
	rpc->failed = true;
	event_del(rpc->later);
	rpc->callbacks.closed(rpc->arg, reason);
}

struct jsonrpc *jsonrpc_create(struct event_base *base, int fd, const struct jsonrpc_limits *limits,
	const struct jsonrpc_callbacks *callbacks, void *arg)
{
	struct jsonrpc *rpc = calloc(1, sizeof(*rpc));
	struct timeval stall = {.tv_sec = limits->stall_s};

	if (!rpc)
		goto fail;
	rpc->limits = *limits;
	rpc->callbacks = *callbacks;
	rpc->arg = arg;
	json_stream_init(&rpc->stream, &limits->input);
	rpc->later = event_new(base, -1, 0, on_later, rpc);
	if (!rpc->later)
		goto fail_rpc;
	rpc->hangup = event_new(base, fd, EV_CLOSED, on_hangup, rpc);
	if (!rpc->hangup)
		goto fail_later;
	rpc->bev = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (!rpc->bev)
		goto fail_hangup;
	bufferevent_set_max_single_read(rpc->bev, READ_AT_ONCE);
	bufferevent_setcb(rpc->bev, on_readable, on_writable, on_event, rpc);
	bufferevent_setwatermark(rpc->bev, EV_WRITE, OUTPUT_HOLD / 2, 0);
	bufferevent_set_timeouts(rpc->bev, NULL, limits->stall_s ? &stall : NULL);
	bufferevent_enable(rpc->bev, EV_READ | EV_WRITE);
	return rpc;

fail_hangup:
	event_free(rpc->hangup);
fail_later:
	event_free(rpc->later);
fail_rpc:
	free(rpc);
fail:
	close(fd);
	return NULL;
}

void jsonrpc_destroy(struct jsonrpc *rpc)
{
	if (!rpc || rpc->destroyed)
		return;
	rpc->destroyed = true;
	event_free(rpc->later);
	event_free(rpc->hangup);
	bufferevent_free(rpc->bev);
	if (!rpc->in_callback)
		release(rpc);
}

static void free_text(const void *data, size_t len, void *text)
{
	free(text);
}

/* Sends `message` and drops it; NULL means that memory was out when it was made. */
static void send_message(struct jsonrpc *rpc, json_t *message) ON_CONTROL
{
	struct evbuffer *output;
	char *text;

	if (rpc->destroyed || rpc->failed) {
		json_decref(message);
		return;
	}
	output = bufferevent_get_output(rpc->bev);
	text = message ? json_dumps(message, JSON_COMPACT) : NULL;
	json_decref(message);
	if (!text)
		fail(rpc, "no memory for a message to it");
	else if (evbuffer_get_length(output) > rpc->limits.max_output)
		fail(rpc, "it doesn't read what is sent to it");
	else if (evbuffer_add_reference(output, text, strlen(text), free_text, text))
		fail(rpc, "no memory for a message to it");
	else
		return;
	free(text);
}

void jsonrpc_send_notify(struct jsonrpc *rpc, const char *method, json_t *params)
{
	send_message(rpc, json_pack("{s:n,s:s,s:o}", "id", "method", method, "params", params));
}

void jsonrpc_send_reply(struct jsonrpc *rpc, json_t *id, json_t *result)
{
	send_message(rpc, json_pack("{s:O,s:o,s:n}", "id", id, "result", result, "error"));
}

void jsonrpc_send_error(struct jsonrpc *rpc, json_t *id, json_t *error)
{
	send_message(rpc, json_pack("{s:O,s:n,s:o}", "id", id, "result", "error", error));
}

void jsonrpc_pause(struct jsonrpc *rpc)
{
	if (rpc->paused || rpc->failed || rpc->destroyed)
		return;
	rpc->paused = true;
	bufferevent_disable(rpc->bev, EV_READ);
	event_add(rpc->hangup, NULL);
}

void jsonrpc_resume(struct jsonrpc *rpc)
{
	if (!rpc->paused || rpc->failed || rpc->destroyed)
		return;
	rpc->paused = false;
	event_del(rpc->hangup);
	bufferevent_enable(rpc->bev, EV_READ);
	event_active(rpc->later, EV_TIMEOUT, 0);
}

size_t jsonrpc_backlog(const struct jsonrpc *rpc)
{
	return rpc->destroyed ? 0 : evbuffer_get_length(bufferevent_get_output(rpc->bev));
}
