/* SPDX-License-Identifier: Apache-2.0 */
#include "utilities/ctl_bridge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "utilities/ctl_topology.h"
#include "utilities/ctl_txn.h"

#define FAKE_ID_PREFIX "fake-bridge-"

static int parse_vlan(const char *text, int *vlan, struct errmsg *err)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (end == text || *end || n < 0 || n > 4095)
		return errmsg_set(err, EINVAL, "'%s' is no VLAN: a number from 0 to 4095", text);
	*vlan = (int)n;
	return 0;
}

/* --may-exist: whether the bridge that exists is what was asked for. */
static int check_same_bridge(
	const struct ctl_bridge *bridge, const struct ctl_call *call, int vlan, struct errmsg *err)
{
	const char *parent = call->n_args == 3 ? call->args[1] : NULL;
	const char *real = ctl_row_text(bridge->row, "name");

	if (!parent && bridge->fake)
		return errmsg_set(err, EEXIST, "bridge %s exists, but for VLAN %d under %s",
			bridge->name, bridge->vlan, real);
	if (parent && !bridge->fake)
		return errmsg_set(err, EEXIST, "bridge %s exists, but is not for a VLAN under %s",
			bridge->name, parent);
	if (parent && (strcmp(parent, real) != 0 || vlan != bridge->vlan))
		return errmsg_set(err, EEXIST, "bridge %s exists, but for VLAN %d under %s",
			bridge->name, bridge->vlan, real);
	return 0;
}

static struct ctl_row *create_local_port(struct ctl_db *db, const char *name)
{
	struct ctl_row *iface = ctl_txn_insert(ctl_db_table(db, "Interface"), NULL);
	struct ctl_row *port = ctl_txn_insert(ctl_db_table(db, "Port"), NULL);

	ctl_txn_set_text(iface, "name", name);
	ctl_txn_set_text(iface, "type", "internal");
	ctl_txn_set_text(port, "name", name);
	ctl_txn_add_ref(port, "interfaces", iface);
	return port;
}

static int create_fake_bridge(
	struct ctl_db *db, const struct ctl_call *call, int vlan, struct errmsg *err)
{
	struct ctl_bridge parent, other;
	struct ctl_row *port;
	int ret = ctl_bridge_need(db, call->args[1], &parent, err);

	if (ret)
		return ret;
	if (parent.fake)
		return errmsg_set(err, EINVAL,
			"bridge %s is itself for a VLAN and can't have another under it",
			parent.name);
	if (ctl_bridge_find_vlan(db, &parent, vlan, &other))
		return errmsg_set(err, EEXIST, "bridge %s has bridge %s for VLAN %d already",
			parent.name, other.name, vlan);
	ctl_txn_verify_named(parent.row, "ports");
	port = create_local_port(db, call->args[0]);
	ctl_txn_set_boolean(port, "fake_bridge", true);
	ctl_txn_set_integer(port, "tag", vlan);
	ctl_txn_add_ref(parent.row, "ports", port);
	return 0;
}

static int run_add_br(struct ctl_db *db, struct ctl_call *call, struct errmsg *err)
{
	const char *name = call->args[0];
	struct ctl_bridge bridge;
	struct ctl_row *row;
	char *what;
	int vlan = 0, ret = 0;

	if (call->n_args == 2)
		return errmsg_set(
			err, EINVAL, "add-br takes a name, or a name, a parent and a VLAN");
	if (call->n_args == 3)
		ret = parse_vlan(call->args[2], &vlan, err);
	if (ret)
		return ret;
	if (ctl_call_has(call, "may-exist") && ctl_bridge_find(db, name, &bridge))
		return check_same_bridge(&bridge, call, vlan, err);
	what = ctl_xasprintf("can't create a bridge %s", name);
	ret = ctl_check_name_free(db, name, what, err);
	free(what);
	if (ret)
		return ret;
	if (call->n_args == 3)
		return create_fake_bridge(db, call, vlan, err);
	row = ctl_txn_insert(ctl_db_table(db, "Bridge"), NULL);
	ctl_txn_set_text(row, "name", name);
	ctl_txn_add_ref(row, "ports", create_local_port(db, name));
	ctl_txn_add_ref(ctl_db_root(db), "bridges", row);
	return 0;
}

