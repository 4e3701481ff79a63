/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/burst.h"
#include "datapath/stage.h"

void stage_learn(struct burst *b)
{
	for (uint16_t i = 0; i < b->n; i++) {
		if (likely(b->src_key[i]))
			fdb_learn(b->bridge->fdb, b->src_key[i], b->src_hash[i], b->in->index,
				b->now);
	}
}
