/* SPDX-License-Identifier: Apache-2.0 */
#include "ofproto/bridge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ofproto/vswitch.h"

static void *must_alloc(size_t size)
{
	void *mem = calloc(1, size);

	if (!mem)
		abort();
	return mem;
}

static bool copy_name(char copy[PORT_NAME_SIZE], const char *name)
{
	return (size_t)snprintf(copy, PORT_NAME_SIZE, "%s", name) < PORT_NAME_SIZE;
}

struct bridge *bridge_find(const struct vswitch *vswitch, const char *name)
{
	struct bridge *br;

	LIST_FOREACH (br, &vswitch->bridges, next) {
		if (!strcmp(br->name, name))
			return br;
	}
	return NULL;
}

struct bridge_port *bridge_port_find(const struct bridge *bridge, const char *name)
{
	struct bridge_port *p;

	LIST_FOREACH (p, &bridge->ports, next) {
		if (!strcmp(p->name, name))
			return p;
	}
	return NULL;
}

static struct bridge *make_bridge(struct vswitch *vswitch, const char *name)
{
	struct bridge *br = must_alloc(sizeof(*br));

	if (!copy_name(br->name, name)) {
		free(br);
		return NULL;
	}
	br->vswitch = vswitch;
	LIST_INIT(&br->ports);
	LIST_INSERT_HEAD(&vswitch->bridges, br, next);
	vswitch->changed = true;
	return br;
}

/* A table of another size starts empty: what it knew is learned again. */
static void ON_CONTROL set_fdb_size(struct bridge *br, uint32_t size)
{
	struct fdb *fdb;

	size = RTE_MAX(size, FDB_SIZE_MIN);
	size = RTE_MIN(size, FDB_SIZE_MAX);
	if (br->fdb && br->fdb_size == size)
		return;
	fdb = fdb_create(size);
	if (!fdb)
		abort();
	if (br->fdb)
		vswitch_doom_fdb(br->vswitch, br->fdb);
	br->fdb = fdb;
	br->fdb_size = size;
	br->vswitch->changed = true;
}

struct bridge *bridge_set(
	struct vswitch *vswitch, const char *name, const struct bridge_settings *settings)
{
	struct bridge *br = bridge_find(vswitch, name);

	if (!br)
		br = make_bridge(vswitch, name);
	if (!br)
		return NULL;
	br->mac = settings->mac;
	br->fdb_age_s = settings->fdb_age_s;
	set_fdb_size(br, settings->fdb_size);
	if (br->forward_bpdu != settings->forward_bpdu) {
		br->forward_bpdu = settings->forward_bpdu;
		vswitch->changed = true;
	}
	return br;
}

static struct bridge_port *make_port(struct bridge *bridge, const char *name)
{
	struct bridge_port *p = must_alloc(sizeof(*p));

	if (!copy_name(p->name, name)) {
		free(p);
		return NULL;
	}
	p->bridge = bridge;
	LIST_INIT(&p->ifaces);
	LIST_INSERT_HEAD(&bridge->ports, p, next);
	bridge->vswitch->changed = true;
	return p;
}

/* Addresses learned in other VLANs than the port now has are wrong. */
static void ON_CONTROL flush_port(const struct bridge_port *p)
{
	struct iface *iface;

	LIST_FOREACH (iface, &p->ifaces, next) {
		if (iface->port)
			fdb_flush(p->bridge->fdb, iface->port->index, UINT32_MAX);
	}
}

static bool same_vlan(const struct vlan_conf *a, const struct vlan_conf *b)
{
	return a->pvid == b->pvid && a->untagged_vid == b->untagged_vid &&
	       a->refuse_tagged == b->refuse_tagged &&
	       !memcmp(a->members.bits, b->members.bits, sizeof(a->members.bits));
}

struct bridge_port *bridge_port_set(
	struct bridge *bridge, const char *name, const struct vlan_settings *settings)
{
	struct bridge_port *p = bridge_port_find(bridge, name);
	struct vlan_conf vlan;

	if (!p)
		p = make_port(bridge, name);
	if (!p)
		return NULL;
	p->error.text[0] = '\0';
	vlan_configure(settings, &vlan, &p->error);
	if (!same_vlan(&vlan, &p->vlan)) {
		p->vlan = vlan;
		flush_port(p);
		bridge->vswitch->changed = true;
	}
	return p;
}

void bridge_port_remove(struct bridge_port *p)
{
	struct iface *iface, *next;

	for (iface = LIST_FIRST(&p->ifaces); iface; iface = next) {
		next = LIST_NEXT(iface, next);
		iface_remove(iface);
	}
	LIST_REMOVE(p, next);
	p->bridge->vswitch->changed = true;
	free(p);
}

void bridge_remove(struct bridge *bridge)
{
	struct bridge_port *p, *next;
	struct fdb *fdb = bridge->fdb;

	/* All of it goes: looking through it for each port's addresses is spared. */
	bridge->fdb = NULL;
	for (p = LIST_FIRST(&bridge->ports); p; p = next) {
		next = LIST_NEXT(p, next);
		bridge_port_remove(p);
	}
	LIST_REMOVE(bridge, next);
	vswitch_doom_fdb(bridge->vswitch, fdb);
	bridge->vswitch->changed = true;
	free(bridge);
}
