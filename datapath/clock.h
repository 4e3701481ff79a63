/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon's monotonic clock, which a test can warp forward instead of waiting.
 *
 * clock_ms() on any thread. clock_seconds() is the coarse copy that workers stamp entries with: one
 * load of a word that control refreshes several times a second.
 */
#ifndef DATAPATH_CLOCK_H
#define DATAPATH_CLOCK_H

#include <stdatomic.h>
#include <stdint.h>

#include "datapath/thread_role.h"

extern _Atomic uint32_t clock_coarse;

/* Milliseconds since the machine started, plus what the clock was warped by. */
uint64_t clock_ms(void);

static inline uint32_t clock_seconds(void)
{
	return atomic_load_explicit(&clock_coarse, memory_order_relaxed);
}

/* Brings clock_seconds() up to date. */
void clock_tick(void) ON_CONTROL;

/* Moves the clock forward by `ms`. */
void clock_warp(uint64_t ms) ON_CONTROL;

#endif
