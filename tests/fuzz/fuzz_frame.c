/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes, cut into buffers anyhow and with any work claimed to be left on them, through the
 * stages of each variant: the books balance, no buffer is lost, and nothing leaves by a port that
 * isn't in the frame's VLAN.
 */
#include "tests/unit/datapath/pipeline_model.h"

#define FRAMES_MAX 40
#define LENGTH_MAX 4096

/* A frame as the input has it; so many bytes follow. */
struct record {
	uint8_t port;
	uint8_t work; /* which flags */
	uint8_t first;
	uint8_t further; /* bytes in each buffer of the chain after the first; 0: many */
	uint8_t l2_len;
	uint8_t l3_len;
	uint8_t l4_len;
	uint8_t segsz; /* times 8 */
	uint16_t length;
} __attribute__((packed));

struct input_frame {
	struct record r;
	uint8_t bytes[LENGTH_MAX];
	struct model_frame f;
};

static const struct model_port ports[] = {
	{.mode = MODEL_TRUNK, .all = true, .mtu = 9000},
	{.mode = MODEL_TRUNK, .trunk = {10, 20}, .mtu = 9000},
	{.mode = MODEL_ACCESS, .tag = 10, .mtu = 1500},
	{.mode = MODEL_ACCESS, .tag = 20, .mtu = 1500},
	{.mode = MODEL_NATIVE_TAGGED, .tag = 10, .trunk = {20, 30}, .mtu = 1500},
	{.mode = MODEL_NATIVE_UNTAGGED, .tag = 20, .trunk = {10, 30}, .mtu = 1500},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint32_t read_frames(const uint8_t *data, size_t size, struct input_frame frames[FRAMES_MAX])
{
	uint32_t n = 0;

	while (n < FRAMES_MAX && size >= sizeof(struct record)) {
		struct input_frame *in = &frames[n++];

		memcpy(&in->r, data, sizeof(in->r));
		data += sizeof(in->r);
		size -= sizeof(in->r);
		in->r.port %= RTE_DIM(ports);
		in->r.length = (uint16_t)RTE_MIN((size_t)in->r.length % LENGTH_MAX, size);
		if (in->r.further)
			in->r.further = RTE_MAX(in->r.further, 16);
		memcpy(in->bytes, data, in->r.length);
		data += in->r.length;
		size -= in->r.length;
	}
	return n;
}

static struct rte_mbuf *make_frame(struct input_frame *in)
{
	static const uint64_t l4[] = {
		0, RTE_MBUF_F_TX_TCP_CKSUM, RTE_MBUF_F_TX_UDP_CKSUM, RTE_MBUF_F_TX_SCTP_CKSUM};
	const struct record *r = &in->r;
	struct rte_mbuf *m = pipeline_chain(in->bytes, r->length, r->first, r->further);

	m->ol_flags = l4[r->work & 3];
	m->ol_flags |= r->work & 4 ? RTE_MBUF_F_TX_IPV4 : 0;
	m->ol_flags |= r->work & 8 ? RTE_MBUF_F_TX_IPV6 : 0;
	m->ol_flags |= r->work & 16 ? RTE_MBUF_F_TX_TCP_SEG : 0;
	m->l2_len = r->l2_len;
	m->l3_len = r->l3_len;
	m->l4_len = r->l4_len;
	m->tso_segsz = r->segsz * 8;
	in->f = (struct model_frame){.bytes = in->bytes, .length = r->length, .first = m->data_len};
	return m;
}

/* The bridges are made once, since that takes long, and are as new after this. */
static void begin(struct pipeline *p, const struct stages *stages, uint8_t how)
{
	if (!p->stages) {
		pipeline_begin(p, stages, false);
		for (size_t i = 0; i < RTE_DIM(ports); i++)
			pipeline_add_port_mtu(p, model_conf(&ports[i]), ports[i].mtu);
		pipeline_ready(p);
	}
	p->bridge->forward_bpdu = how & 1;
	fdb_flush(p->fdb, UINT32_MAX, UINT32_MAX);
	memset(p->worker->port_stats, 0, RTE_DIM(ports) * sizeof(struct port_stats));
	for (size_t i = 0; i < RTE_DIM(ports); i++) {
		p->ports[i]->port.tx_caps = how & 2 ? i : 0;
		p->ports[i]->room = how & 4 ? 3 : FAKE_PORT_QUEUE;
	}
}

/* What one frame, alone in its burst, may have done. */
static void check_one(struct pipeline *p, struct input_frame *in, bool forward_bpdu)
{
	static uint8_t expected[LENGTH_MAX + 4], copy[LENGTH_MAX + 4];
	enum drop_reason reason;
	bool admitted = model_admit(&ports[in->r.port], forward_bpdu, &in->f, &reason);
	struct rte_mbuf *frame;

	for (uint32_t i = 0; i < RTE_DIM(ports); i++) {
		if (p->ports[i]->n_sent &&
			(!admitted || i == in->r.port || !model_carries(&ports[i], in->f.vid)))
			abort();
		while ((frame = fake_port_take(p->ports[i]))) {
			uint32_t n = frame->pkt_len;

			rte_mbuf_sanity_check(frame, 1);
			if (!(in->r.work & 31) &&
				(n != model_leave(&ports[i], &in->f, expected) ||
					memcmp(rte_pktmbuf_read(frame, 0, n, copy), expected, n)))
				abort();
			rte_pktmbuf_free(frame);
		}
	}
}

static void run_one_by_one(struct pipeline *p, struct input_frame *in, uint32_t n, uint8_t how)
{
	for (uint32_t i = 0; i < n; i++) {
		struct rte_mbuf *frame = make_frame(&in[i]);

		pipeline_run(p, in[i].r.port, &frame, 1);
		check_one(p, &in[i], how & 1);
	}
}

/* Frames of one port after another come in one burst. */
static void run_in_bursts(struct pipeline *p, struct input_frame *in, uint32_t n)
{
	struct rte_mbuf *burst[BURST_MAX];
	uint16_t k = 0;

	for (uint32_t i = 0; i < n; i++) {
		burst[k++] = make_frame(&in[i]);
		if (k < BURST_MAX && i + 1 < n && in[i + 1].r.port == in[i].r.port)
			continue;
		pipeline_run(p, in[i].r.port, burst, k);
		k = 0;
		for (uint32_t port = 0; port < RTE_DIM(ports); port++)
			pipeline_discard(p->ports[port]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct input_frame frames[FRAMES_MAX];
	static struct pipeline pipelines[STAGES_MAX];
	const struct stages *list[STAGES_MAX];
	unsigned int n_variants = stages_list(list);
	uint32_t n;

	if (size < 1)
		return 0;
	if (!pipeline_pool && pipeline_group_setup(NULL))
		abort();
	n = read_frames(data + 1, size - 1, frames);
	for (unsigned int v = 0; v < n_variants; v++) {
		struct pipeline *p = &pipelines[v];

		begin(p, list[v], data[0]);
		if (data[0] & 8)
			run_in_bursts(p, frames, n);
		else
			run_one_by_one(p, frames, n, data[0]);
		if (!pipeline_balances(p) ||
			rte_mempool_avail_count(pipeline_pool) != PIPELINE_BUFFERS)
			abort();
	}
	return 0;
}
