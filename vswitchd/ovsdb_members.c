/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/ovsdb_members.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

void ovsdb_members_begin(struct ovsdb_members *members, const json_t *json, const char *what,
	struct ovsdb_error *err)
{
	members->object = json;
	members->what = what;
	members->err = err;
	members->n_known = 0;
	members->result = 0;
	if (!json_is_object(json))
		members->result = ovsdb_error_json(
			err, OVSDB_E_SYNTAX, json, "%s: a JSON object is needed here", what);
}

static const json_t *fetch(
	struct ovsdb_members *members, const char *name, int types, bool optional)
{
	const json_t *value;

	if (members->result)
		return NULL;
	assert(members->n_known < OVSDB_MEMBERS_MAX);
	members->known[members->n_known++] = name;
	value = json_object_get(members->object, name);
	if (!value) {
		if (!optional)
			members->result =
				ovsdb_error_json(members->err, OVSDB_E_SYNTAX, members->object,
					"%s: member \"%s\" is missing", members->what, name);
		return NULL;
	}
	if (!(types & 1 << json_typeof(value))) {
		members->result = ovsdb_error_json(members->err, OVSDB_E_SYNTAX, members->object,
			"%s: member \"%s\" is of the wrong type", members->what, name);
		return NULL;
	}
	return value;
}

const json_t *ovsdb_members_need(struct ovsdb_members *members, const char *name, int types)
{
	return fetch(members, name, types, false);
}

const json_t *ovsdb_members_may(struct ovsdb_members *members, const char *name, int types)
{
	return fetch(members, name, types, true);
}

int ovsdb_members_finish(struct ovsdb_members *members)
{
	const char *name;
	json_t *value;

	if (members->result)
		return members->result;
	json_object_foreach ((json_t *)members->object, name, value) {
		unsigned int i = 0;

		while (i < members->n_known && strcmp(members->known[i], name) != 0)
			i++;
		if (i == members->n_known)
			return ovsdb_error_json(members->err, OVSDB_E_SYNTAX, members->object,
				"%s: unknown member \"%s\"", members->what, name);
	}
	return 0;
}

bool ovsdb_is_id(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
	size_t n = strspn(text, letters);

	while (n && text[n] && (strchr(letters, text[n]) || strchr("0123456789", text[n])))
		n++;
	return n && !text[n];
}