static void delete_ports(struct ctl_db *db, const struct ctl_bridge *bridge)
{
	size_t n;
	struct ctl_row **ports = ctl_bridge_ports(db, bridge, &n);

	for (size_t i = 0; i < n; i++)
		ctl_port_delete(db, bridge, ports[i]);
	free(ports);
}

static int run_del_br(struct ctl_db *db, struct ctl_call *call, struct errmsg *err)
{
	struct ctl_bridge bridge;
	const struct ovsdb_datum *ports;
	int ret;

	if (ctl_call_has(call, "if-exists") && !ctl_bridge_find(db, call->args[0], &bridge))
		return 0;
	ret = ctl_bridge_need(db, call->args[0], &bridge, err);
	if (ret)
		return ret;
	if (bridge.fake) {
		delete_ports(db, &bridge);
		ctl_port_delete(db, &bridge, bridge.fake);
		return 0;
	}
	ctl_txn_remove_ref(ctl_db_root(db), "bridges", bridge.row);
	ports = ctl_row_get_named(bridge.row, "ports");
	for (unsigned int i = 0; i < ports->n; i++) {
		struct ctl_row *port = ctl_db_row(ctl_db_table(db, "Port"), &ports->keys[i].uuid);
		size_t n;
		struct ctl_row **ifaces = port ? ctl_port_ifaces(db, port, &n) : NULL;

		for (size_t j = 0; ifaces && j < n; j++)
			ctl_txn_delete(ifaces[j]);
		free(ifaces);
		if (port)
			ctl_txn_delete(port);
	}
	ctl_txn_delete(bridge.row);
	return 0;
}

static int compare_bridges(const void *a, const void *b)
{
	return strcmp(((const struct ctl_bridge *)a)->name, ((const struct ctl_bridge *)b)->name);
}

static int run_list_br(struct ctl_db *db, struct ctl_call *call, struct errmsg *err)
{
	bool real = ctl_call_has(call, "real");
	bool fake = ctl_call_has(call, "fake");
	struct ctl_bridge *bridges;
	size_t n;

	if (real && fake)
		return errmsg_set(err, EINVAL, "--real and --fake exclude each other");
	bridges = ctl_bridges(db, &n);
	qsort(bridges, n, sizeof(*bridges), compare_bridges);
	for (size_t i = 0; i < n; i++) {
		if (bridges[i].fake ? !real : !fake)
			ctl_text_printf(&call->output, "%s\n", bridges[i].name);
	}
	free(bridges);
	return 0;
}

static int run_br_exists(struct ctl_db *db, struct ctl_call *call, struct errmsg *err)
{
	struct ctl_bridge bridge;

	if (!ctl_bridge_find(db, call->args[0], &bridge))
		call->exit_status = 2;
	return 0;
}

static int run_br_to_vlan(struct ctl_db *db, struct ctl_call *call, struct errmsg *err)
{
	struct ctl_bridge bridge;
	int ret = ctl_bridge_need(db, call->args[0], &bridge, err);

	if (!ret)
		ctl_text_printf(&call->output, "%d\n", bridge.vlan);
	return ret;
}

static int run_br_to_parent(struct ctl_db *db, struct ctl_call *call, struct errmsg *err)
{
	struct ctl_bridge bridge;
	int ret = ctl_bridge_need(db, call->args[0], &bridge, err);

	if (!ret)
		ctl_text_printf(&call->output, "%s\n", ctl_row_text(bridge.row, "name"));
	return ret;
}

/* Where the external ids of a bridge are: a fake one's are its port's, with a prefix. */
static struct ctl_row *id_row(const struct ctl_bridge *bridge, const char **prefix)
{
	*prefix = bridge->fake ? FAKE_ID_PREFIX : "";
	return bridge->fake ? bridge->fake : bridge->row;
}

static int run_br_set_external_id(struct ctl_db *db, struct ctl_call *call, struct errmsg *err)
{
	const struct ovsdb_column *column;
	struct ovsdb_datum *pair, *ids;
	const struct ovsdb_datum *old;
	struct ctl_bridge bridge;
	struct ctl_row *row;
	const char *prefix;
	char *key;
	int ret = ctl_bridge_need(db, call->args[0], &bridge, err);

	if (ret)
		return ret;
	row = id_row(&bridge, &prefix);
	column = ovsdb_table_schema_column(row->table->schema, "external_ids");
	old = ctl_row_get(row, column);
	key = ctl_xasprintf("%s%s", prefix, call->args[1]);
	pair = ovsdb_datum_alloc(&column->type, 1);
	pair->keys[0] = ovsdb_atom_from_text(key);
	pair->values[0] = ovsdb_atom_from_text(call->n_args == 3 ? call->args[2] : "");
	free(key);
	if (call->n_args == 3)
		ids = ovsdb_datum_union(pair, old, &column->type);
	else
		ids = ovsdb_datum_subtract(old, pair, &column->type, true);
	ctl_txn_merge(row, column, ids);
	ovsdb_datum_unref(pair, &column->type);
	return 0;
}

