/* SPDX-License-Identifier: Apache-2.0 */
#include "utilities/ctl_topology.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "utilities/ctl_txn.h"

#define MAX_VLAN 4095

int ctl_topology_prepare(struct ctl_db *db, const struct ctl_call *call, struct errmsg *err)
{
	static const char *const needed[][2] = {
		{"Open_vSwitch", "bridges"},
		{"Bridge", "name ports external_ids"},
		{"Port", "name interfaces tag fake_bridge external_ids"},
		{"Interface", "name type"},
	};

	for (size_t i = 0; i < CTL_ARRAY_SIZE(needed); i++) {
		int ret = ctl_db_need_named(db, needed[i][0], needed[i][1], err);

		if (ret)
			return ret;
	}
	return 0;
}

/* The VLAN of a port that makes a fake bridge, -1 for any other port. */
static int fake_bridge_vlan(const struct ctl_row *port)
{
	const struct ovsdb_datum *tag = ctl_row_get_named(port, "tag");

	if (!ctl_row_get_named(port, "fake_bridge")->keys[0].boolean || !tag->n ||
		tag->keys[0].integer < 0 || tag->keys[0].integer > MAX_VLAN)
		return -1;
	return (int)tag->keys[0].integer;
}

static struct ctl_row *nth_ref(struct ctl_db *db, const struct ctl_row *row, const char *column,
	const char *table, unsigned int i)
{
	const struct ovsdb_datum *refs = ctl_row_get_named(row, column);

	return ctl_db_row(ctl_db_table(db, table), &refs->keys[i].uuid);
}

struct ctl_bridge *ctl_bridges(struct ctl_db *db, size_t *n)
{
	size_t n_rows, size = 16;
	struct ctl_row **rows = ctl_db_rows(ctl_db_table(db, "Bridge"), &n_rows);
	struct ctl_bridge *bridges = ctl_xcalloc(size, sizeof(*bridges));

	*n = 0;
	for (size_t i = 0; i < n_rows; i++) {
		const struct ovsdb_datum *ports = ctl_row_get_named(rows[i], "ports");

		for (unsigned int p = 0; p <= ports->n; p++) {
			struct ctl_bridge bridge = {
				rows[i], NULL, ctl_row_text(rows[i], "name"), 0};

			if (p < ports->n) {
				bridge.fake = nth_ref(db, rows[i], "ports", "Port", p);
				if (!bridge.fake ||
					(bridge.vlan = fake_bridge_vlan(bridge.fake)) < 0)
					continue;
				bridge.name = ctl_row_text(bridge.fake, "name");
			}
			if (*n == size) {
				size *= 2;
				bridges = ctl_xrealloc(bridges, size, sizeof(*bridges));
			}
			bridges[(*n)++] = bridge;
		}
	}
	free(rows);
	return bridges;
}

bool ctl_bridge_find_vlan(
	struct ctl_db *db, const struct ctl_bridge *parent, int vlan, struct ctl_bridge *fake)
{
	const struct ovsdb_datum *ports = ctl_row_get_named(parent->row, "ports");

	for (unsigned int i = 0; i < ports->n; i++) {
		struct ctl_row *port = nth_ref(db, parent->row, "ports", "Port", i);

		if (port && fake_bridge_vlan(port) == vlan) {
			*fake = (struct ctl_bridge){
				parent->row, port, ctl_row_text(port, "name"), vlan};
			return true;
		}
	}
	return false;
}

/* The bridge that has the port in its column, with the fake one that its tag says. */
static bool find_bridge_of(struct ctl_db *db, const struct ctl_row *port, struct ctl_bridge *bridge)
{
	struct ctl_db_table *table = ctl_db_table(db, "Bridge");
	const struct ovsdb_column *ports = ovsdb_table_schema_column(table->schema, "ports");
	const struct ovsdb_datum *tag = ctl_row_get_named(port, "tag");
	union ovsdb_atom key = {.uuid = port->uuid};
	struct ctl_bridge fake;

	for (struct ctl_row *row = ctl_db_first(table); row; row = ctl_db_next(row)) {
		if (ovsdb_datum_find(ctl_row_get(row, ports), &ports->type, &key) < 0)
			continue;
		*bridge = (struct ctl_bridge){row, NULL, ctl_row_text(row, "name"), 0};
		if (tag->n && ctl_bridge_find_vlan(db, bridge, (int)tag->keys[0].integer, &fake))
			*bridge = fake;
		return true;
	}
	return false;
}

