/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "utilities/ctl_bridge.h"
#include "utilities/ctl_column.h"
#include "utilities/ctl_topology.h"
#include "utilities/ctl_txn.h"

static bool has_exactly(struct ctl_db *db, const struct ctl_row *port, char *const *names, int n)
{
	size_t n_ifaces;
	struct ctl_row **ifaces = ctl_port_ifaces(db, port, &n_ifaces);
	bool same = n_ifaces == (size_t)n;

	for (int i = 0; i < n && same; i++) {
		bool found = false;

		for (size_t j = 0; j < n_ifaces; j++)
			found |= !strcmp(ctl_row_text(ifaces[j], "name"), names[i]);
		same = found;
	}
	free(ifaces);
	return same;
}

/* --may-exist: whether the port that exists is what was asked for. */
static int check_same_port(struct ctl_db *db, const struct ctl_row *port,
	const struct ctl_bridge *where, const char *bridge, char *const *ifaces, int n_ifaces,
	struct errmsg *err)
{
	const char *name = ctl_row_text(port, "name");

	if (strcmp(where->name, bridge) != 0)
		return errmsg_set(
			err, EEXIST, "port %s exists, but on bridge %s", name, where->name);
	if (!has_exactly(db, port, ifaces, n_ifaces))
		return errmsg_set(err, EEXIST, "port %s exists, but with other interfaces", name);
	return 0;
}

static int check_names(
	struct ctl_db *db, const char *name, char *const *ifaces, int n_ifaces, struct errmsg *err)
{
	char *what = ctl_xasprintf("can't create a port %s", name);
	int ret = ctl_check_name_free(db, name, what, err);

	free(what);
	for (int i = 0; i < n_ifaces && !ret; i++) {
		if (!strcmp(ifaces[i], name))
			continue;
		what = ctl_xasprintf("can't create an interface %s", ifaces[i]);
		ret = ctl_check_name_free(db, ifaces[i], what, err);
		free(what);
	}
	return ret;
}

static int add_port(struct ctl_db *db, struct ctl_call *call, char *const *ifaces, int n_ifaces,
	char *const *settings, int n_settings, struct errmsg *err)
{
	const char *name = call->args[1];
	struct ctl_bridge bridge, where;
	struct ctl_row *port;
	int ret;

	ret = ctl_bridge_need(db, call->args[0], &bridge, err);
	if (ret)
		return ret;
	port = ctl_call_has(call, "may-exist") ? ctl_port_find(db, name, &where) : NULL;
	if (port)
		return check_same_port(db, port, &where, call->args[0], ifaces, n_ifaces, err);
	ret = check_names(db, name, ifaces, n_ifaces, err);
	if (ret)
		return ret;
	port = ctl_port_create(db, &bridge, name, ifaces, n_ifaces);
	if (ctl_call_has(call, "fake-iface"))
		ctl_txn_set_boolean(port, "bond_fake_iface", true);
	for (int i = 0; i < n_settings && !ret; i++)
		ret = ctl_column_set(db, port, settings[i], err);
	return ret;
}

static int run_add_port(struct ctl_db *db, struct ctl_call *call, struct errmsg *err)
{
	return add_port(db, call, call->args + 1, 1, call->args + 2, call->n_args - 2, err);
}

static int prepare_add_bond(struct ctl_db *db, const struct ctl_call *call, struct errmsg *err)
{
	int ret = ctl_db_need_named(db, "Port", "bond_fake_iface", err);

	return ret ? ret : ctl_topology_prepare(db, call, err);
}

/* The interfaces end where the first argument has a "=". */
static int run_add_bond(struct ctl_db *db, struct ctl_call *call, struct errmsg *err)
{
	int n = 2;

	while (n < call->n_args && !strchr(call->args[n], '='))
		n++;
	if (n < 4)
		return errmsg_set(err, EINVAL, "a bond needs at least two interfaces");
	return add_port(db, call, call->args + 2, n - 2, call->args + n, call->n_args - n, err);
}

