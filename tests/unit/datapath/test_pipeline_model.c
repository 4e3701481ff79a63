/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/datapath/pipeline_model.h"

#include "tests/unit/datapath/pipeline_test.h"

#define TRIALS 120
#define BURSTS 12
#define LENGTH_MAX 700
#define ADDRESSES 12

/* What the model expects of a port after a burst. */
struct expected {
	uint8_t bytes[BURST_MAX][LENGTH_MAX + 4];
	uint32_t length[BURST_MAX];
	uint32_t n;
};

struct trial {
	struct pipeline p;
	struct model_port port[PIPELINE_PORTS];
	struct expected out[PIPELINE_PORTS];
	struct port_stats stats[PIPELINE_PORTS];
	uint16_t known[VLAN_N][ADDRESSES + 3]; /* port + 1; 0: unknown */
	bool forward_bpdu;
	uint64_t random;
};

static uint32_t draw(struct trial *t, uint32_t n)
{
	t->random ^= t->random << 13;
	t->random ^= t->random >> 7;
	t->random ^= t->random << 17;
	return (uint32_t)(t->random >> 33) % n;
}

static uint16_t draw_vid(struct trial *t)
{
	static const uint16_t vids[] = {0, 1, 2, 3, 63, 64, 4094};

	return vids[draw(t, RTE_DIM(vids))];
}

static void begin_trial(struct trial *t, const struct stages *stages, uint64_t seed)
{
	static const uint16_t mtus[] = {68, 300, 1500};
	uint32_t n;

	memset(t, 0, sizeof(*t));
	t->random = seed * 0x9e3779b97f4a7c15ull + 1;
	t->forward_bpdu = draw(t, 2);
	pipeline_begin(&t->p, stages, t->forward_bpdu);
	n = 2 + draw(t, PIPELINE_PORTS - 1);
	for (uint32_t i = 0; i < n; i++) {
		struct model_port *m = &t->port[i];
		struct fake_port *port;

		*m = (struct model_port){.mode = (enum model_mode)draw(t, 4),
			.tag = draw_vid(t),
			.all = draw(t, 2),
			.trunk = {draw_vid(t), draw_vid(t)},
			.mtu = mtus[draw(t, RTE_DIM(mtus))]};
		port = pipeline_add_port_mtu(&t->p, model_conf(m), m->mtu);
		port->port.link_up = draw(t, 8) > 0;
		port->room = draw(t, 6) ? FAKE_PORT_QUEUE : draw(t, 8);
	}
	pipeline_ready(&t->p);
}

/* Addresses by number: unicast ones, then everybody, a group, and a reserved one. */
static void put_address(uint8_t *to, uint32_t n)
{
	static const uint8_t groups[3][6] = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
		{0x01, 0x00, 0x5e, 0x00, 0x00, 0x01}, {0x01, 0x80, 0xc2, 0x00, 0x00, 0x0e}};
	const uint8_t unicast[6] = {0x02, 0x80, 0xc2, 0x00, 0x00, (uint8_t)n};

	memcpy(to, n < ADDRESSES ? unicast : groups[n - ADDRESSES], 6);
}

static struct rte_mbuf *draw_frame(
	struct trial *t, uint8_t *bytes, struct model_frame *f, uint32_t *dst, uint32_t *src)
{
	uint32_t n = 12, further = draw(t, 2) ? 0 : 1 + draw(t, 300);
	uint32_t first = draw(t, 3) ? 0 : 10 + draw(t, 300);
	struct rte_mbuf *frame;

	*dst = draw(t, ADDRESSES + 3);
	*src = draw(t, draw(t, 4) ? ADDRESSES : ADDRESSES + 3);
	put_address(bytes, *dst);
	put_address(bytes + 6, *src);
	for (uint32_t tags = draw(t, 3); tags > 0; tags--) {
		uint16_t vid = draw(t, 12) ? draw_vid(t) : 4095;
		bool c_tag = draw(t, 8) > 0;
		uint16_t tci = (uint16_t)((draw(t, 2) ? draw(t, 16) << 12 : 0) | vid);

		bytes[n++] = c_tag ? 0x81 : 0x88;
		bytes[n++] = c_tag ? 0x00 : 0xa8;
		bytes[n++] = (uint8_t)(tci >> 8);
		bytes[n++] = (uint8_t)tci;
	}
	for (uint32_t end = n + 2 + draw(t, draw(t, 2) ? 60 : 600); n < end; n++)
		bytes[n] = (uint8_t)draw(t, 256);
	if (draw(t, 10) == 0)
		n = draw(t, 20);
	frame = pipeline_chain(bytes, n, first, further);
	*f = (struct model_frame){.bytes = bytes, .length = n, .first = frame->data_len};
	return frame;
}

