/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When the log is to be compacted, and doing it: the state is read back from the file itself, so
 * that nothing is shared with the database that control works on. Log writer thread.
 */
#ifndef VSWITCHD_OVSDB_COMPACT_H
#define VSWITCHD_OVSDB_COMPACT_H

#include <stdbool.h>
#include <stdint.h>

#include "vswitchd/ovsdb_log.h"

/* Long enough after the last time, and grown enough; or a day later, if there is anything. */
struct ovsdb_compact_policy {
	off_t base_size; /* of the file after the last compaction, or when it was opened */
	size_t base_records;
	uint64_t not_before_s, at_last_s; /* on the clock that is passed in */
};

/* `spread` is a random number: it keeps the daemons of a site from compacting at one time. */
void ovsdb_compact_restart(struct ovsdb_compact_policy *policy, off_t size, size_t n_records,
	uint64_t now_s, unsigned int spread);

bool ovsdb_compact_is_due(
	const struct ovsdb_compact_policy *policy, off_t size, size_t n_records, uint64_t now_s);

/* Replaces the log by one with the schema and one record. On failure it stays as it is. */
int ovsdb_compact(struct ovsdb_log *log, struct errmsg *err) __attribute__((warn_unused_result));

#endif
