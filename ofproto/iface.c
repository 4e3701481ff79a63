/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "datapath/log.h"
#include "ofproto/bridge.h"
#include "ofproto/vswitch.h"

LOG_MODULE("iface");

struct iface *iface_find(const struct bridge_port *port, const char *name)
{
	struct iface *iface;

	LIST_FOREACH (iface, &port->ifaces, next) {
		if (!strcmp(iface->name, name))
			return iface;
	}
	return NULL;
}

struct iface *iface_of_port(const struct vswitch *vswitch, const struct port *port)
{
	struct bridge *br;
	struct bridge_port *p;
	struct iface *iface;

	LIST_FOREACH (br, &vswitch->bridges, next) {
		LIST_FOREACH (p, &br->ports, next) {
			LIST_FOREACH (iface, &p->ifaces, next) {
				if (iface->port == port)
					return iface;
			}
		}
	}
	return NULL;
}

void iface_refresh(struct iface *iface)
{
	struct port_status *status = &iface->status;

	memset(status, 0, sizeof(*status));
	iface->port->ops->get_status(iface->port, status);
	if (!status->mtu)
		status->mtu = PORT_MTU_DEFAULT;
}

#define OFPORT_WORDS (BRIDGE_OFPORT_MAX / 64 + 1)

/* Marks the numbers that other interfaces of the bridge have: one walk, since a bridge may have
 * thousands of them. */
static void find_used_ofports(const struct iface *iface, uint64_t used[OFPORT_WORDS])
{
	const struct bridge_port *p;
	const struct iface *other;

	memset(used, 0, OFPORT_WORDS * sizeof(used[0]));
	LIST_FOREACH (p, &iface->bridge_port->bridge->ports, next) {
		LIST_FOREACH (other, &p->ifaces, next) {
			if (other != iface && other->ofport > 0 &&
				other->ofport <= BRIDGE_OFPORT_MAX)
				used[other->ofport / 64] |= 1ull << other->ofport % 64;
		}
	}
}

/* The number that is asked for, if it is free; else the one that the interface has, else the lowest
 * that is free. */
static int choose_ofport(const struct iface *iface, int request)
{
	uint64_t used[OFPORT_WORDS];

	if (!strcmp(iface->name, iface->bridge_port->bridge->name))
		return BRIDGE_OFPORT_LOCAL;
	if (iface->ofport != BRIDGE_OFPORT_NONE && (request <= 0 || request == iface->ofport))
		return iface->ofport;
	find_used_ofports(iface, used);
	if (request > 0 && request <= BRIDGE_OFPORT_MAX &&
		!(used[request / 64] >> request % 64 & 1))
		return request;
	if (iface->ofport != BRIDGE_OFPORT_NONE)
		return iface->ofport;
	for (int n = 1; n <= BRIDGE_OFPORT_MAX; n++) {
		if (!(used[n / 64] >> n % 64 & 1))
			return n;
	}
	return BRIDGE_OFPORT_NONE;
}

static const struct rte_ether_addr *wanted_mac(const struct iface *iface)
{
	/* The bridge's own interface has the bridge's address unless it is given another. */
	if (rte_is_zero_ether_addr(&iface->mac) &&
		!strcmp(iface->name, iface->bridge_port->bridge->name))
		return &iface->bridge_port->bridge->mac;
	return &iface->mac;
}

static int ON_CONTROL try_open(struct iface *iface)
{
	const struct iface_type *type = iface_type_find(iface->type);
	const char *rundir = iface->bridge_port->bridge->vswitch->rundir;
	struct port_args args = {
		.name = iface->name,
		.mac = *wanted_mac(iface),
		.mtu = iface->mtu_request,
	};
	char path[IFACE_PATH_SIZE];
	int error;

	if (!type)
		return errmsg_set(
			&iface->error, ENOTSUP, "interface type %s is not supported", iface->type);
	error = type->fill(&iface->options, rundir, &args, path, &iface->error);
	if (error)
		return error;
	return datapath_open_port(type->ops, &args, &iface->port, &iface->error);
}

