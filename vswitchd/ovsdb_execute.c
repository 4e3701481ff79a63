/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/ovsdb_execute.h"

#include <assert.h>
#include <errno.h>

#include "vswitchd/ovsdb_alloc.h"
#include "vswitchd/ovsdb_condition.h"
#include "vswitchd/ovsdb_exec.h"

struct ovsdb_table *ovsdb_exec_table(struct ovsdb_exec *exec, struct ovsdb_members *m)
{
	const json_t *name = ovsdb_members_need(m, "table", OVSDB_IS_STRING);
	struct ovsdb_table *table;

	if (!name)
		return NULL;
	table = ovsdb_db_table(exec->db, json_string_value(name));
	if (!table)
		m->result = ovsdb_error_json(&exec->err, OVSDB_E_SYNTAX, m->object,
			"there is no table %s", json_string_value(name));
	return table;
}

struct ovsdb_row **ovsdb_exec_where(
	struct ovsdb_exec *exec, struct ovsdb_table *table, const json_t *json)
{
	struct ovsdb_condition condition = {.n = 0};
	struct ovsdb_row **rows;

	if (ovsdb_condition_from_json(&condition, table->schema, json, &exec->symtab, &exec->err))
		return NULL;
	rows = ovsdb_condition_select(&condition, table);
	ovsdb_condition_clear(&condition);
	return rows;
}

static int exec_commit(struct ovsdb_exec *exec, struct ovsdb_members *m, json_t *result)
{
	/* Every transaction is durable here, so there is nothing to ask for. */
	ovsdb_members_need(m, "durable", OVSDB_IS_BOOL);
	return ovsdb_members_finish(m);
}

static int exec_abort(struct ovsdb_exec *exec, struct ovsdb_members *m, json_t *result)
{
	int rc = ovsdb_members_finish(m);

	return rc ? rc : ovsdb_error_set(&exec->err, OVSDB_E_ABORTED, "aborted by request");
}

static int exec_comment(struct ovsdb_exec *exec, struct ovsdb_members *m, json_t *result)
{
	const json_t *comment = ovsdb_members_need(m, "comment", OVSDB_IS_STRING);
	int rc = ovsdb_members_finish(m);

	if (!rc)
		ovsdb_txn_comment(exec->txn, json_string_value(comment));
	return rc;
}

static int exec_assert(struct ovsdb_exec *exec, struct ovsdb_members *m, json_t *result)
{
	const json_t *lock = ovsdb_members_need(m, "lock", OVSDB_IS_STRING);
	const struct ovsdb_exec_ctx *ctx = exec->ctx;
	int rc = ovsdb_members_finish(m);

	if (rc)
		return rc;
	if (!ovsdb_is_id(json_string_value(lock)))
		return ovsdb_error_json(
			&exec->err, OVSDB_E_SYNTAX, lock, "the name of a lock is an identifier");
	if (!ctx->owns_lock || !ctx->owns_lock(ctx->arg, json_string_value(lock)))
		return ovsdb_error_set(&exec->err, OVSDB_E_NOT_OWNER,
			"this session doesn't own the lock %s", json_string_value(lock));
	return 0;
}

static const struct operation {
	const char *name;
	bool writes;
	int (*execute)(struct ovsdb_exec *exec, struct ovsdb_members *m, json_t *result);
} operations[] = {
	{"insert", true, ovsdb_exec_insert},
	{"select", false, ovsdb_exec_select},
	{"update", true, ovsdb_exec_update},
	{"mutate", true, ovsdb_exec_mutate},
	{"delete", true, ovsdb_exec_delete},
	{"wait", false, ovsdb_exec_wait},
	{"commit", false, exec_commit},
	{"abort", false, exec_abort},
	{"comment", true, exec_comment},
	{"assert", false, exec_assert},
};

static int execute_one(struct ovsdb_exec *exec, const json_t *json, json_t *result)
{
	const struct operation *operation = NULL;
	struct ovsdb_members m;
	const json_t *op;

	ovsdb_members_begin(&m, json, "operation", &exec->err);
	op = ovsdb_members_need(&m, "op", OVSDB_IS_STRING);
	if (!op)
		return m.result;
	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
		if (!strcmp(json_string_value(op), operations[i].name))
			operation = &operations[i];
	}
	if (!operation)
		return ovsdb_error_json(&exec->err, OVSDB_E_SYNTAX, json,
			"there is no operation \"%s\"", json_string_value(op));
	if (operation->writes && exec->ctx->read_only)
		return ovsdb_error_set(&exec->err, OVSDB_E_NOT_ALLOWED,
			"%s is not allowed: the database can only be read", operation->name);
	return operation->execute(exec, &m, result);
}

/* A name may be used before its insert, so what an insert wants its row to be called must be known
 * first. What is wrong with an operation is said when its turn comes. */
static void learn_names(struct ovsdb_exec *exec, const json_t *params)
{
	size_t i;
	json_t *json;

	json_array_foreach ((json_t *)params, i, json) {
		const char *op = json_string_value(json_object_get(json, "op"));
		const char *name = json_string_value(json_object_get(json, "uuid-name"));
		const char *text = json_string_value(json_object_get(json, "uuid"));
		struct ovsdb_uuid uuid;

		if (op && name && text && !strcmp(op, "insert") && ovsdb_uuid_parse(text, &uuid))
			ovsdb_symtab_add(&exec->symtab, name, &uuid);
	}
}

/* Appends each operation's result, the error that ended it, and null for what was left undone. */
static int execute_all(struct ovsdb_exec *exec, const json_t *params, json_t *results)
{
	size_t n = json_array_size(params), i;
	int rc = 0;

	for (i = 0; i < n && !rc; i++) {
		json_t *result = ovsdb_must(json_object());

		rc = execute_one(exec, json_array_get(params, i), result);
		if (rc == -EINVAL) {
			json_decref(result);
			result = ovsdb_error_to_json(&exec->err);
		}
		json_array_append_new(results, result);
	}
	for (; i < n; i++)
		json_array_append_new(results, json_null());
	return rc;
}

int ovsdb_execute(struct ovsdb_db *db, const json_t *params, const struct ovsdb_exec_ctx *ctx,
	json_t **result, struct ovsdb_txn **txn, uint64_t *retry_ms)
{
	struct ovsdb_exec exec = {.db = db, .ctx = ctx};
	json_t *results;
	int rc;

	*result = NULL;
	*txn = NULL;
	if (!json_is_array(params))
		return -EINVAL;
	results = ovsdb_must(json_array());
	exec.txn = ovsdb_txn_begin(db);
	learn_names(&exec, params);
	rc = execute_all(&exec, params, results);
	ovsdb_symtab_clear(&exec.symtab);
	if (!rc) {
		/* An error of the whole is one element more than there are operations. */
		rc = ovsdb_txn_prepare(exec.txn, &exec.err);
		if (rc)
			json_array_append_new(results, ovsdb_error_to_json(&exec.err));
	}
	if (rc || ovsdb_txn_is_empty(exec.txn))
		ovsdb_txn_abort(exec.txn);
	else
		*txn = exec.txn;
	if (rc == -EAGAIN) {
		json_decref(results);
		*retry_ms = exec.retry_ms;
		return rc;
	}
	*result = results;
	return 0;
}
