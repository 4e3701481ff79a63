/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the committed rows of the database to the switch: what is there and isn't wanted goes, what
 * is wanted and isn't there comes, and what differs is changed. Nothing else is touched, so a
 * change costs the ports alone that it names. Control thread.
 */
#ifndef VSWITCHD_RECONFIGURE_H
#define VSWITCHD_RECONFIGURE_H

#include "datapath/errmsg.h"
#include "datapath/thread_role.h"

struct ovsdb_db;
struct ovsdb_row;
struct rte_ether_addr;
struct vswitch;

/* Removes what the database doesn't have any more, or has with arguments that need another start.
 * What follows must wait until vswitch_is_closing() says that names and devices are free again. */
void reconfigure_remove(const struct ovsdb_db *db, struct vswitch *vswitch) ON_CONTROL;

/* Adds and changes the rest. Reasons why something can't be are left in the objects. */
void reconfigure_apply(const struct ovsdb_db *db, struct vswitch *vswitch) ON_CONTROL;

/* The only row of the table Open_vSwitch, or NULL. */
struct ovsdb_row *reconfigure_root(const struct ovsdb_db *db) ON_CONTROL;

#endif
