/* SPDX-License-Identifier: Apache-2.0 */
/* Any flags on any frame: finished or refused, nothing lost, nothing written that is shared. */
#include "datapath/egress_offload.h"
#include "tests/fuzz/offload_input.h"

#define SHARED 0x20

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rte_mbuf *out[EGRESS_OFFLOAD_MAX];
	static const uint64_t l4[] = {
		RTE_MBUF_F_TX_TCP_CKSUM, RTE_MBUF_F_TX_UDP_CKSUM, RTE_MBUF_F_TX_SCTP_CKSUM, 0};
	struct offload_input in;
	struct rte_mbuf *m;
	int n;

	offload_start();
	m = offload_frame(data, size, &in);
	if (!m)
		return 0;
	m->ol_flags = l4[in.kind & 3];
	m->ol_flags |= in.kind & 4 ? RTE_MBUF_F_TX_IPV4 : 0;
	m->ol_flags |= in.kind & 8 ? RTE_MBUF_F_TX_IPV6 : 0;
	m->ol_flags |= in.kind & 16 ? RTE_MBUF_F_TX_TCP_SEG : 0;
	m->l2_len = in.l2_len;
	m->l3_len = in.l3_len;
	m->l4_len = in.l4_len;
	m->tso_segsz = in.segsz;
	if (in.kind & SHARED)
		rte_pktmbuf_refcnt_update(m, 1);
	n = egress_offload_finish(m, in.caps & 7, out, in.caps & 8 ? 4 : RTE_DIM(out));
	if (n < 0)
		rte_pktmbuf_free(m);
	if (in.kind & SHARED)
		rte_pktmbuf_free(m);
	if (n == 0)
		abort();
	offload_check_and_free(out, n < 0 ? 0 : n);
	return 0;
}
