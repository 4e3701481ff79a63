/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stage of the pipeline: one file, one entry point, called with a burst of frames that came from
 * one receive queue. Control lists the stages that a bridge's configuration needs, in order, in the
 * bridge's snapshot (snapshot.c), so what is off costs nothing.
 */
#ifndef DATAPATH_STAGE_H
#define DATAPATH_STAGE_H

#include "datapath/thread_role.h"

struct burst;

typedef void stage_fn(struct burst *burst);

/* Parses, admits and classifies: fills the burst from what the back end received. */
void stage_ingress(struct burst *burst) ON_WORKER;
/* Learns source addresses. */
void stage_learn(struct burst *burst) ON_WORKER;
/* Finds where each frame goes: a port, a flood set, or a drop. */
void stage_forward(struct burst *burst) ON_WORKER;
/* Makes the copies, tags and untags, and hands the frames to the ports. */
void stage_egress(struct burst *burst) ON_WORKER;

#endif
