/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the database engine share: JSON written with single quotes, and its text. */
#ifndef TESTS_UNIT_VSWITCHD_OVSDB_TEST_H
#define TESTS_UNIT_VSWITCHD_OVSDB_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Parses JSON in which ' stands for ". */
static inline json_t *js(const char *text)
{
	char *copy = strdup(text);
	json_error_t why;
	json_t *json;

	for (char *p = copy; *p; p++) {
		if (*p == '\'')
			*p = '"';
	}
	json = json_loads(copy, JSON_DECODE_ANY, &why);
	if (!json)
		fail_msg("%s: %s", copy, why.text);
	free(copy);
	return json;
}

/* Fails unless `json`, which is released, equals what `text` says. */
static inline void assert_json(json_t *json, const char *text)
{
	json_t *expected = js(text);

	if (!json_equal(json, expected)) {
		char *is = json_dumps(json, JSON_ENCODE_ANY);

		fail_msg("expected %s\n     is %s", text, is);
	}
	json_decref(expected);
	json_decref(json);
}

/* Whether `a` equals `b`, which is released. */
static inline bool same_json(const json_t *a, json_t *b)
{
	bool same = json_equal(a, b);

	json_decref(b);
	return same;
}

#endif