static int run_br_get_external_id(struct ctl_db *db, struct ctl_call *call, struct errmsg *err)
{
	const char *wanted = call->n_args == 2 ? call->args[1] : NULL;
	const struct ovsdb_datum *ids;
	struct ctl_bridge bridge;
	const char *prefix;
	int ret = ctl_bridge_need(db, call->args[0], &bridge, err);

	if (ret)
		return ret;
	ids = ctl_row_get_named(id_row(&bridge, &prefix), "external_ids");
	for (unsigned int i = 0; i < ids->n; i++) {
		const char *key = ovsdb_atom_text(&ids->keys[i]);
		const char *value = ovsdb_atom_text(&ids->values[i]);

		if (strncmp(key, prefix, strlen(prefix)) != 0)
			continue;
		key += strlen(prefix);
		if (!wanted)
			ctl_text_printf(&call->output, "%s=%s\n", key, value);
		else if (!strcmp(key, wanted))
			ctl_text_printf(&call->output, "%s\n", value);
	}
	return 0;
}

static const struct ctl_command commands[] = {
	{"add-br", "may-exist", "BRIDGE [PARENT VLAN]", 1, 3, CTL_TARGET_DATABASE,
		"create a bridge",
		"Creates a bridge with a local port of the same name, which is an interface of the "
		"host. With PARENT and VLAN it makes a fake bridge: a name under which the access "
		"ports of that VLAN on PARENT are handled like a bridge of their own. With "
		"--may-exist a bridge that exists and is as asked for is no error.",
		ctl_topology_prepare, run_add_br},
	{"del-br", "if-exists", "BRIDGE", 1, 1, CTL_TARGET_DATABASE, "delete a bridge",
		"Deletes the bridge with all its ports and the fake bridges under it. With "
		"--if-exists a missing bridge is no error.",
		ctl_topology_prepare, run_del_br},
	{"list-br", "real fake", "", 0, 0, CTL_TARGET_DATABASE, "print the names of bridges",
		"Prints the names of all bridges, or with --real or --fake of those only, one on a "
		"line.",
		ctl_topology_prepare, run_list_br},
	{"br-exists", "", "BRIDGE", 1, 1, CTL_TARGET_DATABASE, "tell whether a bridge exists",
		"Prints nothing; the exit status is 0 when there is such a bridge, else 2.",
		ctl_topology_prepare, run_br_exists},
	{"br-to-vlan", "", "BRIDGE", 1, 1, CTL_TARGET_DATABASE, "print the VLAN of a fake bridge",
		"Prints the VLAN that a fake bridge is for, 0 for a real bridge.",
		ctl_topology_prepare, run_br_to_vlan},
	{"br-to-parent", "", "BRIDGE", 1, 1, CTL_TARGET_DATABASE,
		"print the parent of a fake bridge",
		"Prints the bridge that a fake bridge is under; a real bridge is its own parent.",
		ctl_topology_prepare, run_br_to_parent},
	{"br-set-external-id", "", "BRIDGE KEY [VALUE]", 2, 3, CTL_TARGET_DATABASE,
		"set or remove an external id of a bridge",
		"Gives the external id KEY of the bridge that value, or removes it when no value "
		"is given. The ids of a fake bridge are kept in its port, with the prefix "
		"fake-bridge-.",
		ctl_topology_prepare, run_br_set_external_id},
	{"br-get-external-id", "", "BRIDGE [KEY]", 1, 2, CTL_TARGET_DATABASE,
		"print external ids of a bridge",
		"Prints the value of the external id KEY, nothing when there is none; or all ids "
		"as KEY=VALUE, one on a line.",
		ctl_topology_prepare, run_br_get_external_id},
};

struct ctl_command_group ctl_bridge_commands(void)
{
	return (struct ctl_command_group){"Bridges", commands, CTL_ARRAY_SIZE(commands)};
}
