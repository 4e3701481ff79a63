/* SPDX-License-Identifier: Apache-2.0 */
#include "utilities/ctl_rpc.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "utilities/ctl_text.h"

#define READ_SIZE 65536
/* How long a new attempt to connect waits. */
#define RETRY_MS 200

struct ctl_rpc {
	int fd;
	json_int_t last_id;
	char *buffer; /* what was read and not yet parsed */
	size_t used;
	size_t size;
	struct ctl_rpc_scan scan;
	ctl_rpc_notified *notified;
	void *arg;
};

int64_t ctl_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

size_t ctl_rpc_scan(struct ctl_rpc_scan *scan, const char *data, size_t size)
{
	for (size_t i = scan->scanned; i < size; i++) {
		char c = data[i];

		if (scan->in_string) {
			if (scan->escaped)
				scan->escaped = 0;
			else if (c == '\\')
				scan->escaped = 1;
			else if (c == '"')
				scan->in_string = 0;
			continue;
		}
		if (c == '"') {
			scan->in_string = 1;
		} else if (c == '{' || c == '[') {
			scan->depth++;
		} else if ((c == '}' || c == ']') && scan->depth && !--scan->depth) {
			*scan = (struct ctl_rpc_scan){0};
			return i + 1;
		}
	}
	scan->scanned = size;
	return 0;
}

/* Waits until the socket is ready for `events`; 0, -ETIMEDOUT or -errno. */
static int wait_fd(int fd, short events, int64_t deadline_ms)
{
	struct pollfd pfd = {.fd = fd, .events = events};

	for (;;) {
		int64_t left = -1;
		int n;

		if (deadline_ms) {
			left = deadline_ms - ctl_now_ms();
			if (left <= 0)
				return -ETIMEDOUT;
			if (left > 1000000)
				left = 1000000;
		}
		n = poll(&pfd, 1, (int)left);
		if (n > 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return -errno;
	}
}

static int connect_address(
	const struct sockaddr *address, socklen_t length, int64_t deadline_ms, int *out)
{
	int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int error = 0;
	socklen_t size = sizeof(error);

	if (fd < 0)
		return -errno;
	if (connect(fd, address, length) == 0) {
		*out = fd;
		return 0;
	}
	error = errno;
	/* A unix socket whose queue is full says EAGAIN and can't be waited for. */
	if (error == EINPROGRESS) {
		error = -wait_fd(fd, POLLOUT, deadline_ms);
		if (!error && getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size))
			error = errno;
	}
	if (error) {
		close(fd);
		return -error;
	}
	*out = fd;
	return 0;
}

static int connect_unix(const char *path, int64_t deadline_ms, int *fd, struct errmsg *err)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int ret;

	if (strlen(path) >= sizeof(address.sun_path))
		return errmsg_set(err, ENAMETOOLONG, "the path of the socket is too long");
	memcpy(address.sun_path, path, strlen(path));
	ret = connect_address((struct sockaddr *)&address, sizeof(address), deadline_ms, fd);
	return ret ? errmsg_set(err, -ret, "%s", strerror(-ret)) : 0;
}

static int connect_tcp(const char *where, int64_t deadline_ms, int *fd, struct errmsg *err)
{
	const char *colon = strrchr(where, ':');
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct addrinfo *list, *address;
	size_t length = colon ? colon - where : 0;
	char *host;
	int ret;

	if (!length || !colon[1])
		return errmsg_set(err, EINVAL, "expected tcp:HOST:PORT");
	if (length > 2 && where[0] == '[' && colon[-1] == ']')
		host = ctl_xstrndup(where + 1, length - 2);
	else
		host = ctl_xstrndup(where, length);
	ret = getaddrinfo(host, colon + 1, &hints, &list);
	free(host);
	if (ret)
		return errmsg_set(err, EHOSTUNREACH, "%s", gai_strerror(ret));
	ret = -EHOSTUNREACH;
	for (address = list; address && ret; address = address->ai_next)
		ret = connect_address(address->ai_addr, address->ai_addrlen, deadline_ms, fd);
	freeaddrinfo(list);
	return ret ? errmsg_set(err, -ret, "%s", strerror(-ret)) : 0;
}

