/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stage of the pipeline: one file, one entry point, called with a burst of frames that came from
 * one receive queue. Control lists the stages that a bridge's configuration needs, in order, in the
 * bridge's snapshot (snapshot.c), so what is off costs nothing.
 *
 * The stage files are compiled once for the plain instruction set of the architecture and, on
 * x86-64, once more for each of the levels v3 (AVX2) and v4 (AVX-512), with STAGE_VARIANT saying
 * which; the best set that the CPU can run is chosen at start.
 */
#ifndef DATAPATH_STAGE_H
#define DATAPATH_STAGE_H

#include "datapath/thread_role.h"

struct burst;

typedef void stage_fn(struct burst *burst);

struct stages {
	const char *variant;
	stage_fn *ingress; /* parses, admits, classifies: fills the burst from what was received */
	stage_fn *learn;   /* learns source addresses */
	stage_fn *forward; /* finds where each frame goes: a port, or a flood */
	stage_fn *egress;  /* makes copies, tags and untags, hands the frames to the ports */
};

/* The set for this CPU. Any thread. */
const struct stages *stages_get(void);

/* All sets that this CPU can run, the plain one first, for tests. Returns how many. */
#define STAGES_MAX 3
unsigned int stages_list(const struct stages *list[STAGES_MAX]);

#ifndef STAGE_VARIANT
#define STAGE_VARIANT plain
#endif
#define STAGE_PASTE(NAME, VARIANT) NAME##_##VARIANT
#define STAGE_EXPAND(NAME, VARIANT) STAGE_PASTE(NAME, VARIANT)
#define STAGE_NAME(NAME) STAGE_EXPAND(NAME, STAGE_VARIANT)

extern const struct stages stages_plain, stages_v3, stages_v4;

/* Those of the variant that is being compiled. */
void STAGE_NAME(stage_ingress)(struct burst *burst) ON_WORKER;
void STAGE_NAME(stage_learn)(struct burst *burst) ON_WORKER;
void STAGE_NAME(stage_forward)(struct burst *burst) ON_WORKER;
void STAGE_NAME(stage_egress)(struct burst *burst) ON_WORKER;

#endif
