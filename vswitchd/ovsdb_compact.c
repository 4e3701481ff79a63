/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/ovsdb_compact.h"

#include <errno.h>

#include "vswitchd/ovsdb_storage.h"

#define MIN_INTERVAL_S (10 * 60)
#define MAX_INTERVAL_S (24 * 60 * 60)
#define MIN_RECORDS 100
#define MIN_SIZE (10 << 20)
#define GROWTH 2 /* times the size that it had */

void ovsdb_compact_restart(struct ovsdb_compact_policy *policy, off_t size, size_t n_records,
	uint64_t now_s, unsigned int spread)
{
	policy->base_size = size;
	policy->base_records = n_records;
	policy->not_before_s = now_s + MIN_INTERVAL_S + spread % MIN_INTERVAL_S;
	policy->at_last_s = now_s + MAX_INTERVAL_S;
}

bool ovsdb_compact_is_due(
	const struct ovsdb_compact_policy *policy, off_t size, size_t n_records, uint64_t now_s)
{
	if (n_records <= policy->base_records || now_s < policy->not_before_s)
		return false;
	if (now_s >= policy->at_last_s)
		return true;
	return n_records >= MIN_RECORDS && size >= MIN_SIZE && size >= GROWTH * policy->base_size;
}

int ovsdb_compact(struct ovsdb_log *log, struct errmsg *err)
{
	struct ovsdb_schema *schema = NULL;
	struct ovsdb_log *reader = NULL;
	struct ovsdb_db *db = NULL;
	struct ovsdb_error bad;
	json_t *json = NULL;
	int r;

	r = ovsdb_log_open_reader(log, &reader, err);
	if (r)
		return r;
	r = ovsdb_log_read(reader, &json, err);
	if (r <= 0) {
		r = r ? r : errmsg_set(err, EBADMSG, "the log is empty");
		goto out;
	}
	r = ovsdb_schema_from_json(json, &schema, &bad);
	if (r) {
		errmsg_set(err, -r, "%s", bad.details);
		goto out;
	}
	db = ovsdb_db_create(schema);
	r = ovsdb_storage_replay(reader, db, false, err);
	if (!r && ovsdb_log_size(reader) != ovsdb_log_size(log))
		r = errmsg_set(err, EBADMSG, "%s doesn't hold what was written to it",
			ovsdb_log_path(log));
	if (!r)
		r = ovsdb_storage_rewrite(log, json, db, "compacted", err);
out:
	if (db)
		ovsdb_db_destroy(db);
	json_decref(json);
	ovsdb_log_close(reader);
	return r;
}
