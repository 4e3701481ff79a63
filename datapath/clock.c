/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/clock.h"

#include <time.h>

_Atomic uint32_t clock_coarse;
static _Atomic uint64_t warped_ms;

uint64_t clock_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ull + ts.tv_nsec / 1000000 +
	       atomic_load_explicit(&warped_ms, memory_order_relaxed);
}

void clock_tick(void)
{
	atomic_store_explicit(&clock_coarse, (uint32_t)(clock_ms() / 1000), memory_order_relaxed);
}

void clock_warp(uint64_t ms)
{
	atomic_fetch_add_explicit(&warped_ms, ms, memory_order_relaxed);
	clock_tick();
}
