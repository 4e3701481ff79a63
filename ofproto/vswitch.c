/* SPDX-License-Identifier: Apache-2.0 */
#include "ofproto/vswitch.h"

#include <stdlib.h>
#include <string.h>

#include "datapath/clock.h"
#include "datapath/rcu.h"

#define RUN_INTERVAL_MS 250
/* A table is aged through once in so many runs. */
#define AGE_RUNS 4

/* Something that the published snapshot may still name. */
struct doomed {
	struct doomed *next;
	struct vswitch *vswitch;
	struct port *port; /* to be closed; NULL: `fdb` is to be freed */
	struct fdb *fdb;   /* to be rid of the port's addresses; NULL: it goes too */
};

struct vswitch *vswitch_create(const char *rundir)
{
	struct vswitch *v = calloc(1, sizeof(*v));

	if (!v)
		abort();
	LIST_INIT(&v->bridges);
	v->rundir = strdup(rundir);
	if (!v->rundir)
		abort();
	v->changed = true;
	return v;
}

static void doom(struct vswitch *v, struct port *port, struct fdb *fdb)
{
	struct doomed *d = malloc(sizeof(*d));
	struct doomed **last = &v->doomed;

	if (!d)
		abort();
	*d = (struct doomed){.vswitch = v, .port = port, .fdb = fdb};
	/* In order: a port's purge needs the table that is freed after it. */
	while (*last)
		last = &(*last)->next;
	*last = d;
}

void vswitch_doom_port(struct vswitch *v, struct port *port, struct fdb *fdb)
{
	doom(v, port, fdb);
}

void vswitch_doom_fdb(struct vswitch *v, struct fdb *fdb)
{
	doom(v, NULL, fdb);
}

static void purge_port(void *arg, uint16_t index)
{
	struct doomed *d = arg;

	thread_role_assert(&role_control);
	if (d->fdb)
		fdb_flush(d->fdb, index, UINT32_MAX);
	d->vswitch->n_closing--;
	free(d);
}

static void free_fdb(void *arg)
{
	struct doomed *d = arg;

	thread_role_assert(&role_control);
	fdb_destroy(d->fdb);
	free(d);
}

/* The snapshot that was just published names none of it any more. */
static void ON_CONTROL let_go(struct vswitch *v)
{
	struct doomed *d;

	while ((d = v->doomed)) {
		v->doomed = d->next;
		if (d->port) {
			v->n_closing++;
			datapath_close_port(d->port, purge_port, d);
		} else {
			rcu_retire(free_fdb, d);
		}
	}
}

static void ON_CONTROL add_ports(
	struct snapshot *s, struct snap_bridge *sb, const struct bridge *br)
{
	struct bridge_port *p;
	struct iface *iface;

	LIST_FOREACH (p, &br->ports, next) {
		LIST_FOREACH (iface, &p->ifaces, next) {
			if (iface->port)
				snapshot_add_port(s, sb, iface->port, &p->vlan, iface->status.mtu);
		}
	}
}

static struct snapshot *ON_CONTROL compile(const struct vswitch *v)
{
	struct snapshot *s = snapshot_create();
	struct bridge *br;

	LIST_FOREACH (br, &v->bridges, next) {
		const struct snapshot_bridge_args args = {
			.fdb = br->fdb,
			.forward_bpdu = br->forward_bpdu,
		};

		add_ports(s, snapshot_add_bridge(s, &args), br);
	}
	snapshot_finish(s, worker_count());
	return s;
}

void vswitch_commit(struct vswitch *v)
{
	if (v->changed) {
		v->changed = false;
		datapath_publish(compile(v));
	}
	let_go(v);
}

bool vswitch_take_notified(struct vswitch *v)
{
	struct port *port;
	struct iface *iface;
	bool any = false;

	while ((port = datapath_take_notified())) {
		iface = iface_of_port(v, port);
		if (!iface)
			continue;
		iface_refresh(iface);
		any = true;
	}
	/* Its MTU or the number of its queues may be other ones. */
	v->changed |= any;
	return any;
}

bool vswitch_has_unopened(const struct vswitch *v)
{
	const struct bridge *br;
	const struct bridge_port *p;
	const struct iface *iface;

	LIST_FOREACH (br, &v->bridges, next) {
		LIST_FOREACH (p, &br->ports, next) {
			LIST_FOREACH (iface, &p->ifaces, next) {
				if (!iface->port)
					return true;
			}
		}
	}
	return false;
}

bool vswitch_is_closing(const struct vswitch *v)
{
	return v->n_closing > 0;
}

static void ON_CONTROL age(struct bridge *br)
{
	uint32_t n = br->fdb->hasher.n_buckets / AGE_RUNS + 1;

	br->fdb_age_next = fdb_age(br->fdb, clock_seconds(), br->fdb_age_s, br->fdb_age_next, n);
}

void vswitch_run(struct vswitch *v)
{
	uint64_t now = clock_ms();
	struct bridge *br;

	clock_tick();
	if (now - v->last_run_ms < RUN_INTERVAL_MS)
		return;
	v->last_run_ms = now;
	LIST_FOREACH (br, &v->bridges, next)
		age(br);
}

void vswitch_destroy(struct vswitch *v)
{
	struct bridge *br;

	if (!v)
		return;
	while ((br = LIST_FIRST(&v->bridges)))
		bridge_remove(br);
	vswitch_commit(v);
	/* The workers go on, so their grace period ends soon. */
	while (datapath_poll())
		;
	free(v->rundir);
	free(v);
}
