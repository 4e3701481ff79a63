/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/ovsdb_storage.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "datapath/log.h"
#include "vswitchd/folder.h"
#include "vswitchd/ovsdb_alloc.h"
#include "vswitchd/ovsdb_record.h"

LOG_MODULE("ovsdb_storage");

#define FOLDER_MODE 0755

static json_t *builtin_schema_json(void)
{
	return ovsdb_must(json_loads(ovsdb_schema_builtin_text(), 0, NULL));
}

int ovsdb_storage_replay(
	struct ovsdb_log *log, struct ovsdb_db *db, bool skip_unknown, struct errmsg *err)
{
	struct ovsdb_error bad;
	json_t *record;
	int r;

	while ((r = ovsdb_log_read(log, &record, err)) > 0) {
		r = ovsdb_record_apply(db, record, skip_unknown, &bad);
		json_decref(record);
		if (r) {
			ovsdb_log_unread(log);
			return errmsg_set(err, EBADMSG, "%s: record %zu at offset %lld: %s",
				ovsdb_log_path(log), ovsdb_log_n_records(log),
				(long long)ovsdb_log_size(log), bad.details);
		}
	}
	return r;
}

int ovsdb_storage_rewrite(struct ovsdb_log *log, const json_t *schema, const struct ovsdb_db *db,
	const char *comment, struct errmsg *err)
{
	json_t *state = ovsdb_db_snapshot(db, (int64_t)time(NULL) * 1000, comment);
	struct ovsdb_log_record records[2];
	char *texts[2];
	int r;

	texts[0] = ovsdb_must(json_dumps(schema, JSON_COMPACT));
	texts[1] = ovsdb_must(json_dumps(state, JSON_COMPACT));
	json_decref(state);
	for (int i = 0; i < 2; i++)
		records[i] = (struct ovsdb_log_record){texts[i], strlen(texts[i])};
	r = ovsdb_log_replace(log, records, 2, err);
	free(texts[0]);
	free(texts[1]);
	return r;
}

static int create_file(const char *path, struct ovsdb_log **log, struct errmsg *err)
{
	json_t *schema = builtin_schema_json();
	struct ovsdb_log_record record;
	char *text;
	int r;

	r = folder_make_parent(path, FOLDER_MODE, err);
	if (!r) {
		text = ovsdb_must(json_dumps(schema, JSON_COMPACT));
		record = (struct ovsdb_log_record){text, strlen(text)};
		r = ovsdb_log_create(path, &record, log, err);
		free(text);
	}
	if (!r)
		log_info("made the database %s", path);
	json_decref(schema);
	return r;
}

static int read_schema(struct ovsdb_log *log, json_t **schema, struct errmsg *err)
{
	const char *name, *wanted;
	json_t *builtin;
	int r;

	r = ovsdb_log_read(log, schema, err);
	if (r < 0)
		return r;
	if (!r)
		return errmsg_set(err, EPROTO, "%s: the file is empty", ovsdb_log_path(log));
	builtin = builtin_schema_json();
	name = json_string_value(json_object_get(*schema, "name"));
	wanted = json_string_value(json_object_get(builtin, "name"));
	r = name && !strcmp(name, wanted)
		    ? 0
		    : errmsg_set(err, EPROTO, "%s holds the database %s, not %s",
			      ovsdb_log_path(log), name ? name : "without a name", wanted);
	json_decref(builtin);
	if (r) {
		json_decref(*schema);
		*schema = NULL;
	}
	return r;
}

/* Keeps the file under a second name, then writes a new one with our schema. */
static int convert(struct ovsdb_log *log, const json_t *old, const json_t *new,
	const struct ovsdb_db *db, struct errmsg *err)
{
	const char *version = json_string_value(json_object_get(old, "version"));
	char backup[PATH_MAX + 64];
	int r;

	if (!version || strspn(version, "0123456789.") != strlen(version))
		version = "unknown";
	snprintf(backup, sizeof(backup), "%s.backup-%.20s", ovsdb_log_path(log), version);
	if (link(ovsdb_log_path(log), backup) && errno != EEXIST)
		return errmsg_set(err, errno, "can't keep %s as %s: %s", ovsdb_log_path(log),
			backup, strerror(errno));
	r = ovsdb_storage_rewrite(log, new, db, "taken over from another schema", err);
	if (!r)
		log_info("%s had schema version %s; it is kept as %s", ovsdb_log_path(log), version,
			backup);
	return r;
}

static int load(struct ovsdb_log *log, struct ovsdb_db *db, struct errmsg *err)
{
	json_t *builtin, *schema = NULL;
	struct errmsg damage;
	bool same;
	int r;

	r = read_schema(log, &schema, err);
	if (r)
		return r;
	builtin = builtin_schema_json();
	same = json_equal(schema, builtin);
	if (ovsdb_storage_replay(log, db, !same, &damage))
		log_err("%s; what stands before it is used", damage.text);
	if (!same)
		r = convert(log, schema, builtin, db, err);
	json_decref(schema);
	json_decref(builtin);
	return r;
}

int ovsdb_storage_open(
	const char *path, struct ovsdb_log **logp, struct ovsdb_db **dbp, struct errmsg *err)
{
	struct ovsdb_log *log = NULL;
	struct ovsdb_db *db;
	int r;

	r = ovsdb_log_open(path, &log, err);
	if (r == -ENOENT) {
		r = create_file(path, &log, err);
		if (!r) {
			*logp = log;
			*dbp = ovsdb_db_create(ovsdb_schema_builtin());
		}
		return r;
	}
	if (r)
		return r;
	db = ovsdb_db_create(ovsdb_schema_builtin());
	r = load(log, db, err);
	if (r) {
		ovsdb_db_destroy(db);
		ovsdb_log_close(log);
		return r;
	}
	*logp = log;
	*dbp = db;
	return 0;
}
