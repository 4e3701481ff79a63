/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The interface types of the database. A type is one row of a table: its name, its back end, and
 * how its options become the back end's arguments. A new type is a new row. Control thread.
 */
#ifndef OFPROTO_IFACE_TYPE_H
#define OFPROTO_IFACE_TYPE_H

#include "datapath/port.h"
#include "ofproto/string_map.h"

#define IFACE_PATH_SIZE 108 /* of a unix socket, sockaddr_un.sun_path */

struct iface_type {
	const char *name; /* as in Interface.type */
	const struct port_ops *ops;

	/* Completes *args, of which the name, MAC and MTU stand already. `path` is room for a path
	 * that is made here. 0 or -errno with the reason. */
	int (*fill)(const struct string_map *options, const char *rundir, struct port_args *args,
		char path[IFACE_PATH_SIZE], struct errmsg *err);
};

/* The type called `name` ("" is system), or NULL. */
const struct iface_type *iface_type_find(const char *name);

/* The table, for what is shown as iface_types. Returns its length. */
size_t iface_type_list(const struct iface_type **types);

#endif
