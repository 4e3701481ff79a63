/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The switch: its bridges, and the one place where what control wants becomes what the workers do.
 * Control thread.
 */
#ifndef OFPROTO_VSWITCH_H
#define OFPROTO_VSWITCH_H

#include <stdbool.h>
#include <stdint.h>

#include "ofproto/bridge.h"

struct doomed;

struct vswitch {
	LIST_HEAD(, bridge) bridges;
	char *rundir;
	bool changed;          /* the published snapshot isn't what is wanted */
	struct doomed *doomed; /* to be closed or freed once workers can't see it */
	uint32_t n_closing;    /* ports whose grace period runs */
	uint64_t last_run_ms;
};

/* `rundir` is copied. Aborts without memory. */
struct vswitch *vswitch_create(const char *rundir) ON_CONTROL;
/* Removes everything; commits. */
void vswitch_destroy(struct vswitch *vswitch) ON_CONTROL;

/* Publishes what is wanted, if that changed, and lets go of what was removed. */
void vswitch_commit(struct vswitch *vswitch) ON_CONTROL;

/* Refreshes the interfaces whose ports said that something changed; true when there were any. */
bool vswitch_take_notified(struct vswitch *vswitch) ON_CONTROL;

/* True when an interface is wanted that could not be opened. */
bool vswitch_has_unopened(const struct vswitch *vswitch) ON_CONTROL;

/* True while a removed port isn't closed yet: its name and device can't be used again. */
bool vswitch_is_closing(const struct vswitch *vswitch) ON_CONTROL;

/* Ageing and what else is done a few times a second. */
void vswitch_run(struct vswitch *vswitch) ON_CONTROL;

/* Puts an open port, or the MAC table of a bridge, on the list of what the next commit lets go. The
 * port's addresses are removed from `fdb`, unless that is NULL. */
void vswitch_doom_port(struct vswitch *vswitch, struct port *port, struct fdb *fdb) ON_CONTROL;
void vswitch_doom_fdb(struct vswitch *vswitch, struct fdb *fdb) ON_CONTROL;

#endif
