/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/ovsdb_server_db.h"

#include "vswitchd/ovsdb_access.h"
#include "vswitchd/ovsdb_alloc.h"

#define OPTIONAL(TYPE) "{\"type\":{\"key\":\"" TYPE "\",\"min\":0}}"

static const char schema_text[] =
	"{\"name\":\"_Server\",\"version\":\"1.2.0\",\"tables\":{\"Database\":{\"columns\":{"
	"\"name\":{\"type\":\"string\"},"
	"\"model\":{\"type\":{\"key\":{\"type\":\"string\","
	"\"enum\":[\"set\",[\"standalone\",\"clustered\",\"relay\"]]}}},"
	"\"connected\":{\"type\":\"boolean\"},"
	"\"leader\":{\"type\":\"boolean\"},"
	"\"schema\":" OPTIONAL("string") ",\"cid\":" OPTIONAL("uuid") ",\"sid\":" OPTIONAL(
		"uuid") ",\"index\":" OPTIONAL("integer") "}}}}";

static void add_row(struct ovsdb_db *server_db, const struct ovsdb_schema *schema)
{
	struct ovsdb_txn *txn = ovsdb_txn_begin(server_db);
	struct ovsdb_row *row = ovsdb_txn_insert(txn, ovsdb_db_table(server_db, "Database"), NULL);
	json_t *json = ovsdb_schema_to_json(schema);
	char *text = ovsdb_must(json_dumps(json, JSON_COMPACT));
	struct ovsdb_error err;

	json_decref(json);
	ovsdb_row_set_text(txn, row, "name", schema->name);
	ovsdb_row_set_text(txn, row, "model", "standalone");
	ovsdb_row_set_bool(txn, row, "connected", true);
	ovsdb_row_set_bool(txn, row, "leader", true);
	ovsdb_row_set_text(txn, row, "schema", text);
	free(text);
	if (ovsdb_txn_prepare(txn, &err))
		abort(); /* the schema and the row are both above */
	ovsdb_txn_commit(txn);
}

struct ovsdb_db *ovsdb_server_db_create(const struct ovsdb_db *db)
{
	json_t *json = ovsdb_must(json_loads(schema_text, 0, NULL));
	struct ovsdb_schema *schema = NULL;
	struct ovsdb_db *server_db;
	struct ovsdb_error err;

	if (ovsdb_schema_from_json(json, &schema, &err))
		abort(); /* it is a constant */
	json_decref(json);
	server_db = ovsdb_db_create(schema);
	add_row(server_db, db->schema);
	add_row(server_db, schema);
	return server_db;
}
