/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Feeds bytes to the splitter of the JSON-RPC stream, whole and byte by byte, which must agree,
 * and sorts what it delimits as the connections do.
 */
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>

#include "vswitchd/json_stream.h"
#include "vswitchd/jsonrpc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX_VALUES 256

static const struct json_stream_limits limits = {
	.max_bytes = 4096, .max_values = 200, .max_depth = 16};

/* Where the values end; the number of them, or that many and the stream is bad. */
static size_t split(const char *data, size_t size, size_t step, size_t *ends, bool *bad)
{
	struct json_stream stream;
	size_t n = 0, at = 0, start, end;

	json_stream_init(&stream, &limits);
	*bad = false;
	while (at < size && n < MAX_VALUES) {
		size_t len = step && step < size - at ? step : size - at;
		enum json_stream_result r = json_stream_scan(&stream, data + at, len, &start, &end);

		if (r == JSON_STREAM_BAD) {
			*bad = true;
			break;
		}
		if (start > end || end > len || (r == JSON_STREAM_MORE && end != len))
			abort();
		at += end;
		if (r == JSON_STREAM_VALUE)
			ends[n++] = at;
	}
	return n;
}

static void take_message(const char *data, size_t len)
{
	json_t *message = json_loadb(data, len, 0, NULL);
	struct jsonrpc_msg msg;

	if (message && !jsonrpc_classify(message, &msg)) {
		if (msg.type == JSONRPC_REQUEST && (!msg.method || !msg.params || !msg.id))
			abort();
		if (msg.type == JSONRPC_NOTIFY && (!msg.method || !msg.params))
			abort();
		if ((msg.type == JSONRPC_REPLY || msg.type == JSONRPC_ERROR) &&
			(!msg.id || !msg.result))
			abort();
	}
	json_decref(message);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	size_t whole[MAX_VALUES], slow[MAX_VALUES], n, previous = 0;
	const char *data = (const char *)bytes;
	bool bad, slow_bad;

	n = split(data, size, 0, whole, &bad);
	if (split(data, size, 1, slow, &slow_bad) != n || bad != slow_bad)
		abort();
	for (size_t i = 0; i < n; i++) {
		if (whole[i] != slow[i])
			abort();
		take_message(data + previous, whole[i] - previous);
		previous = whole[i];
	}
	return 0;
}
