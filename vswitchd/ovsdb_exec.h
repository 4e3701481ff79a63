/* SPDX-License-Identifier: Apache-2.0 */
/* What one execution of operations shares; inside of ovsdb_execute(). */
#ifndef VSWITCHD_OVSDB_EXEC_H
#define VSWITCHD_OVSDB_EXEC_H

#include "vswitchd/ovsdb_execute.h"
#include "vswitchd/ovsdb_members.h"

struct ovsdb_exec {
	struct ovsdb_db *db;
	const struct ovsdb_exec_ctx *ctx;
	struct ovsdb_txn *txn;
	struct ovsdb_symtab symtab;
	uint64_t retry_ms;
	struct ovsdb_error err;
};

/*
 * An operation: reads its members, finishes them, acts, and adds to the object `result`.
 * 0; -EINVAL with exec->err; -EAGAIN with exec->retry_ms.
 */
int ovsdb_exec_insert(struct ovsdb_exec *exec, struct ovsdb_members *m, json_t *result);
int ovsdb_exec_select(struct ovsdb_exec *exec, struct ovsdb_members *m, json_t *result);
int ovsdb_exec_update(struct ovsdb_exec *exec, struct ovsdb_members *m, json_t *result);
int ovsdb_exec_mutate(struct ovsdb_exec *exec, struct ovsdb_members *m, json_t *result);
int ovsdb_exec_delete(struct ovsdb_exec *exec, struct ovsdb_members *m, json_t *result);
int ovsdb_exec_wait(struct ovsdb_exec *exec, struct ovsdb_members *m, json_t *result);

/* The table that member "table" names, or NULL with exec->err. */
struct ovsdb_table *ovsdb_exec_table(struct ovsdb_exec *exec, struct ovsdb_members *m);

/* The rows that member "where" stands for, NULL after the last; to free(). NULL on an error. */
struct ovsdb_row **ovsdb_exec_where(
	struct ovsdb_exec *exec, struct ovsdb_table *table, const json_t *json);

#endif
