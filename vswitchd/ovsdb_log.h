/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file of a standalone OVSDB database: a line of header and a line of JSON per record, the
 * schema first, then one record per transaction. Appended to, truncated to the last good record
 * after a crash, replaced as a whole by compaction.
 *
 * A log belongs to one thread at a time: control reads it at start, the log writer has it
 * afterwards. While it is open, a lock beside the file keeps other programs off.
 */
#ifndef VSWITCHD_OVSDB_LOG_H
#define VSWITCHD_OVSDB_LOG_H

#include <jansson.h>
#include <stddef.h>
#include <sys/types.h>

#include "datapath/errmsg.h"

struct ovsdb_log;

/* One record's JSON on one line, without the final newline, which the log adds. */
struct ovsdb_log_record {
	const char *text;
	size_t len;
};

/*
 * Opens and locks the file at `path`, symbolic links resolved. -ENOENT when there is none,
 * -EAGAIN when another program has it, -EPROTO when it is no standalone OVSDB file.
 */
int ovsdb_log_open(const char *path, struct ovsdb_log **log, struct errmsg *err)
	__attribute__((warn_unused_result));

/* Makes a file with just the schema, at once whole and on disk; -EEXIST when there is one. */
int ovsdb_log_create(const char *path, const struct ovsdb_log_record *schema,
	struct ovsdb_log **log, struct errmsg *err) __attribute__((warn_unused_result));

/* A second handle on the good part of `log`, for reading only. */
int ovsdb_log_open_reader(const struct ovsdb_log *log, struct ovsdb_log **reader,
	struct errmsg *err) __attribute__((warn_unused_result));

/* Unlocks and closes. NULL is allowed. */
void ovsdb_log_close(struct ovsdb_log *log);

/*
 * Reads the next record: 1 and a reference in *record, 0 at the end of the file, -EBADMSG at the
 * first record that is damaged, with the reason. After 0 or an error reading is over, and the
 * next append goes behind the last good record.
 */
int ovsdb_log_read(struct ovsdb_log *log, json_t **record, struct errmsg *err)
	__attribute__((warn_unused_result));

/* Takes back the record that was read last, because its content is no good; ends reading. */
void ovsdb_log_unread(struct ovsdb_log *log);

/*
 * Appends `n` records and waits until they are on disk. On failure none of them is in the file,
 * and a later call may succeed. What stands behind the last good record is cut off first.
 */
int ovsdb_log_append(struct ovsdb_log *log, const struct ovsdb_log_record *records, size_t n,
	struct errmsg *err) __attribute__((warn_unused_result));

/*
 * Puts a new file with these records in the place of the old one, atomically and durably. On
 * failure the old one stays in use.
 */
int ovsdb_log_replace(struct ovsdb_log *log, const struct ovsdb_log_record *records, size_t n,
	struct errmsg *err) __attribute__((warn_unused_result));

/* Length of the good part in bytes, and how many records it has, the schema included. */
off_t ovsdb_log_size(const struct ovsdb_log *log);
size_t ovsdb_log_n_records(const struct ovsdb_log *log);

/* The file's name with symbolic links resolved. */
const char *ovsdb_log_path(const struct ovsdb_log *log);

#endif
