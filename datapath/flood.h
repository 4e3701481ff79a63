/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of egress that makes many of one: frames for all ports of their VLAN. Compiled with the
 * stages, for each variant; see stage.h. Worker threads.
 */
#ifndef DATAPATH_FLOOD_H
#define DATAPATH_FLOOD_H

#include "datapath/burst.h"
#include "datapath/stage.h"

/* Sends the `n` frames from number `i` of the burst on to all ports of their VLANs but the one that
 * they came from. Frames of one VLAN that follow one another are handed to each port together. */
void STAGE_NAME(flood)(struct burst *b, unsigned int i, unsigned int n) ON_WORKER;

#endif
