/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/reconfigure.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "datapath/log.h"
#include "ofproto/vswitch.h"
#include "vswitchd/ovsdb_access.h"

LOG_MODULE("reconfigure");

struct ovsdb_row *reconfigure_root(const struct ovsdb_db *db)
{
	return ovsdb_row_first(ovsdb_db_table(db, "Open_vSwitch"));
}

/* The row among those that `column` of `row` refers to whose name is `name`, or NULL. */
static struct ovsdb_row *find_named(
	const struct ovsdb_row *row, const char *column, const char *name)
{
	unsigned int n = ovsdb_row_n(row, column);

	for (unsigned int i = 0; i < n; i++) {
		struct ovsdb_row *ref = ovsdb_row_get_ref(row, column, i);

		if (ref && !strcmp(ovsdb_row_get_text(ref, "name", ""), name))
			return ref;
	}
	return NULL;
}

/* An address column or key; zero, and a line in the log, when it can't be one. */
static struct rte_ether_addr parse_mac(const char *owner, const char *text)
{
	struct rte_ether_addr mac = {0};

	if (text && (rte_ether_unformat_addr(text, &mac) || rte_is_multicast_ether_addr(&mac))) {
		log_limited(LOG_LEVEL_WARN, "%s: '%s' is no address for an interface", owner, text);
		memset(&mac, 0, sizeof(mac));
	}
	return mac;
}

/* Interface settings point into the database and at `options`. */
static void read_iface(
	const struct ovsdb_row *row, struct iface_settings *settings, struct string_map *options)
{
	const struct ovsdb_datum *map = ovsdb_row_get(row, "options");
	int64_t request = ovsdb_row_get_int(row, "ofport_request", 0);

	/* A number once given stays through a restart: collectors know ports by it. */
	if (request == 0)
		request = ovsdb_row_get_int(row, "ofport", 0);
	*options = (struct string_map){0};
	for (unsigned int i = 0; i < map->n; i++)
		string_map_add(options, json_string_value(map->keys[i].string),
			json_string_value(map->values[i].string));
	*settings = (struct iface_settings){
		.type = ovsdb_row_get_text(row, "type", ""),
		.options = options,
		.mac = parse_mac(
			ovsdb_row_get_text(row, "name", ""), ovsdb_row_get_text(row, "mac", NULL)),
		.mtu_request = (uint16_t)ovsdb_row_get_int(row, "mtu_request", 0),
		.ofport_request = (int)request,
	};
}

static bool ON_CONTROL is_stale(const struct iface *iface, const struct ovsdb_row *row)
{
	struct iface_settings settings;
	struct string_map options;
	bool stale;

	read_iface(row, &settings, &options);
	stale = iface_is_stale(iface, &settings);
	string_map_clear(&options);
	return stale;
}

static void ON_CONTROL remove_ifaces(const struct ovsdb_row *port_row, struct bridge_port *port)
{
	struct iface *iface, *next;

	for (iface = LIST_FIRST(&port->ifaces); iface; iface = next) {
		struct ovsdb_row *row = find_named(port_row, "interfaces", iface->name);

		next = LIST_NEXT(iface, next);
		if (!row || is_stale(iface, row))
			iface_remove(iface);
	}
}

static void ON_CONTROL remove_ports(const struct ovsdb_row *bridge_row, struct bridge *bridge)
{
	struct bridge_port *port, *next;

	for (port = LIST_FIRST(&bridge->ports); port; port = next) {
		struct ovsdb_row *row = find_named(bridge_row, "ports", port->name);

		next = LIST_NEXT(port, next);
		if (row)
			remove_ifaces(row, port);
		else
			bridge_port_remove(port);
	}
}

void reconfigure_remove(const struct ovsdb_db *db, struct vswitch *vswitch)
{
	const struct ovsdb_row *root = reconfigure_root(db);
	struct bridge *bridge, *next;

	for (bridge = LIST_FIRST(&vswitch->bridges); bridge; bridge = next) {
		struct ovsdb_row *row = root ? find_named(root, "bridges", bridge->name) : NULL;

		next = LIST_NEXT(bridge, next);
		if (row)
			remove_ports(row, bridge);
		else
			bridge_remove(bridge);
	}
}

