/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bridges, ports and interfaces as a person sees them: a fake bridge, which is a port with a VLAN
 * in the database, counts as a bridge with the ports of that VLAN. One thread. 0 or -errno with
 * the reason in `err`.
 */
#ifndef UTILITIES_CTL_TOPOLOGY_H
#define UTILITIES_CTL_TOPOLOGY_H

#include "utilities/ctl_db.h"

struct ctl_bridge {
	struct ctl_row *row;  /* of a fake bridge: its parent */
	struct ctl_row *fake; /* the port that makes the fake bridge; NULL for a real one */
	const char *name;
	int vlan; /* 0 for a real one */
};

/* Before the watch: asks for the columns that the functions below read; -EPROTO when the database
 * lacks one. */
int ctl_topology_prepare(struct ctl_db *db, const struct ctl_call *call, struct errmsg *err);

/* The bridge of that name; false, or -ENOENT, for none. */
bool ctl_bridge_find(struct ctl_db *db, const char *name, struct ctl_bridge *bridge);
int ctl_bridge_need(
	struct ctl_db *db, const char *name, struct ctl_bridge *bridge, struct errmsg *err);

/* All bridges, the caller frees the array. */
struct ctl_bridge *ctl_bridges(struct ctl_db *db, size_t *n);

/* The fake bridge for `vlan` under a real one. */
bool ctl_bridge_find_vlan(
	struct ctl_db *db, const struct ctl_bridge *parent, int vlan, struct ctl_bridge *fake);

/* The ports of a bridge but its local port, in order of their names; of a real bridge those that
 * belong to none of its fake ones. The caller frees the array. */
struct ctl_row **ctl_bridge_ports(struct ctl_db *db, const struct ctl_bridge *bridge, size_t *n);

/* The port of that name that isn't a local one, and the bridge that has it; NULL for none. */
struct ctl_row *ctl_port_find(struct ctl_db *db, const char *name, struct ctl_bridge *bridge);

/* The same by the name of an interface; `*iface` may be NULL. */
struct ctl_row *ctl_port_find_by_iface(
	struct ctl_db *db, const char *name, struct ctl_bridge *bridge, struct ctl_row **iface);

/* The interfaces of a port in order of their names. The caller frees the array. */
struct ctl_row **ctl_port_ifaces(struct ctl_db *db, const struct ctl_row *port, size_t *n);

/* -EEXIST when a bridge, port or interface has that name already; else the commit is guarded
 * against another one. `what` begins the message: "cannot create a port named x". */
int ctl_check_name_free(struct ctl_db *db, const char *name, const char *what, struct errmsg *err);

/* Takes a port with its interfaces off its bridge. */
void ctl_port_delete(struct ctl_db *db, const struct ctl_bridge *bridge, struct ctl_row *port);

/* Puts a port with interfaces of these names on the bridge, and returns it. */
struct ctl_row *ctl_port_create(struct ctl_db *db, const struct ctl_bridge *bridge,
	const char *name, char *const *ifaces, int n_ifaces);

#endif
