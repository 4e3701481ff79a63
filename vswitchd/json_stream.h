/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds where each JSON object or array ends in a stream of bytes, within bounds that are kept
 * while the bytes arrive. It knows strings, escapes and nesting, not grammar: what it delimits
 * goes to a real parser afterwards, which may still refuse it.
 *
 * Pure: no memory, no I/O, any thread; a struct json_stream belongs to one caller.
 */
#ifndef VSWITCHD_JSON_STREAM_H
#define VSWITCHD_JSON_STREAM_H

#include <stdbool.h>
#include <stddef.h>

struct json_stream_limits {
	size_t max_bytes;  /* of one value */
	size_t max_values; /* members and elements in one value: a parser's memory grows by these */
	size_t max_depth;
};

enum json_stream_result {
	JSON_STREAM_MORE,  /* the data ended before the value did */
	JSON_STREAM_VALUE, /* a value ends at *end */
	JSON_STREAM_BAD,   /* see json_stream_reason(); the stream can't go on */
};

struct json_stream {
	struct json_stream_limits limits;
	size_t bytes, values, depth; /* of the value under way; depth 0 is between values */
	bool in_string, escaped;
	const char *reason;
};

void json_stream_init(struct json_stream *stream, const struct json_stream_limits *limits);

/*
 * Scans `len` bytes that follow those of the calls before, up to the end of the value. The bytes
 * from *start to *end are the value's; white space before it is left out. After
 * JSON_STREAM_VALUE call again with what follows *end.
 */
enum json_stream_result json_stream_scan(
	struct json_stream *stream, const char *data, size_t len, size_t *start, size_t *end);

/* Why json_stream_scan() returned JSON_STREAM_BAD. A constant string. */
const char *json_stream_reason(const struct json_stream *stream);

#endif
