/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/status.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <rte_version.h>

#include "config.h"
#include "ofproto/vswitch.h"
#include "vswitchd/ovsdb_access.h"
#include "vswitchd/ovsdb_schema.h"
#include "vswitchd/reconfigure.h"

#define PAIRS_MAX (PORT_STATUS_PAIRS + 4)
#define COUNTERS_MAX (16 + DROP_N_REASONS)

static void ON_CONTROL write_iface_types(struct ovsdb_txn *txn, struct ovsdb_row *root)
{
	const struct iface_type *types;
	size_t n = iface_type_list(&types);
	const char *names[32];

	for (size_t i = 0; i < n && i < RTE_DIM(names); i++)
		names[i] = types[i].name;
	ovsdb_row_set_texts(txn, root, "iface_types", names, RTE_MIN(n, RTE_DIM(names)));
}

void status_write_system(struct ovsdb_txn *txn, const struct ovsdb_db *db)
{
	static const char *const datapath_types[] = {"netdev"};
	struct ovsdb_row *root = reconfigure_root(db);

	if (!root)
		root = ovsdb_txn_insert(txn, ovsdb_db_table(db, "Open_vSwitch"), NULL);
	ovsdb_row_set_text(txn, root, "ovs_version", PACKAGE_VERSION);
	ovsdb_row_set_text(txn, root, "db_version", db->schema->version);
	ovsdb_row_set_text(txn, root, "dpdk_version", rte_version());
	ovsdb_row_set_bool(txn, root, "dpdk_initialized", true);
	ovsdb_row_set_texts(txn, root, "datapath_types", datapath_types, 1);
	write_iface_types(txn, root);
}

static const char *or_null(const char *text)
{
	return *text ? text : NULL;
}

/* What only an open interface has. */
static void ON_CONTROL write_open(
	struct ovsdb_txn *txn, struct ovsdb_row *row, const struct port_status *s)
{
	const char *keys[PAIRS_MAX], *values[PAIRS_MAX];
	char mac[RTE_ETHER_ADDR_FMT_SIZE];

	for (unsigned int i = 0; i < s->n_pairs; i++) {
		keys[i] = s->pairs[i].key;
		values[i] = s->pairs[i].value;
	}
	ovsdb_row_set_map(txn, row, "status", keys, values, s->n_pairs);
	rte_ether_format_addr(mac, sizeof(mac), &s->mac);
	for (char *c = mac; *c; c++)
		*c = (char)(*c >= 'A' && *c <= 'F' ? *c + 'a' - 'A' : *c);
	ovsdb_row_set_text(txn, row, "mac_in_use", rte_is_zero_ether_addr(&s->mac) ? NULL : mac);
	ovsdb_row_set_text(txn, row, "admin_state", s->admin_up ? "up" : "down");
	ovsdb_row_set_text(txn, row, "link_state", s->link_up ? "up" : "down");
	ovsdb_row_set_int(txn, row, "link_resets", s->link_resets);
	ovsdb_row_set_int(txn, row, "mtu", s->mtu);
	ovsdb_row_set_int(txn, row, "ifindex", s->ifindex);
	if (s->link_speed) {
		ovsdb_row_set_int(txn, row, "link_speed", (int64_t)s->link_speed);
		ovsdb_row_set_text(txn, row, "duplex", s->full_duplex ? "full" : "half");
	} else {
		ovsdb_row_clear(txn, row, "link_speed");
		ovsdb_row_clear(txn, row, "duplex");
	}
}

static void ON_CONTROL write_closed(struct ovsdb_txn *txn, struct ovsdb_row *row)
{
	static const char *const columns[] = {"status", "mac_in_use", "admin_state", "link_state",
		"link_resets", "link_speed", "duplex", "mtu", "ifindex", "statistics"};

	for (size_t i = 0; i < RTE_DIM(columns); i++)
		ovsdb_row_clear(txn, row, columns[i]);
}

static void ON_CONTROL write_iface(
	struct ovsdb_txn *txn, struct ovsdb_row *row, const struct iface *iface)
{
	ovsdb_row_set_text(txn, row, "error", or_null(iface->error.text));
	ovsdb_row_set_int(txn, row, "ofport", iface->ofport);
	if (iface->port)
		write_open(txn, row, &iface->status);
	else
		write_closed(txn, row);
}

