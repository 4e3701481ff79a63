/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/ovsdb_error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "vswitchd/ovsdb_alloc.h"

/* A cut in the middle of a UTF-8 sequence would make the text unfit for a JSON string. */
static void trim_utf8(char *text)
{
	size_t len = strlen(text), start = len;

	while (start > 0 && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
		start--;
	if (start > 0 && (unsigned char)text[start - 1] >= 0xc0) {
		unsigned char lead = text[start - 1];
		size_t need = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;

		if (len - (start - 1) < need)
			text[start - 1] = '\0';
	}
}

static void set_syntax(struct ovsdb_error *err, const json_t *json)
{
	char *text = json ? json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;

	snprintf(err->syntax, sizeof(err->syntax), "%s", text ? text : "");
	trim_utf8(err->syntax);
	free(text);
}

void ovsdb_error_fill(struct ovsdb_error *err, const char *tag, const char *format, ...)
{
	va_list args;

	if (err) {
		err->tag = tag;
		err->syntax[0] = '\0';
		va_start(args, format);
		vsnprintf(err->details, sizeof(err->details), format, args);
		va_end(args);
		trim_utf8(err->details);
	}
}

void ovsdb_error_fill_json(
	struct ovsdb_error *err, const char *tag, const json_t *json, const char *format, ...)
{
	va_list args;

	if (err) {
		err->tag = tag;
		set_syntax(err, json);
		va_start(args, format);
		vsnprintf(err->details, sizeof(err->details), format, args);
		va_end(args);
		trim_utf8(err->details);
	}
}

void ovsdb_error_prefix(struct ovsdb_error *err, const char *format, ...)
{
	char old[sizeof(err->details)];
	va_list args;
	int n;

	if (!err)
		return;
	memcpy(old, err->details, sizeof(old));
	va_start(args, format);
	n = vsnprintf(err->details, sizeof(err->details), format, args);
	va_end(args);
	if (n >= 0 && (size_t)n < sizeof(err->details))
		snprintf(err->details + n, sizeof(err->details) - n, ": %.*s",
			(int)(sizeof(err->details) - n) - 1, old);
	trim_utf8(err->details);
}

json_t *ovsdb_error_to_json(const struct ovsdb_error *err)
{
	json_t *object = ovsdb_must(json_object());

	json_object_set_new(object, "error", json_string(err->tag));
	if (err->details[0])
		json_object_set_new(object, "details", json_string(err->details));
	if (err->syntax[0])
		json_object_set_new(object, "syntax", json_string(err->syntax));
	return object;
}
