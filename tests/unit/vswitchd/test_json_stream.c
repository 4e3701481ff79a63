/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "vswitchd/json_stream.h"

static const struct json_stream_limits limits = {.max_bytes = 64, .max_values = 20, .max_depth = 4};

static enum json_stream_result scan(const char *text, size_t *start, size_t *end)
{
	struct json_stream stream;

	json_stream_init(&stream, &limits);
	return json_stream_scan(&stream, text, strlen(text), start, end);
}

static void ends_at_the_matching_bracket(void **state)
{
	static const struct {
		const char *text;
		size_t start, end;
	} rows[] = {
		{"{}", 0, 2},
		{" \n\t{}{}", 3, 5},
		{"[1,[2,{\"a\":3}]] x", 0, 15},
		{"{\"}\":\"]\"}]", 0, 9},
		{"[\"\\\"]\"]]", 0, 7},
		{"[\"\\\\\"]]", 0, 6},
	};
	size_t start, end;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(scan(rows[i].text, &start, &end), JSON_STREAM_VALUE);
		assert_int_equal(start, rows[i].start);
		assert_int_equal(end, rows[i].end);
	}
}

static void waits_for_the_rest(void **state)
{
	static const char *const rows[] = {"", "  ", "{", "[1,2", "{\"a\":\"}", "[\"\\"};
	size_t start, end;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(scan(rows[i], &start, &end), JSON_STREAM_MORE);
		assert_int_equal(end, strlen(rows[i]));
	}
}

static void keeps_its_place_between_pieces(void **state)
{
	static const char text[] = "{\"a\\\"}\":[{}]}[]";
	struct json_stream stream;
	size_t start, end, values = 0;

	json_stream_init(&stream, &limits);
	for (size_t i = 0; text[i]; i++) {
		if (json_stream_scan(&stream, text + i, 1, &start, &end) == JSON_STREAM_VALUE) {
			assert_int_equal(i, values ? 14 : 12);
			values++;
		}
	}
	assert_int_equal(values, 2);
}

static void refuses_what_passes_a_limit(void **state)
{
	static const struct {
		const char *text;
		const char *reason;
	} rows[] = {
		{"[[[[[", "the JSON is nested too deep"},
		{"[,,,,,,,,,,,,,,,,,,,,,,", "the JSON has too many values"},
		{"[\"                                                                  ",
			"the message is too long"},
		{"x", "not a JSON object"},
		{"}", "not a JSON object"},
		{"\"a\"", "not a JSON object"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct json_stream stream;
		size_t start, end;

		json_stream_init(&stream, &limits);
		assert_int_equal(
			json_stream_scan(&stream, rows[i].text, strlen(rows[i].text), &start, &end),
			JSON_STREAM_BAD);
		assert_string_equal(json_stream_reason(&stream), rows[i].reason);
	}
}

static void limits_hold_for_each_value_alone(void **state)
{
	static const char text[] = "[1,2,3,4,5,6,7,8,9,10,11,12]";
	struct json_stream stream;
	size_t start, end;

	json_stream_init(&stream, &limits);
	for (int i = 0; i < 10; i++)
		assert_int_equal(json_stream_scan(&stream, text, strlen(text), &start, &end),
			JSON_STREAM_VALUE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends_at_the_matching_bracket),
		cmocka_unit_test(waits_for_the_rest),
		cmocka_unit_test(keeps_its_place_between_pieces),
		cmocka_unit_test(refuses_what_passes_a_limit),
		cmocka_unit_test(limits_hold_for_each_value_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
