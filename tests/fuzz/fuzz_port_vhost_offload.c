/* SPDX-License-Identifier: Apache-2.0 */
/* Any claim of a guest about any frame: what is let through can be finished in software. */
#include <errno.h>

#include "datapath/egress_offload.h"
#include "datapath/port_vhost_offload.h"
#include "tests/fuzz/offload_input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rte_mbuf *out[EGRESS_OFFLOAD_MAX];
	struct offload_input in;
	struct rte_mbuf *m;
	int n;

	offload_start();
	m = offload_frame(data, size, &in);
	if (!m)
		return 0;
	m->ol_flags = in.kind & 1 ? RTE_MBUF_F_RX_L4_CKSUM_NONE : 0;
	if (in.kind & 2) {
		m->ol_flags |= RTE_MBUF_F_RX_LRO;
		m->tso_segsz = in.segsz;
	}
	if (!port_vhost_offload(m)) {
		offload_check_and_free(&m, 1);
		return 0;
	}
	n = egress_offload_finish(m, 0, out, RTE_DIM(out));
	if (n <= 0)
		abort();
	offload_check_and_free(out, n);
	return 0;
}
