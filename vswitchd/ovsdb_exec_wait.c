/* SPDX-License-Identifier: Apache-2.0 */
/* The operation "wait" (RFC 7047 section 5.2.6). */
#include <errno.h>

#include "vswitchd/ovsdb_alloc.h"
#include "vswitchd/ovsdb_datum.h"
#include "vswitchd/ovsdb_exec.h"
#include "vswitchd/ovsdb_row_set.h"

struct wait {
	struct ovsdb_table *table;
	const json_t *where, *rows;
	struct ovsdb_columns columns;
	uint64_t timeout_ms; /* UINT64_MAX: none */
	bool until_equal;
};

static int parse_wait(struct ovsdb_exec *exec, struct ovsdb_members *m, struct wait *wait)
{
	const json_t *timeout, *names, *until;
	int rc;

	wait->table = ovsdb_exec_table(exec, m);
	timeout = ovsdb_members_may(m, "timeout", OVSDB_IS_INTEGER);
	wait->where = ovsdb_members_need(m, "where", OVSDB_IS_ARRAY);
	names = ovsdb_members_may(m, "columns", OVSDB_IS_ARRAY);
	until = ovsdb_members_need(m, "until", OVSDB_IS_STRING);
	wait->rows = ovsdb_members_need(m, "rows", OVSDB_IS_ARRAY);
	rc = ovsdb_members_finish(m);
	if (rc)
		return rc;
	wait->until_equal = !strcmp(json_string_value(until), "==");
	if (!wait->until_equal && strcmp(json_string_value(until), "!=") != 0)
		return ovsdb_error_json(
			&exec->err, OVSDB_E_SYNTAX, until, "\"==\" or \"!=\" is needed here");
	wait->timeout_ms = UINT64_MAX;
	if (timeout) {
		if (json_integer_value(timeout) < 0)
			return ovsdb_error_json(
				&exec->err, OVSDB_E_SYNTAX, timeout, "a timeout can't be negative");
		wait->timeout_ms = json_integer_value(timeout);
	}
	return ovsdb_columns_from_json(&wait->columns, wait->table->schema, names, &exec->err);
}

/* Puts the rows that the operation lists into `set`. */
static int listed_rows(struct ovsdb_exec *exec, const struct wait *wait, struct ovsdb_row_set *set)
{
	const struct ovsdb_table_schema *table = wait->table->schema;
	struct ovsdb_datum **values = ovsdb_zalloc_pointers(table->n_columns);
	size_t i;
	json_t *json;
	int rc = 0;

	json_array_foreach (wait->rows, i, json) {
		struct ovsdb_version *version;

		rc = json_is_object(json) ? ovsdb_row_values_from_json(
						    table, json, &exec->symtab, values, &exec->err)
					  : ovsdb_error_json(&exec->err, OVSDB_E_SYNTAX, json,
						    "a row is needed here");
		if (rc)
			break;
		version = ovsdb_version_create(table);
		for (unsigned int j = 0; j < table->n_columns; j++) {
			if (values[j])
				ovsdb_version_set(version, &table->columns[j], values[j]);
			values[j] = NULL;
		}
		ovsdb_row_set_add(set, version, &wait->columns);
		ovsdb_version_destroy(version, table);
	}
	free(values);
	return rc;
}

/* Whether the rows found are, as a set, those listed. */
static bool same_rows(
	struct ovsdb_row **rows, const struct ovsdb_columns *columns, struct ovsdb_row_set *listed)
{
	struct ovsdb_row_set found = {.rows = NULL};
	bool same = true;

	for (; *rows && same; rows++) {
		same = ovsdb_row_set_has(listed, (*rows)->current, columns);
		ovsdb_row_set_add(&found, (*rows)->current, columns);
	}
	same = same && ovsdb_row_set_count(&found) == ovsdb_row_set_count(listed);
	ovsdb_row_set_clear(&found);
	return same;
}

int ovsdb_exec_wait(struct ovsdb_exec *exec, struct ovsdb_members *m, json_t *result)
{
	struct wait wait = {.table = NULL};
	struct ovsdb_row_set listed = {.rows = NULL};
	struct ovsdb_row **rows = NULL;
	bool met = false;
	int rc = parse_wait(exec, m, &wait);

	if (!rc)
		rc = listed_rows(exec, &wait, &listed);
	if (!rc) {
		rows = ovsdb_exec_where(exec, wait.table, wait.where);
		rc = rows ? 0 : -EINVAL;
	}
	if (!rc)
		met = same_rows(rows, &wait.columns, &listed) == wait.until_equal;
	ovsdb_row_set_clear(&listed);
	ovsdb_columns_clear(&wait.columns);
	free(rows);
	if (rc || met)
		return rc;
	if (exec->ctx->elapsed_ms >= wait.timeout_ms)
		return ovsdb_error_set(&exec->err, OVSDB_E_TIMED_OUT,
			wait.timeout_ms ? "the rows waited for didn't come in time"
					: "the rows are not those waited for");
	exec->retry_ms = wait.timeout_ms == UINT64_MAX ? UINT64_MAX
						       : wait.timeout_ms - exec->ctx->elapsed_ms;
	return -EAGAIN;
}