int ctl_rpc_connect(
	const char *target, int64_t deadline_ms, struct ctl_rpc **rpc, struct errmsg *err)
{
	int fd = -1, ret;

	if (!strncmp(target, "unix:", 5))
		ret = connect_unix(target + 5, deadline_ms, &fd, err);
	else if (!strncmp(target, "tcp:", 4))
		ret = connect_tcp(target + 4, deadline_ms, &fd, err);
	else
		ret = errmsg_set(err, EINVAL, "expected unix:PATH or tcp:HOST:PORT");
	if (ret)
		return ret;
	*rpc = ctl_xcalloc(1, sizeof(**rpc));
	(*rpc)->fd = fd;
	return 0;
}

int ctl_rpc_open(const char *target, bool retry, int64_t deadline_ms, struct ctl_rpc **rpc,
	struct errmsg *err)
{
	struct errmsg why;
	int ret;

	while ((ret = ctl_rpc_connect(target, deadline_ms, rpc, &why)) && retry && ret != -EINVAL &&
		ret != -ETIMEDOUT) {
		if (deadline_ms && ctl_now_ms() + RETRY_MS >= deadline_ms)
			return errmsg_set(err, ETIMEDOUT, "timed out: nobody answers at %s (%s)",
				target, why.text);
		poll(NULL, 0, RETRY_MS);
	}
	switch (-ret) {
	case 0:
		return 0;
	case ENOENT:
	case ECONNREFUSED:
		return errmsg_set(err, -ret,
			"nobody answers at %s (%s): is vswitchd running? Start it, or say where it "
			"is "
			"with --rundir or --db",
			target, why.text);
	case EACCES:
	case EPERM:
		return errmsg_set(err, -ret,
			"no permission to use %s: run as root or as a member of the socket's group",
			target);
	default:
		return errmsg_set(err, -ret, "can't connect to '%s': %s", target, why.text);
	}
}

void ctl_rpc_close(struct ctl_rpc *rpc)
{
	if (!rpc)
		return;
	close(rpc->fd);
	free(rpc->buffer);
	free(rpc);
}

void ctl_rpc_on_notify(struct ctl_rpc *rpc, ctl_rpc_notified *notified, void *arg)
{
	rpc->notified = notified;
	rpc->arg = arg;
}

static int lost(struct errmsg *err, int error)
{
	if (error == ETIMEDOUT)
		return errmsg_set(err, error, "timed out waiting for an answer");
	return errmsg_set(err, error, "the connection broke: %s", strerror(error));
}

static int send_message(
	struct ctl_rpc *rpc, json_t *message, int64_t deadline_ms, struct errmsg *err)
{
	char *text = json_dumps(message, JSON_COMPACT);
	size_t length, sent = 0;
	int ret = 0;

	if (!text)
		return errmsg_set(err, EINVAL, "a string is not valid UTF-8");
	length = strlen(text);
	while (sent < length && !ret) {
		ssize_t n = send(rpc->fd, text + sent, length - sent, MSG_NOSIGNAL);

		if (n >= 0)
			sent += n;
		else if (errno == EAGAIN)
			ret = wait_fd(rpc->fd, POLLOUT, deadline_ms);
		else if (errno != EINTR)
			ret = -errno;
	}
	free(text);
	return ret ? lost(err, -ret) : 0;
}

static int fill_buffer(struct ctl_rpc *rpc, int64_t deadline_ms, struct errmsg *err)
{
	if (rpc->size - rpc->used < READ_SIZE) {
		rpc->size = rpc->size * 2 + READ_SIZE;
		rpc->buffer = ctl_xrealloc(rpc->buffer, rpc->size, 1);
	}
	for (;;) {
		ssize_t n = recv(rpc->fd, rpc->buffer + rpc->used, rpc->size - rpc->used, 0);
		int ret;

		if (n > 0) {
			rpc->used += n;
			return 0;
		}
		if (n == 0)
			return errmsg_set(err, EPIPE, "the server closed the connection");
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN)
			return lost(err, errno);
		ret = wait_fd(rpc->fd, POLLIN, deadline_ms);
		if (ret)
			return lost(err, -ret);
	}
}