static void ON_CONTROL open_iface(struct iface *iface, int ofport_request)
{
	struct errmsg before = iface->error;

	iface->error.text[0] = '\0';
	if (try_open(iface)) {
		iface->port = NULL;
		/* It is tried again at every reconfiguration: the same reason is logged once. */
		if (strcmp(before.text, iface->error.text) != 0)
			log_warn("%s: %s", iface->name, iface->error.text);
		return;
	}
	iface->mac_applied = *wanted_mac(iface);
	iface->ofport = choose_ofport(iface, ofport_request);
	iface_refresh(iface);
	iface->bridge_port->bridge->vswitch->changed = true;
}

/* The address is the bridge's, or the interface's own: each may have changed. */
static void ON_CONTROL set_mac(struct iface *iface, const struct rte_ether_addr *mac)
{
	const struct rte_ether_addr *wanted;

	iface->mac = *mac;
	wanted = wanted_mac(iface);
	if (rte_is_same_ether_addr(wanted, &iface->mac_applied))
		return;
	iface->mac_applied = *wanted;
	iface->error.text[0] = '\0';
	if (iface->port->ops->set_mac(iface->port, wanted, &iface->error)) {
		errmsg_prefix(&iface->error, "MAC address");
		log_warn("%s: %s", iface->name, iface->error.text);
	}
	iface_refresh(iface);
}

static void ON_CONTROL set_mtu(struct iface *iface, uint16_t mtu)
{
	if (mtu == iface->mtu_request)
		return;
	iface->mtu_request = mtu;
	iface->error.text[0] = '\0';
	if (iface->port->ops->set_mtu(iface->port, mtu ? mtu : PORT_MTU_DEFAULT, &iface->error)) {
		errmsg_prefix(&iface->error, "MTU %u", mtu);
		log_warn("%s: %s", iface->name, iface->error.text);
	}
	iface_refresh(iface);
	iface->bridge_port->bridge->vswitch->changed = true;
}

bool iface_is_stale(const struct iface *iface, const struct iface_settings *settings)
{
	/* Only the back end knows the address that there was before one was set. */
	bool forgets_mac = !rte_is_zero_ether_addr(&iface->mac) &&
			   rte_is_zero_ether_addr(&settings->mac) &&
			   strcmp(iface->name, iface->bridge_port->bridge->name) != 0;

	return forgets_mac || strcmp(iface->type, settings->type) != 0 ||
	       !string_map_equal(&iface->options, settings->options);
}

static struct iface *make_iface(
	struct bridge_port *port, const char *name, const struct iface_settings *settings)
{
	struct iface *iface = calloc(1, sizeof(*iface));

	if (!iface)
		abort();
	if ((size_t)snprintf(iface->name, sizeof(iface->name), "%s", name) >= sizeof(iface->name)) {
		free(iface);
		return NULL;
	}
	iface->bridge_port = port;
	iface->type = strdup(settings->type);
	if (!iface->type)
		abort();
	for (size_t i = 0; i < settings->options->n; i++)
		string_map_add(&iface->options, settings->options->pairs[i].key,
			settings->options->pairs[i].value);
	iface->ofport = BRIDGE_OFPORT_NONE;
	LIST_INSERT_HEAD(&port->ifaces, iface, next);
	return iface;
}

struct iface *iface_set(
	struct bridge_port *port, const char *name, const struct iface_settings *settings)
{
	struct iface *iface = iface_find(port, name);

	if (!iface)
		iface = make_iface(port, name, settings);
	if (!iface)
		return NULL;
	if (iface->port) {
		set_mac(iface, &settings->mac);
		set_mtu(iface, settings->mtu_request);
		iface->ofport = choose_ofport(iface, settings->ofport_request);
	} else {
		iface->mac = settings->mac;
		iface->mtu_request = settings->mtu_request;
		open_iface(iface, settings->ofport_request);
	}
	return iface;
}

void iface_remove(struct iface *iface)
{
	struct bridge *br = iface->bridge_port->bridge;

	if (iface->port) {
		vswitch_doom_port(br->vswitch, iface->port, br->fdb);
		br->vswitch->changed = true;
	}
	LIST_REMOVE(iface, next);
	string_map_clear(&iface->options);
	free(iface->type);
	free(iface);
}