static int run_add_bond_iface(struct ctl_db *db, struct ctl_call *call, struct errmsg *err)
{
	const char *name = call->args[1];
	struct ctl_row *port, *iface;
	struct ctl_bridge bridge;
	char *what;
	int ret;

	port = ctl_port_find(db, call->args[0], &bridge);
	if (!port)
		return errmsg_set(err, ENOENT, "there is no port %s", call->args[0]);
	if (ctl_call_has(call, "may-exist") &&
		ctl_port_find_by_iface(db, name, &bridge, &iface) == port)
		return 0;
	what = ctl_xasprintf("can't create an interface %s", name);
	ret = ctl_check_name_free(db, name, what, err);
	free(what);
	if (ret)
		return ret;
	iface = ctl_txn_insert(ctl_db_table(db, "Interface"), NULL);
	ctl_txn_set_text(iface, "name", name);
	ctl_txn_add_ref(port, "interfaces", iface);
	return 0;
}

static int run_del_bond_iface(struct ctl_db *db, struct ctl_call *call, struct errmsg *err)
{
	const char *name = call->args[call->n_args - 1];
	struct ctl_row *port, *iface = NULL;
	struct ctl_bridge bridge;

	port = ctl_port_find_by_iface(db, name, &bridge, &iface);
	if (!port && ctl_call_has(call, "if-exists"))
		return 0;
	if (!port)
		return errmsg_set(err, ENOENT, "there is no interface %s", name);
	if (call->n_args == 2 && strcmp(ctl_row_text(port, "name"), call->args[0]) != 0)
		return errmsg_set(err, EINVAL, "interface %s belongs to port %s", name,
			ctl_row_text(port, "name"));
	if (ctl_row_get_named(port, "interfaces")->n == 1)
		return errmsg_set(err, EINVAL, "%s is the only interface of port %s: use del-port",
			name, ctl_row_text(port, "name"));
	ctl_txn_verify_named(port, "interfaces");
	ctl_txn_remove_ref(port, "interfaces", iface);
	ctl_txn_delete(iface);
	return 0;
}

static int check_not_local(struct ctl_db *db, const char *name, struct errmsg *err)
{
	struct ctl_bridge bridge;

	if (!ctl_bridge_find(db, name, &bridge))
		return 0;
	return errmsg_set(err, EINVAL,
		"port %s is the local port of bridge %s and goes only with it: use del-br", name,
		name);
}

static int run_del_port(struct ctl_db *db, struct ctl_call *call, struct errmsg *err)
{
	const char *name = call->args[call->n_args - 1];
	struct ctl_bridge wanted, bridge;
	struct ctl_row *port;
	int ret;

	port = ctl_port_find(db, name, &bridge);
	if (!port && ctl_call_has(call, "with-iface"))
		port = ctl_port_find_by_iface(db, name, &bridge, NULL);
	if (!port) {
		ret = check_not_local(db, name, err);
		if (ret || ctl_call_has(call, "if-exists"))
			return ret;
		return errmsg_set(err, ENOENT, "there is no port %s", name);
	}
	if (call->n_args == 2) {
		ret = ctl_bridge_need(db, call->args[0], &wanted, err);
		if (ret)
			return ret;
		if (strcmp(wanted.name, bridge.name) != 0)
			return errmsg_set(err, EINVAL, "port %s is on bridge %s, not on %s", name,
				bridge.name, wanted.name);
	}
	ctl_port_delete(db, &bridge, port);
	return 0;
}