static void expect_out(struct trial *t, uint32_t out, const struct model_frame *f)
{
	const struct fake_port *port = t->p.ports[out];
	struct expected *e = &t->out[out];
	struct port_stats *stats = &t->stats[out];

	if (!model_fits(&t->port[out], f)) {
		stats->drops[DROP_MTU]++;
	} else if (!port->port.link_up) {
		stats->drops[DROP_LINK_DOWN]++;
	} else if (e->n == port->room) {
		stats->drops[DROP_TX_FULL]++;
	} else {
		e->length[e->n] = model_leave(&t->port[out], f, e->bytes[e->n]);
		stats->tx_packets++;
		stats->tx_bytes += e->length[e->n++];
	}
}

static void expect_flood(struct trial *t, uint32_t in, const struct model_frame *f)
{
	uint32_t n = 0;

	for (uint32_t out = 0; out < t->p.n_ports; out++) {
		if (out == in || !model_carries(&t->port[out], f->vid) ||
			!t->p.ports[out]->port.link_up)
			continue;
		expect_out(t, out, f);
		n++;
	}
	if (n)
		t->stats[in].copies += n - 1;
	else
		t->stats[in].drops[DROP_NO_DESTINATION]++;
}

static void expect_frame(struct trial *t, uint32_t in, const struct model_frame *f, uint32_t dst)
{
	uint32_t known = dst < ADDRESSES ? t->known[f->vid][dst] : 0;

	if (known == in + 1)
		t->stats[in].drops[DROP_SAME_PORT]++;
	else if (known)
		expect_out(t, known - 1, f);
	else
		expect_flood(t, in, f);
}

static void run_burst(struct trial *t)
{
	static uint8_t bytes[BURST_MAX][LENGTH_MAX];
	struct rte_mbuf *frames[BURST_MAX];
	struct model_frame f[BURST_MAX];
	uint32_t dst[BURST_MAX], src;
	bool admitted[BURST_MAX];
	uint32_t in = draw(t, t->p.n_ports), n = 1 + draw(t, BURST_MAX);

	for (uint32_t i = 0; i < n; i++) {
		enum drop_reason reason;

		frames[i] = draw_frame(t, bytes[i], &f[i], &dst[i], &src);
		t->stats[in].rx_packets++;
		t->stats[in].rx_bytes += f[i].length;
		admitted[i] = model_admit(&t->port[in], t->forward_bpdu, &f[i], &reason);
		if (!admitted[i])
			t->stats[in].drops[reason]++;
		else if (src < ADDRESSES)
			t->known[f[i].vid][src] = (uint16_t)(in + 1);
	}
	/* A burst's addresses are all learned before its frames are forwarded. */
	for (uint32_t i = 0; i < n; i++) {
		if (admitted[i])
			expect_frame(t, in, &f[i], dst[i]);
	}
	pipeline_run(&t->p, (uint16_t)in, frames, (uint16_t)n);
}

static void compare(struct trial *t)
{
	static uint8_t copy[LENGTH_MAX + 4];

	for (uint32_t i = 0; i < t->p.n_ports; i++) {
		struct expected *e = &t->out[i];

		for (uint32_t k = 0; k < e->n; k++) {
			struct rte_mbuf *frame = fake_port_take(t->p.ports[i]);

			assert_non_null(frame);
			rte_mbuf_sanity_check(frame, 1);
			assert_int_equal(frame->pkt_len, e->length[k]);
			assert_memory_equal(rte_pktmbuf_read(frame, 0, e->length[k], copy),
				e->bytes[k], e->length[k]);
			rte_pktmbuf_free(frame);
		}
		e->n = 0;
		expect_nothing(&t->p, i);
		assert_memory_equal(&t->p.worker->port_stats[i], &t->stats[i], sizeof(t->stats[i]));
	}
}

static void pipeline_does_what_the_model_says(void **state)
{
	static struct trial t;

	for (uint64_t seed = 1; seed <= TRIALS; seed++) {
		begin_trial(&t, *state, seed);
		for (int i = 0; i < BURSTS; i++) {
			run_burst(&t);
			compare(&t);
		}
		assert_true(pipeline_balances(&t.p));
		assert_int_equal(pipeline_end(&t.p), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pipeline_does_what_the_model_says),
	};

	return run_with_each_variant(tests, RTE_DIM(tests));
}
