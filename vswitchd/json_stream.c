/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/json_stream.h"

void json_stream_init(struct json_stream *stream, const struct json_stream_limits *limits)
{
	*stream = (struct json_stream){.limits = *limits};
}

static enum json_stream_result bad(struct json_stream *stream, const char *reason)
{
	stream->reason = reason;
	return JSON_STREAM_BAD;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* Takes one byte inside a value. False when a limit is passed. */
static bool take(struct json_stream *stream, char c)
{
	if (stream->in_string) {
		if (stream->escaped)
			stream->escaped = false;
		else if (c == '\\')
			stream->escaped = true;
		else if (c == '"')
			stream->in_string = false;
		return true;
	}
	switch (c) {
	case '"':
		stream->in_string = true;
		return true;
	case '{':
	case '[':
		stream->values++;
		return ++stream->depth <= stream->limits.max_depth;
	case '}':
	case ']':
		stream->depth--;
		return true;
	case ',':
	case ':':
		return ++stream->values <= stream->limits.max_values;
	default:
		return true;
	}
}

enum json_stream_result json_stream_scan(
	struct json_stream *stream, const char *data, size_t len, size_t *start, size_t *end)
{
	size_t i = 0;

	if (!stream->depth) {
		while (i < len && is_space(data[i]))
			i++;
	}
	*start = i;
	*end = i;
	if (i == len)
		return JSON_STREAM_MORE;
	if (!stream->depth && data[i] != '{' && data[i] != '[')
		return bad(stream, "not a JSON object");
	do {
		if (!take(stream, data[i]))
			return bad(stream, stream->depth > stream->limits.max_depth
						   ? "the JSON is nested too deep"
						   : "the JSON has too many values");
		if (++stream->bytes > stream->limits.max_bytes)
			return bad(stream, "the message is too long");
		i++;
	} while (stream->depth && i < len);
	*end = i;
	if (stream->depth)
		return JSON_STREAM_MORE;
	stream->bytes = 0;
	stream->values = 0;
	return JSON_STREAM_VALUE;
}

const char *json_stream_reason(const struct json_stream *stream)
{
	return stream->reason;
}
