/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/burst.h"
#include "datapath/stage.h"

void STAGE_NAME(stage_learn)(struct burst *b)
{
	struct fdb *fdb = b->bridge->fdb;
	const uint16_t port = b->in->index;
	const unsigned int n = b->n;
	const uint32_t now = b->now;
	uint64_t last = 0; /* no key: it isn't learned either */

	for (unsigned int i = 0; i < n; i++) {
		uint64_t key = b->src_key[i];

		if (key != last && likely(key))
			fdb_learn(fdb, key, b->src_bucket[i], port, now);
		last = key;
	}
}