bool ctl_bridge_find(struct ctl_db *db, const char *name, struct ctl_bridge *bridge)
{
	struct ctl_row *row = ctl_db_row_by_name(ctl_db_table(db, "Bridge"), name);

	if (row) {
		*bridge = (struct ctl_bridge){row, NULL, ctl_row_text(row, "name"), 0};
		return true;
	}
	row = ctl_db_row_by_name(ctl_db_table(db, "Port"), name);
	return row && fake_bridge_vlan(row) >= 0 && find_bridge_of(db, row, bridge) && bridge->fake;
}

int ctl_bridge_need(
	struct ctl_db *db, const char *name, struct ctl_bridge *bridge, struct errmsg *err)
{
	if (ctl_bridge_find(db, name, bridge))
		return 0;
	return errmsg_set(err, ENOENT, "there is no bridge %s", name);
}

/* The VLANs that have a fake bridge under the real bridge, as one bit each. */
static void find_fake_vlans(struct ctl_db *db, const struct ctl_row *bridge, bool *is_fake)
{
	const struct ovsdb_datum *ports = ctl_row_get_named(bridge, "ports");

	memset(is_fake, 0, MAX_VLAN + 1);
	for (unsigned int i = 0; i < ports->n; i++) {
		struct ctl_row *port = nth_ref(db, bridge, "ports", "Port", i);
		int vlan = port ? fake_bridge_vlan(port) : -1;

		if (vlan >= 0)
			is_fake[vlan] = true;
	}
}

static bool belongs(
	const struct ctl_row *port, const struct ctl_bridge *bridge, const bool *is_fake)
{
	const struct ovsdb_datum *tag = ctl_row_get_named(port, "tag");
	int64_t vlan = tag->n ? tag->keys[0].integer : -1;

	if (fake_bridge_vlan(port) >= 0 ||
		!strcmp(ctl_row_text(port, "name"), ctl_row_text(bridge->row, "name")))
		return false;
	if (bridge->fake)
		return vlan == bridge->vlan;
	return vlan < 0 || vlan > MAX_VLAN || !is_fake[vlan];
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(ctl_row_text(*(struct ctl_row *const *)a, "name"),
		ctl_row_text(*(struct ctl_row *const *)b, "name"));
}

struct ctl_row **ctl_bridge_ports(struct ctl_db *db, const struct ctl_bridge *bridge, size_t *n)
{
	const struct ovsdb_datum *refs = ctl_row_get_named(bridge->row, "ports");
	struct ctl_row **ports = ctl_xcalloc(refs->n + 1, sizeof(struct ctl_row *));
	bool is_fake[MAX_VLAN + 1];

	*n = 0;
	find_fake_vlans(db, bridge->row, is_fake);
	for (unsigned int i = 0; i < refs->n; i++) {
		struct ctl_row *port = nth_ref(db, bridge->row, "ports", "Port", i);

		if (port && belongs(port, bridge, is_fake))
			ports[(*n)++] = port;
	}
	qsort(ports, *n, sizeof(struct ctl_row *), compare_names);
	return ports;
}

static bool is_local(const struct ctl_row *port, const struct ctl_bridge *bridge)
{
	return port == bridge->fake ||
	       !strcmp(ctl_row_text(port, "name"), ctl_row_text(bridge->row, "name"));
}

struct ctl_row *ctl_port_find(struct ctl_db *db, const char *name, struct ctl_bridge *bridge)
{
	struct ctl_row *row = ctl_db_row_by_name(ctl_db_table(db, "Port"), name);

	return row && find_bridge_of(db, row, bridge) && !is_local(row, bridge) ? row : NULL;
}

