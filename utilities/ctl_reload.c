/* SPDX-License-Identifier: Apache-2.0 */
#include "utilities/ctl_reload.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "utilities/ctl_text.h"
#include "utilities/ctl_txn.h"

/* When to tell a person what is being waited for. */
#define PATIENCE_MS 5000

void ctl_reload_prepare(struct ctl_db *db)
{
	ctl_db_want_named(db, "Open_vSwitch", "cur_cfg");
	ctl_db_want_named(db, "Interface", "name ofport error");
}

/* Whether the transaction asked something of the interface: a mere mark of somebody's doesn't. */
static bool is_configured(const struct ctl_row *iface)
{
	const struct ovsdb_table_schema *schema = iface->table->schema;

	for (unsigned int i = 0; i < schema->n_columns; i++) {
		if (iface->changed[i] && strcmp(schema->columns[i].name, "external_ids") != 0)
			return true;
	}
	return false;
}

void ctl_reload_begin(struct ctl_reload *reload, struct ctl_db *db)
{
	struct ctl_db_table *table = ctl_db_table(db, "Interface");
	struct ctl_row *row = table ? ctl_db_first(table) : NULL;

	*reload = (struct ctl_reload){.next_cfg = db->next_cfg};
	for (; row; row = ctl_db_next(row)) {
		const char *name = ctl_row_text(row, "name");

		if (!name || !is_configured(row))
			continue;
		reload->names =
			ctl_xrealloc(reload->names, reload->n_names + 1, sizeof(reload->names[0]));
		reload->names[reload->n_names++] = ctl_xstrdup(name);
	}
	ctl_txn_abort(db);
}

void ctl_reload_destroy(struct ctl_reload *reload)
{
	for (size_t i = 0; i < reload->n_names; i++)
		free(reload->names[i]);
	free(reload->names);
	*reload = (struct ctl_reload){0};
}

static bool is_applied(const struct ctl_reload *reload, struct ctl_db *db)
{
	const struct ctl_row *root = ctl_db_root(db);
	const struct ovsdb_datum *cur = root ? ctl_row_get_named(root, "cur_cfg") : NULL;

	return cur && cur->n && cur->keys[0].integer >= reload->next_cfg;
}

/* Prints the interface's reason for not working, if it has one. */
static bool complain(const struct ctl_db *db, const struct ctl_row *iface)
{
	const struct ovsdb_datum *ofport = ctl_row_get_named(iface, "ofport");
	const char *error = ctl_row_text(iface, "error");

	if (!error && (!ofport || !ofport->n || ofport->keys[0].integer != -1))
		return false;
	fprintf(stderr, "%s: port %s doesn't work: %s\n", db->settings->program,
		ctl_row_text(iface, "name"), error ? error : "the switch gave no reason");
	return true;
}

static int count_broken(const struct ctl_reload *reload, struct ctl_db *db)
{
	struct ctl_db_table *table = ctl_db_table(db, "Interface");
	int n = 0;

	if (!table)
		return 0;
	for (size_t i = 0; i < reload->n_names; i++) {
		for (struct ctl_row *row = ctl_db_first(table); row; row = ctl_db_next(row)) {
			if (!strcmp(ctl_row_text(row, "name"), reload->names[i]) &&
				complain(db, row))
				n++;
		}
	}
	return n;
}

int ctl_reload_wait(struct ctl_reload *reload, struct ctl_db *db, struct errmsg *err)
{
	int64_t patience = ctl_now_ms() + PATIENCE_MS;
	bool told = false;
	int n;

	while (!is_applied(reload, db)) {
		int64_t deadline = db->settings->deadline_ms;
		bool tell = !told && (!deadline || patience < deadline);
		int ret = ctl_rpc_wait(db->rpc, tell ? patience : deadline, err);

		if (ret == -ETIMEDOUT && tell) {
			fprintf(stderr,
				"%s: the change is in the database; waiting for vswitchd to apply "
				"it "
				"(--no-wait doesn't)\n",
				db->settings->program);
			told = true;
		} else if (ret == -ETIMEDOUT) {
			return errmsg_set(err, ETIMEDOUT,
				"timed out after %u s: the change is in the database, but vswitchd "
				"hasn't applied it; is it running?",
				db->settings->timeout_s);
		} else if (ret) {
			return ret;
		}
	}
	n = count_broken(reload, db);
	if (n)
		return errmsg_set(err, EREMOTEIO, "%d of the ports could not be opened", n);
	return 0;
}
