/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One JSON-RPC 1.0 connection over a libevent bufferevent, bounded in both directions: a peer
 * that sends too much, nests too deep or doesn't read what it asked for is cut off.
 *
 * Control thread only. Messages out are queued and written by the event loop. While more than a
 * little output waits, no further input is taken, so requests can't pile up answers; what still
 * grows (notifications) is limited by `max_output`.
 */
#ifndef VSWITCHD_JSONRPC_H
#define VSWITCHD_JSONRPC_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "datapath/thread_role.h"
#include "vswitchd/json_stream.h"

struct event_base;
struct jsonrpc;

/* Shared by the connections of one server: what all of them together may hold unparsed. */
struct jsonrpc_budget {
	size_t used, max; /* bytes */
};

struct jsonrpc_limits {
	struct json_stream_limits input;
	size_t max_output;             /* bytes waiting for the peer to read */
	unsigned int stall_s;          /* seconds without the peer reading anything that waits */
	struct jsonrpc_budget *budget; /* may be NULL */
};

enum jsonrpc_type { JSONRPC_REQUEST, JSONRPC_NOTIFY, JSONRPC_REPLY, JSONRPC_ERROR };

struct jsonrpc_msg {
	enum jsonrpc_type type;
	const char *method; /* request, notification */
	json_t *params;     /* request, notification: an array */
	json_t *id;         /* all but notifications; any JSON value but null */
	json_t *result;     /* reply; the error of an error */
	size_t size;        /* of its text, in bytes; 0 from jsonrpc_classify() */
};

struct jsonrpc_callbacks {
	/* A message came; it is valid during the call. May call jsonrpc_destroy(). */
	void (*message)(void *arg, const struct jsonrpc_msg *msg);
	/* The connection is over and nothing more will be called: destroy it. `reason` is NULL
	 * when the peer closed. */
	void (*closed)(void *arg, const char *reason);
};

/* Takes over the connected, non-blocking socket `fd`, also when it fails. NULL when memory is
 * out. */
struct jsonrpc *jsonrpc_create(struct event_base *base, int fd, const struct jsonrpc_limits *limits,
	const struct jsonrpc_callbacks *callbacks, void *arg) ON_CONTROL;

/* Closes the connection without calling back. NULL is allowed. */
void jsonrpc_destroy(struct jsonrpc *rpc) ON_CONTROL;

/* Messages. `id` is borrowed; params, result and error are taken over, and may be NULL for
 * "memory was out", which closes the connection. */
void jsonrpc_send_notify(struct jsonrpc *rpc, const char *method, json_t *params) ON_CONTROL;
void jsonrpc_send_reply(struct jsonrpc *rpc, json_t *id, json_t *result) ON_CONTROL;
void jsonrpc_send_error(struct jsonrpc *rpc, json_t *id, json_t *error) ON_CONTROL;

/* Stops taking messages from the peer, and goes on. That the peer closes is noticed meanwhile. */
void jsonrpc_pause(struct jsonrpc *rpc) ON_CONTROL;
void jsonrpc_resume(struct jsonrpc *rpc) ON_CONTROL;

/* Bytes that wait for the peer to read them. */
size_t jsonrpc_backlog(const struct jsonrpc *rpc) ON_CONTROL;

/*
 * Sorts `message` into `msg`, which borrows from it. Returns NULL or what is wrong with it, a
 * constant string. Pure: any thread.
 */
const char *jsonrpc_classify(json_t *message, struct jsonrpc_msg *msg);

#endif