static int run_list_ports(struct ctl_db *db, struct ctl_call *call, struct errmsg *err)
{
	struct ctl_bridge bridge;
	struct ctl_row **ports;
	size_t n;
	int ret = ctl_bridge_need(db, call->args[0], &bridge, err);

	if (ret)
		return ret;
	ports = ctl_bridge_ports(db, &bridge, &n);
	for (size_t i = 0; i < n; i++)
		ctl_text_printf(&call->output, "%s\n", ctl_row_text(ports[i], "name"));
	free(ports);
	return 0;
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int run_list_ifaces(struct ctl_db *db, struct ctl_call *call, struct errmsg *err)
{
	const char **names = NULL;
	struct ctl_bridge bridge;
	struct ctl_row **ports;
	size_t n_ports, n = 0;
	int ret = ctl_bridge_need(db, call->args[0], &bridge, err);

	if (ret)
		return ret;
	ports = ctl_bridge_ports(db, &bridge, &n_ports);
	for (size_t i = 0; i < n_ports; i++) {
		size_t n_ifaces;
		struct ctl_row **ifaces = ctl_port_ifaces(db, ports[i], &n_ifaces);

		names = ctl_xrealloc((void *)names, n + n_ifaces, sizeof(names[0]));
		for (size_t j = 0; j < n_ifaces; j++)
			names[n++] = ctl_row_text(ifaces[j], "name");
		free(ifaces);
	}
	free(ports);
	if (n)
		qsort((void *)names, n, sizeof(names[0]), compare_texts);
	for (size_t i = 0; i < n; i++)
		ctl_text_printf(&call->output, "%s\n", names[i]);
	free((void *)names);
	return 0;
}

static int run_port_to_br(struct ctl_db *db, struct ctl_call *call, struct errmsg *err)
{
	struct ctl_bridge bridge;

	if (!ctl_port_find(db, call->args[0], &bridge))
		return errmsg_set(err, ENOENT, "there is no port %s", call->args[0]);
	ctl_text_printf(&call->output, "%s\n", bridge.name);
	return 0;
}

static int run_iface_to_br(struct ctl_db *db, struct ctl_call *call, struct errmsg *err)
{
	struct ctl_bridge bridge;

	if (!ctl_port_find_by_iface(db, call->args[0], &bridge, NULL))
		return errmsg_set(err, ENOENT, "there is no interface %s", call->args[0]);
	ctl_text_printf(&call->output, "%s\n", bridge.name);
	return 0;
}

static const struct ctl_command commands[] = {
	{"add-port", "may-exist", "BRIDGE PORT [COLUMN[:KEY]=VALUE]...", 2, CTL_ARGS_MANY,
		CTL_TARGET_DATABASE, "put a port on a bridge",
		"Creates a port with an interface of the same name. The settings are columns of "
		"table Port, such as tag=10; the type and options of the interface are set by a "
		"further command: -- set Interface PORT type=dpdkvhostuserclient "
		"options:vhost-server-path=/run/vm1.sock. With --may-exist a port that is on that "
		"bridge already is left as it is.",
		ctl_topology_prepare, run_add_port},
	{"del-port", "if-exists with-iface", "[BRIDGE] PORT", 1, 2, CTL_TARGET_DATABASE,
		"take a port off its bridge",
		"Deletes the port, which must be on BRIDGE when that is given. With --with-iface "
		"PORT may be the name of one of its interfaces. With --if-exists a missing port is "
		"no error.",
		ctl_topology_prepare, run_del_port},
	{"list-ports", "", "BRIDGE", 1, 1, CTL_TARGET_DATABASE,
		"print the names of a bridge's ports",
		"Prints the names of the ports of the bridge, one on a line, without its local "
		"port.",
		ctl_topology_prepare, run_list_ports},
	{"port-to-br", "", "PORT", 1, 1, CTL_TARGET_DATABASE, "print the bridge that has a port",
		"Prints the name of the port's bridge.", ctl_topology_prepare, run_port_to_br},
	{"list-ifaces", "", "BRIDGE", 1, 1, CTL_TARGET_DATABASE,
		"print the names of a bridge's interfaces",
		"Prints the names of the interfaces of the ports of the bridge, one on a line, "
		"without that of its local port. A bond has several.",
		ctl_topology_prepare, run_list_ifaces},
	{"iface-to-br", "", "IFACE", 1, 1, CTL_TARGET_DATABASE,
		"print the bridge that has an interface",
		"Prints the name of the bridge of the interface's port.", ctl_topology_prepare,
		run_iface_to_br},
	{"add-bond", "may-exist fake-iface", "BRIDGE PORT IFACE IFACE... [COLUMN[:KEY]=VALUE]...",
		4, CTL_ARGS_MANY, CTL_TARGET_DATABASE,
		"put a port of several interfaces on a bridge",
		"Creates a port that bonds the interfaces. The settings are columns of table Port, "
		"such as lacp=active. With --fake-iface the bond itself is made an interface too. "
		"With --may-exist a port that has exactly these interfaces is left as it is.",
		prepare_add_bond, run_add_bond},
	{"add-bond-iface", "may-exist", "BOND IFACE", 2, 2, CTL_TARGET_DATABASE,
		"add an interface to a bond",
		"Adds the interface to the port BOND, which becomes a bond if it wasn't one.",
		ctl_topology_prepare, run_add_bond_iface},
	{"del-bond-iface", "if-exists", "[BOND] IFACE", 1, 2, CTL_TARGET_DATABASE,
		"take an interface out of its bond",
		"Takes the interface out of its port, which must be BOND when that is given and "
		"must have another one.",
		ctl_topology_prepare, run_del_bond_iface},
};

struct ctl_command_group ctl_port_commands(void)
{
	return (struct ctl_command_group){"Ports", commands, CTL_ARRAY_SIZE(commands)};
}
