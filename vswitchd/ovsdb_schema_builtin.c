/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdio.h>

#include "vswitchd/ovsdb_schema.h"
#include "vswitchd/ovsdb_schema_builtin.inc"

const char *ovsdb_schema_builtin_text(void)
{
	return schema_text;
}

struct ovsdb_schema *ovsdb_schema_builtin(void)
{
	struct ovsdb_schema *schema = NULL;
	struct ovsdb_error err = {.tag = NULL};
	json_error_t why;
	json_t *json = json_loads(schema_text, JSON_REJECT_DUPLICATES, &why);

	if (!json) {
		fprintf(stderr, "vswitch.ovsschema: line %d: %s\n", why.line, why.text);
	} else if (ovsdb_schema_from_json(json, &schema, &err)) {
		fprintf(stderr, "vswitch.ovsschema: %s\n", err.details);
	}
	json_decref(json);
	/* The text is part of the program, and a unit test reads it. */
	assert(schema);
	return schema;
}
