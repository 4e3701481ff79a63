/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configuration as workers see it: built by control, immutable once published, freed a grace
 * period after the next one took its place.
 *
 * Everything that a frame's way depends on and that an operator can change is in here, or in what
 * it points at (the MAC tables, the ports), which outlives every snapshot that names it.
 */
#ifndef DATAPATH_SNAPSHOT_H
#define DATAPATH_SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>

#include "datapath/fdb.h"
#include "datapath/port.h"
#include "datapath/stage.h"
#include "datapath/vlan_set.h"

#define SNAPSHOT_STAGES_MAX 8
#define SNAPSHOT_NO_VID UINT16_MAX

/* How a port treats tags. The VLAN modes are made of these four facts; see ofproto/vlan.h. */
struct vlan_conf {
	uint16_t pvid;           /* VLAN of frames that carry no VID */
	uint16_t untagged_vid;   /* VLAN that leaves without a tag; SNAPSHOT_NO_VID: none */
	bool refuse_tagged;      /* frames with a VID other than 0 may not enter */
	struct vlan_set members; /* VLANs that may enter and leave here */
};

struct snap_bridge;

struct snap_port {
	struct port *port;
	const struct snap_bridge *bridge;
	uint16_t index;
	uint16_t max_frame;   /* bytes of Ethernet header (without tags) and payload */
	bool admits_untagged; /* pvid is one of the members */
	struct vlan_conf vlan;
} __rte_cache_aligned;

/* The ports that a frame of unknown destination goes to in one VLAN, the ingress port included. */
struct flood_set {
	uint32_t n;
	const struct snap_port *ports[];
};

struct snap_bridge {
	struct fdb *fdb; /* belongs to the layer above, which outlives the snapshot */
	bool forward_bpdu;
	const struct flood_set *flood[VLAN_N]; /* NULL: no port */
	struct snap_port **ports;
	uint32_t n_ports;
	uint16_t n_stages;
	stage_fn *stages[SNAPSHOT_STAGES_MAX];
};

struct snap_rxq {
	const struct snap_port *port;
	uint16_t queue;
};

/* The receive queues of one worker. */
struct snap_polls {
	uint32_t n;
	struct snap_rxq *rxqs;
};

struct snapshot {
	struct snap_port *ports[PORT_MAX]; /* by index; NULL: none */
	struct snap_bridge **bridges;
	uint32_t n_bridges;
	uint32_t n_workers;
	struct snap_polls *polls; /* by worker */
};

struct snapshot_bridge_args {
	struct fdb *fdb;
	bool forward_bpdu;
};

/* An empty one. All functions here abort when memory is out: control can't go on without. */
struct snapshot *snapshot_create(void) ON_CONTROL;
void snapshot_destroy(struct snapshot *snapshot) ON_CONTROL;

struct snap_bridge *snapshot_add_bridge(
	struct snapshot *snapshot, const struct snapshot_bridge_args *args) ON_CONTROL;

/* Adds a port, of `bridge`, with `mtu` bytes of payload. */
void snapshot_add_port(struct snapshot *snapshot, struct snap_bridge *bridge, struct port *port,
	const struct vlan_conf *vlan, uint16_t mtu) ON_CONTROL;

/* Computes what follows from the ports: flood sets, and which of `n_workers` polls which queue.
 * Nothing may be added after. */
void snapshot_finish(struct snapshot *snapshot, uint32_t n_workers) ON_CONTROL;

#endif
