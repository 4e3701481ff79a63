/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A JSON-RPC 1.0 client over a stream socket that waits: for OVSDB and for the run-time socket.
 *
 * One thread. Every function that waits takes a deadline, an absolute time of ctl_now_ms(), 0 for
 * none; past it the result is -ETIMEDOUT. Functions return 0 or -errno with the reason in `err`.
 */
#ifndef UTILITIES_CTL_RPC_H
#define UTILITIES_CTL_RPC_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "datapath/errmsg.h"

struct ctl_rpc;

/* Milliseconds of a clock that only goes forward. */
int64_t ctl_now_ms(void);

/*
 * Connects to `target`: "unix:PATH", "tcp:HOST:PORT" or "tcp:[IPV6]:PORT". -EINVAL when it is
 * none of these, else what the connection failed with (-ENOENT and -ECONNREFUSED: nobody is
 * there; -EACCES: not allowed).
 */
int ctl_rpc_connect(
	const char *target, int64_t deadline_ms, struct ctl_rpc **rpc, struct errmsg *err);

/* The same, and says in `err` what a person can do when it fails. With `retry` it goes on trying
 * until the deadline while nobody answers. */
int ctl_rpc_open(const char *target, bool retry, int64_t deadline_ms, struct ctl_rpc **rpc,
	struct errmsg *err);
void ctl_rpc_close(struct ctl_rpc *rpc);

/* Called for each notification that arrives. A value below 0 ends the wait with it. */
typedef int ctl_rpc_notified(void *arg, const char *method, json_t *params, struct errmsg *err);
void ctl_rpc_on_notify(struct ctl_rpc *rpc, ctl_rpc_notified *notified, void *arg);

/*
 * Sends a request and waits for its answer, taking notifications meanwhile. `params` is stolen.
 * A result is a new reference in `*result`; an answer that is an error leaves it in `*error`, a
 * new reference too, and returns -EREMOTEIO.
 */
int ctl_rpc_call(struct ctl_rpc *rpc, const char *method, json_t *params, int64_t deadline_ms,
	json_t **result, json_t **error, struct errmsg *err);

/* Waits for one message, which must not be an answer, and handles it. */
int ctl_rpc_wait(struct ctl_rpc *rpc, int64_t deadline_ms, struct errmsg *err);

/* How far a buffer was searched for the end of its first message; zeroed at first. */
struct ctl_rpc_scan {
	size_t scanned;
	size_t depth;
	int in_string;
	int escaped;
};

/*
 * Where the first JSON object or array of `data` ends, 0 when it isn't complete; call again with
 * more behind the same bytes. `scan` is ready for the next message then. Pure.
 */
size_t ctl_rpc_scan(struct ctl_rpc_scan *scan, const char *data, size_t size);

#endif