static int receive_message(
	struct ctl_rpc *rpc, int64_t deadline_ms, json_t **message, struct errmsg *err)
{
	json_error_t error;
	size_t end;
	int ret;

	while (!(end = ctl_rpc_scan(&rpc->scan, rpc->buffer, rpc->used))) {
		ret = fill_buffer(rpc, deadline_ms, err);
		if (ret)
			return ret;
	}
	*message = json_loadb(rpc->buffer, end, JSON_ALLOW_NUL, &error);
	rpc->used -= end;
	memmove(rpc->buffer, rpc->buffer + end, rpc->used);
	if (!json_is_object(*message)) {
		json_decref(*message);
		return errmsg_set(err, EPROTO, "the server sent something that isn't JSON-RPC");
	}
	return 0;
}

/* Handles a request or a notification of the server; only "echo" is expected to want an answer. */
static int handle_other(
	struct ctl_rpc *rpc, json_t *message, int64_t deadline_ms, struct errmsg *err)
{
	const char *method = json_string_value(json_object_get(message, "method"));
	json_t *params = json_object_get(message, "params");
	json_t *id = json_object_get(message, "id");
	json_t *answer;
	int ret;

	if (!method)
		return errmsg_set(err, EPROTO, "the server answered what was not asked");
	if (!id || json_is_null(id))
		return rpc->notified ? rpc->notified(rpc->arg, method, params, err) : 0;
	if (!strcmp(method, "echo"))
		answer = json_pack("{s:O?,s:n,s:O}", "result", params, "error", "id", id);
	else
		answer = json_pack("{s:n,s:s,s:O}", "result", "error", "unknown method", "id", id);
	ret = answer ? send_message(rpc, answer, deadline_ms, err)
		     : errmsg_set(err, EPROTO, "the server sent a malformed request");
	json_decref(answer);
	return ret;
}

int ctl_rpc_wait(struct ctl_rpc *rpc, int64_t deadline_ms, struct errmsg *err)
{
	json_t *message;
	int ret = receive_message(rpc, deadline_ms, &message, err);

	if (ret)
		return ret;
	ret = handle_other(rpc, message, deadline_ms, err);
	json_decref(message);
	return ret;
}

static int take_answer(json_t *message, json_t **result, json_t **error, struct errmsg *err)
{
	json_t *failed = json_object_get(message, "error");

	if (failed && !json_is_null(failed)) {
		*error = json_incref(failed);
		return errmsg_set(err, EREMOTEIO, "the server refused");
	}
	*result = json_incref(json_object_get(message, "result"));
	return *result ? 0 : errmsg_set(err, EPROTO, "the server's answer has no result");
}

int ctl_rpc_call(struct ctl_rpc *rpc, const char *method, json_t *params, int64_t deadline_ms,
	json_t **result, json_t **error, struct errmsg *err)
{
	json_int_t number = ++rpc->last_id;
	json_t *message =
		json_pack("{s:s,s:o,s:I}", "method", method, "params", params, "id", number);
	int ret;

	*result = NULL;
	*error = NULL;
	if (!message)
		return errmsg_set(err, EINVAL, "a string is not valid UTF-8");
	ret = send_message(rpc, message, deadline_ms, err);
	json_decref(message);
	while (!ret) {
		json_t *id;
		bool mine;

		ret = receive_message(rpc, deadline_ms, &message, err);
		if (ret)
			break;
		id = json_object_get(message, "id");
		mine = json_is_integer(id) && json_integer_value(id) == number &&
		       !json_object_get(message, "method");
		ret = mine ? take_answer(message, result, error, err)
			   : handle_other(rpc, message, deadline_ms, err);
		json_decref(message);
		if (mine)
			break;
	}
	return ret;
}