static void ON_CONTROL apply_ifaces(const struct ovsdb_row *port_row, struct bridge_port *port)
{
	unsigned int n = ovsdb_row_n(port_row, "interfaces");

	if (n > 1)
		errmsg_set(&port->error, ENOTSUP,
			"bonds are not supported: only its first interface is used");
	for (unsigned int i = 0; i < n && i < 1; i++) {
		struct ovsdb_row *row = ovsdb_row_get_ref(port_row, "interfaces", i);
		struct iface_settings settings;
		struct string_map options;

		if (!row)
			continue;
		read_iface(row, &settings, &options);
		if (!iface_set(port, ovsdb_row_get_text(row, "name", ""), &settings))
			errmsg_set(&port->error, ENAMETOOLONG, "the interface's name is too long");
		string_map_clear(&options);
	}
}

static struct bridge_port *ON_CONTROL apply_port(const struct ovsdb_row *row, struct bridge *bridge)
{
	const struct ovsdb_datum *set = ovsdb_row_get(row, "trunks");
	int64_t *trunks = calloc(set->n + 1, sizeof(*trunks));
	struct bridge_port *port;
	struct vlan_settings settings;

	if (!trunks)
		abort();
	for (unsigned int i = 0; i < set->n; i++)
		trunks[i] = set->keys[i].integer;
	settings = (struct vlan_settings){
		.mode = ovsdb_row_get_text(row, "vlan_mode", NULL),
		.tag = (int)ovsdb_row_get_int(row, "tag", -1),
		.trunks = trunks,
		.n_trunks = set->n,
	};
	port = bridge_port_set(bridge, ovsdb_row_get_text(row, "name", ""), &settings);
	free(trunks);
	return port;
}

/* A bridge's address: the one given, or one made of its row's identifier, which stays the same
 * over restarts. */
static struct rte_ether_addr bridge_mac(const struct ovsdb_row *row)
{
	const char *given = ovsdb_row_map_text(row, "other_config", "hwaddr", NULL);
	struct rte_ether_addr mac = parse_mac(ovsdb_row_get_text(row, "name", ""), given);

	if (!rte_is_zero_ether_addr(&mac))
		return mac;
	memcpy(mac.addr_bytes, row->uuid.bytes, sizeof(mac.addr_bytes));
	mac.addr_bytes[0] =
		(mac.addr_bytes[0] & ~RTE_ETHER_GROUP_ADDR) | RTE_ETHER_LOCAL_ADMIN_ADDR;
	return mac;
}

/* A number of other_config, kept within its limits. */
static uint32_t get_limited(
	const struct ovsdb_row *row, const char *key, int64_t otherwise, int64_t min, int64_t max)
{
	int64_t n = ovsdb_row_map_int(row, "other_config", key, otherwise);

	n = RTE_MIN(n, max);
	return (uint32_t)RTE_MAX(n, min);
}

static void ON_CONTROL apply_bridge(const struct ovsdb_row *row, struct vswitch *vswitch)
{
	const char *name = ovsdb_row_get_text(row, "name", "");
	const struct bridge_settings settings = {
		.mac = bridge_mac(row),
		.fdb_size = get_limited(
			row, "mac-table-size", FDB_SIZE_DEFAULT, FDB_SIZE_MIN, FDB_SIZE_MAX),
		.fdb_age_s = get_limited(
			row, "mac-aging-time", FDB_AGE_DEFAULT, FDB_AGE_MIN, FDB_AGE_MAX),
		.forward_bpdu = ovsdb_row_map_bool(row, "other_config", "forward-bpdu", false),
	};
	struct bridge *bridge = bridge_set(vswitch, name, &settings);
	unsigned int n = ovsdb_row_n(row, "ports");

	if (!bridge) {
		log_limited(LOG_LEVEL_WARN, "bridge %s: its name is too long", name);
		return;
	}
	for (unsigned int i = 0; i < n; i++) {
		const struct ovsdb_row *port_row = ovsdb_row_get_ref(row, "ports", i);
		struct bridge_port *port = port_row ? apply_port(port_row, bridge) : NULL;

		if (port)
			apply_ifaces(port_row, port);
	}
}

void reconfigure_apply(const struct ovsdb_db *db, struct vswitch *vswitch)
{
	const struct ovsdb_row *root = reconfigure_root(db);
	unsigned int n = root ? ovsdb_row_n(root, "bridges") : 0;

	for (unsigned int i = 0; i < n; i++) {
		const struct ovsdb_row *row = ovsdb_row_get_ref(root, "bridges", i);

		if (row)
			apply_bridge(row, vswitch);
	}
}
