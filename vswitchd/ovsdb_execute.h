/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Executes the operations of a "transact" request (RFC 7047 sections 4.1.3 and 5.2). The thread
 * that owns the database.
 */
#ifndef VSWITCHD_OVSDB_EXECUTE_H
#define VSWITCHD_OVSDB_EXECUTE_H

#include "vswitchd/ovsdb_txn.h"

/* What an execution needs to know of its session. */
struct ovsdb_exec_ctx {
	bool read_only; /* refuse what would change the database */
	/* Whether the session owns the lock, for the operation "assert"; NULL: it owns none. */
	bool (*owns_lock)(void *arg, const char *lock);
	void *arg;
	uint64_t elapsed_ms; /* since the request came, for the operation "wait" */
};

/*
 * `params` is the array of operations: the request's parameters without the database's name.
 *
 * 0: *result (the caller's) is the reply's result; when the database changed, *txn is the
 * transaction, prepared (see ovsdb_txn.h) and waiting to be committed or aborted, and the reply
 * must follow its fate; else *txn is NULL. A failed operation is no error here: the result says so.
 *
 * -EAGAIN: a "wait" isn't met yet; nothing changed. Call again after the next commit, or when
 * *retry_ms have passed (UINT64_MAX: there is no limit), whichever comes first.
 *
 * -EINVAL: `params` is no array; nothing else was touched.
 */
int ovsdb_execute(struct ovsdb_db *db, const json_t *params, const struct ovsdb_exec_ctx *ctx,
	json_t **result, struct ovsdb_txn **txn, uint64_t *retry_ms);

#endif