static struct ctl_row *find_port_of(struct ctl_db *db, const struct ctl_row *iface)
{
	struct ctl_db_table *table = ctl_db_table(db, "Port");
	const struct ovsdb_column *ifaces = ovsdb_table_schema_column(table->schema, "interfaces");
	union ovsdb_atom key = {.uuid = iface->uuid};

	for (struct ctl_row *row = ctl_db_first(table); row; row = ctl_db_next(row)) {
		if (ovsdb_datum_find(ctl_row_get(row, ifaces), &ifaces->type, &key) >= 0)
			return row;
	}
	return NULL;
}

struct ctl_row *ctl_port_find_by_iface(
	struct ctl_db *db, const char *name, struct ctl_bridge *bridge, struct ctl_row **iface)
{
	struct ctl_row *row = ctl_db_row_by_name(ctl_db_table(db, "Interface"), name);
	struct ctl_row *port = row ? find_port_of(db, row) : NULL;

	if (!port || !find_bridge_of(db, port, bridge) || is_local(port, bridge))
		return NULL;
	if (iface)
		*iface = row;
	return port;
}

struct ctl_row **ctl_port_ifaces(struct ctl_db *db, const struct ctl_row *port, size_t *n)
{
	const struct ovsdb_datum *refs = ctl_row_get_named(port, "interfaces");
	struct ctl_row **ifaces = ctl_xcalloc(refs->n + 1, sizeof(struct ctl_row *));

	*n = 0;
	for (unsigned int i = 0; i < refs->n; i++) {
		struct ctl_row *iface = nth_ref(db, port, "interfaces", "Interface", i);

		if (iface)
			ifaces[(*n)++] = iface;
	}
	qsort(ifaces, *n, sizeof(struct ctl_row *), compare_names);
	return ifaces;
}

int ctl_check_name_free(struct ctl_db *db, const char *name, const char *what, struct errmsg *err)
{
	struct ctl_bridge bridge;

	if (ctl_bridge_find(db, name, &bridge)) {
		if (bridge.fake)
			return errmsg_set(err, EEXIST,
				"%s: a bridge of that name exists for VLAN %d under %s", what,
				bridge.vlan, ctl_row_text(bridge.row, "name"));
		return errmsg_set(err, EEXIST, "%s: a bridge of that name exists", what);
	}
	if (ctl_port_find(db, name, &bridge))
		return errmsg_set(err, EEXIST, "%s: a port of that name exists on bridge %s", what,
			bridge.name);
	if (ctl_port_find_by_iface(db, name, &bridge, NULL))
		return errmsg_set(err, EEXIST, "%s: an interface of that name exists on bridge %s",
			what, bridge.name);
	ctl_txn_verify_absent(db, "Bridge", "name", name);
	ctl_txn_verify_absent(db, "Port", "name", name);
	ctl_txn_verify_absent(db, "Interface", "name", name);
	return 0;
}

void ctl_port_delete(struct ctl_db *db, const struct ctl_bridge *bridge, struct ctl_row *port)
{
	size_t n;
	struct ctl_row **ifaces = ctl_port_ifaces(db, port, &n);

	for (size_t i = 0; i < n; i++)
		ctl_txn_delete(ifaces[i]);
	free(ifaces);
	ctl_txn_remove_ref(bridge->row, "ports", port);
	ctl_txn_delete(port);
}

struct ctl_row *ctl_port_create(struct ctl_db *db, const struct ctl_bridge *bridge,
	const char *name, char *const *ifaces, int n_ifaces)
{
	struct ctl_row *port = ctl_txn_insert(ctl_db_table(db, "Port"), NULL);

	ctl_txn_set_text(port, "name", name);
	for (int i = 0; i < n_ifaces; i++) {
		struct ctl_row *iface = ctl_txn_insert(ctl_db_table(db, "Interface"), NULL);

		ctl_txn_set_text(iface, "name", ifaces[i]);
		ctl_txn_add_ref(port, "interfaces", iface);
	}
	if (bridge->fake) {
		ctl_txn_verify_named(bridge->fake, "tag");
		ctl_txn_set_integer(port, "tag", bridge->vlan);
	}
	ctl_txn_add_ref(bridge->row, "ports", port);
	return port;
}