/* Calls `write` for each interface that is both in the switch and in the database. */
static void ON_CONTROL for_each_iface(struct ovsdb_txn *txn, const struct ovsdb_db *db,
	const struct bridge_port *port,
	void (*write)(struct ovsdb_txn *txn, struct ovsdb_row *row, const struct iface *iface))
{
	struct ovsdb_table *table = ovsdb_db_table(db, "Interface");
	const struct iface *iface;

	LIST_FOREACH (iface, &port->ifaces, next) {
		struct ovsdb_row *row = ovsdb_row_by_text(table, "name", iface->name);

		if (row)
			write(txn, row, iface);
	}
}

static void ON_CONTROL write_port(
	struct ovsdb_txn *txn, const struct ovsdb_db *db, const struct bridge_port *port)
{
	struct ovsdb_row *row = ovsdb_row_by_text(ovsdb_db_table(db, "Port"), "name", port->name);

	if (row)
		ovsdb_row_set_map_key(txn, row, "status", "error", or_null(port->error.text));
	for_each_iface(txn, db, port, write_iface);
}

static void ON_CONTROL write_bridge(
	struct ovsdb_txn *txn, const struct ovsdb_db *db, const struct bridge *bridge)
{
	struct ovsdb_row *row =
		ovsdb_row_by_text(ovsdb_db_table(db, "Bridge"), "name", bridge->name);
	const uint8_t *m = bridge->mac.addr_bytes;
	const struct bridge_port *port;
	char id[17];

	snprintf(
		id, sizeof(id), "0000%02x%02x%02x%02x%02x%02x", m[0], m[1], m[2], m[3], m[4], m[5]);
	if (row) {
		ovsdb_row_set_text(txn, row, "datapath_id", id);
		ovsdb_row_set_text(txn, row, "datapath_version", PACKAGE_VERSION);
	}
	LIST_FOREACH (port, &bridge->ports, next)
		write_port(txn, db, port);
}

void status_write_switch(
	struct ovsdb_txn *txn, const struct ovsdb_db *db, const struct vswitch *vswitch)
{
	const struct bridge *bridge;

	LIST_FOREACH (bridge, &vswitch->bridges, next)
		write_bridge(txn, db, bridge);
}

struct counters {
	unsigned int n;
	const char *names[COUNTERS_MAX];
	int64_t values[COUNTERS_MAX];
	char drop_names[DROP_N_REASONS][48];
};

static void add_counter(struct counters *c, const char *name, uint64_t value)
{
	c->names[c->n] = name;
	c->values[c->n++] = (int64_t)value;
}

/* Reasons that never happened are left out. */
static void add_drops(struct counters *c, const struct port_stats *stats)
{
	uint64_t in = 0, out = 0;

	for (int i = 0; i < DROP_N_REASONS; i++) {
		if (drop_infos[i].where[0] == 'i')
			in += stats->drops[i];
		else
			out += stats->drops[i];
		if (!stats->drops[i])
			continue;
		snprintf(c->drop_names[i], sizeof(c->drop_names[i]), "drop_%s", drop_infos[i].name);
		add_counter(c, c->drop_names[i], stats->drops[i]);
	}
	add_counter(c, "rx_dropped", in);
	add_counter(c, "tx_dropped", out);
}

static void ON_CONTROL write_counters(
	struct ovsdb_txn *txn, struct ovsdb_row *row, const struct iface *iface)
{
	struct datapath_totals t;
	struct counters c = {.n = 0};

	if (!iface->port)
		return;
	datapath_port_totals(iface->port, &t);
	add_counter(&c, "rx_packets", t.stats.rx_packets);
	add_counter(&c, "rx_bytes", t.stats.rx_bytes);
	add_counter(&c, "tx_packets", t.stats.tx_packets);
	add_counter(&c, "tx_bytes", t.stats.tx_bytes);
	add_drops(&c, &t.stats);
	add_counter(&c, "rx_errors", t.counters.rx_errors);
	add_counter(&c, "rx_missed_errors", t.counters.rx_missed);
	add_counter(&c, "tx_errors", t.counters.tx_undone);
	ovsdb_row_set_map_ints(txn, row, "statistics", c.names, c.values, c.n);
}

void status_write_statistics(
	struct ovsdb_txn *txn, const struct ovsdb_db *db, const struct vswitch *vswitch)
{
	const struct bridge *bridge;
	const struct bridge_port *port;

	LIST_FOREACH (bridge, &vswitch->bridges, next) {
		LIST_FOREACH (port, &bridge->ports, next)
			for_each_iface(txn, db, port, write_counters);
	}
}

void status_write_cur_cfg(struct ovsdb_txn *txn, const struct ovsdb_db *db, int64_t cfg)
{
	struct ovsdb_row *root = reconfigure_root(db);

	if (root)
		ovsdb_row_set_int(txn, root, "cur_cfg", cfg);
}
