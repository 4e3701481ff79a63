/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bridges, their ports and interfaces, as control wants them; vswitch_commit() makes the datapath
 * so. A port is one interface, or, as a bond, several; VLANs belong to the port. Control thread.
 *
 * Fields are read by all of control and written by this module alone.
 */
#ifndef OFPROTO_BRIDGE_H
#define OFPROTO_BRIDGE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "datapath/datapath.h"
#include "datapath/errmsg.h"
#include "ofproto/iface_type.h"
#include "ofproto/string_map.h"
#include "ofproto/vlan.h"

#define BRIDGE_OFPORT_LOCAL 65534 /* of the interface named as the bridge */
#define BRIDGE_OFPORT_MAX 65279   /* OFPP_MAX - 1 of OpenFlow 1.0, as Open vSwitch has it */
#define BRIDGE_OFPORT_NONE (-1)

struct vswitch;
struct bridge;
struct bridge_port;

/* What the database says of an interface. */
struct iface_settings {
	const char *type;
	const struct string_map *options;
	struct rte_ether_addr mac; /* zero: not set */
	uint16_t mtu_request;      /* 0: not set */
	int ofport_request;        /* 0: not set */
};

struct iface {
	LIST_ENTRY(iface) next;
	struct bridge_port *bridge_port;
	char name[PORT_NAME_SIZE];
	char *type;
	struct string_map options;
	struct rte_ether_addr mac;         /* as set; zero: not */
	struct rte_ether_addr mac_applied; /* what the port was last told, or tried to be */
	uint16_t mtu_request;
	int ofport;                /* BRIDGE_OFPORT_NONE while it isn't open */
	struct port *port;         /* NULL while it isn't open */
	struct port_status status; /* as of the last refresh, while it is open */
	struct errmsg error;       /* why not, or what else is wrong; empty: nothing */
};

struct bridge_port {
	LIST_ENTRY(bridge_port) next;
	struct bridge *bridge;
	char name[PORT_NAME_SIZE];
	struct vlan_conf vlan;
	struct errmsg error; /* of the VLAN settings; empty: none */
	LIST_HEAD(, iface) ifaces;
};

struct bridge {
	LIST_ENTRY(bridge) next;
	struct vswitch *vswitch;
	char name[PORT_NAME_SIZE];
	struct rte_ether_addr mac; /* of its local interface and its datapath id */
	struct fdb *fdb;
	uint32_t fdb_size;
	uint32_t fdb_age_s;
	uint32_t fdb_age_next; /* bucket to go on ageing with */
	bool forward_bpdu;
	LIST_HEAD(, bridge_port) ports;
};

struct bridge_settings {
	struct rte_ether_addr mac;
	uint32_t fdb_size; /* clamped to FDB_SIZE_MIN.._MAX */
	uint32_t fdb_age_s;
	bool forward_bpdu;
};

/* Finds or makes, then applies the settings. A name is longer than PORT_NAME_SIZE - 1: NULL. */
struct bridge *bridge_set(struct vswitch *vswitch, const char *name,
	const struct bridge_settings *settings) ON_CONTROL;
struct bridge_port *bridge_port_set(
	struct bridge *bridge, const char *name, const struct vlan_settings *settings) ON_CONTROL;

/* The same for an interface, which is opened if it isn't open, and tried again if that failed
 * before. When it must be opened with other arguments, or is in another port, the old one has to be
 * gone first: iface_is_stale() and a commit before. */
struct iface *iface_set(struct bridge_port *port, const char *name,
	const struct iface_settings *settings) ON_CONTROL;

/* True when the interface can't become what `settings` say without being opened anew. */
bool iface_is_stale(const struct iface *iface, const struct iface_settings *settings) ON_CONTROL;

struct bridge *bridge_find(const struct vswitch *vswitch, const char *name) ON_CONTROL;
struct bridge_port *bridge_port_find(const struct bridge *bridge, const char *name) ON_CONTROL;
struct iface *iface_find(const struct bridge_port *port, const char *name) ON_CONTROL;
/* The interface of an open datapath port, or NULL. */
struct iface *iface_of_port(const struct vswitch *vswitch, const struct port *port) ON_CONTROL;

/* Asks the back end for the status of an open interface. */
void iface_refresh(struct iface *iface) ON_CONTROL;

void bridge_remove(struct bridge *bridge) ON_CONTROL;
void bridge_port_remove(struct bridge_port *port) ON_CONTROL;
void iface_remove(struct iface *iface) ON_CONTROL;

#endif
