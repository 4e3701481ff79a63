/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the switch back to the database: what became of the configuration, links, counters. Setters
 * that change nothing cost nothing, so these may be called at any time. Control thread.
 */
#ifndef VSWITCHD_STATUS_H
#define VSWITCHD_STATUS_H

#include <stdint.h>

#include "datapath/thread_role.h"

struct ovsdb_db;
struct ovsdb_txn;
struct vswitch;

/* Writes into `txn` what is true of the daemon itself; makes the row of Open_vSwitch if there is
 * none. */
void status_write_system(struct ovsdb_txn *txn, const struct ovsdb_db *db) ON_CONTROL;

/* Writes the state of bridges, ports and interfaces. */
void status_write_switch(
	struct ovsdb_txn *txn, const struct ovsdb_db *db, const struct vswitch *vswitch) ON_CONTROL;

/* Writes the interfaces' counters. */
void status_write_statistics(
	struct ovsdb_txn *txn, const struct ovsdb_db *db, const struct vswitch *vswitch) ON_CONTROL;

/* Says that the configuration up to `cfg` is in force. */
void status_write_cur_cfg(struct ovsdb_txn *txn, const struct ovsdb_db *db, int64_t cfg) ON_CONTROL;

#endif
