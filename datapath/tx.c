/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/tx.h"

#include "datapath/egress_offload.h"

static void ON_WORKER drop_all(struct worker *w, uint16_t index, enum drop_reason reason,
	struct rte_mbuf **frames, uint16_t n)
{
	w->port_stats[index].drops[reason] += n;
	rte_pktmbuf_free_bulk(frames, n);
}

/* Sends `n` frames of `bytes` in all, and counts what the port did with them. */
static void ON_WORKER send(struct worker *w, const struct snap_port *port, struct rte_mbuf **frames,
	uint16_t n, uint32_t bytes)
{
	struct port_stats *stats = &w->port_stats[port->index];
	uint16_t sent;

	if (unlikely(!atomic_load_explicit(&port->port->link_up, memory_order_relaxed))) {
		drop_all(w, port->index, DROP_LINK_DOWN, frames, n);
		return;
	}
	sent = port->port->ops->tx(port->port, w->index, frames, n);
	for (uint16_t i = sent; unlikely(i < n); i++)
		bytes -= frames[i]->pkt_len;
	if (unlikely(sent < n))
		drop_all(w, port->index, DROP_TX_FULL, frames + sent, n - sent);
	stats->tx_packets += sent;
	stats->tx_bytes += bytes;
}

void tx_flush_port(struct worker *w, const struct snap_port *port)
{
	struct tx_stage *stage = &w->tx_stages[port->index];

	if (stage->n)
		send(w, port, stage->frames, stage->n, stage->bytes);
	stage->n = 0;
	stage->bytes = 0;
}

void tx_flush(struct worker *w, const struct snapshot *snapshot)
{
	for (uint16_t i = 0; i < w->n_pending; i++) {
		uint16_t port = w->pending[i];

		w->tx_stages[port].is_pending = false;
		tx_flush_port(w, snapshot->ports[port]);
	}
	w->n_pending = 0;
}

/* What the port's other side must be able to do to take the frame as it is. */
static uint32_t needed_caps(uint64_t ol_flags)
{
	if (ol_flags & RTE_MBUF_F_TX_TCP_SEG)
		return PORT_TX_CSUM | (ol_flags & RTE_MBUF_F_TX_IPV6 ? PORT_TX_TSO6 : PORT_TX_TSO4);
	return PORT_TX_CSUM;
}

/* The longest frame on the wire that the frame is or will be cut into. */
static uint32_t wire_length(const struct rte_mbuf *frame)
{
	if (frame->ol_flags & RTE_MBUF_F_TX_TCP_SEG)
		return frame->l2_len + frame->l3_len + frame->l4_len + frame->tso_segsz;
	return frame->pkt_len;
}

/* Sends the frames that a large segment was cut into, after what waits already; they count as the
 * one frame that they were, sent when all of them were. */
static void ON_WORKER send_segments(struct worker *w, const struct snap_port *port,
	struct rte_mbuf **frames, uint16_t n, uint32_t bytes)
{
	struct port_stats *stats = &w->port_stats[port->index];
	uint16_t sent = 0, accepted;

	tx_flush_port(w, port);
	do {
		uint16_t burst = RTE_MIN(n - sent, WORKER_BURST);

		accepted = port->port->ops->tx(port->port, w->index, frames + sent, burst);
		sent += accepted;
	} while (accepted && sent < n);
	if (sent == n) {
		stats->tx_packets++;
		stats->tx_bytes += bytes;
	} else {
		stats->drops[DROP_TX_FULL]++;
		rte_pktmbuf_free_bulk(frames + sent, n - sent);
	}
}

static void ON_WORKER finish(
	struct worker *w, const struct snap_port *port, uint32_t caps, struct rte_mbuf *frame)
{
	struct rte_mbuf *out[EGRESS_OFFLOAD_MAX];
	uint32_t bytes = frame->pkt_len;
	int n = egress_offload_finish(frame, caps, out, EGRESS_OFFLOAD_MAX);

	if (n < 0)
		tx_drop(w, port->index, DROP_OFFLOAD, frame);
	else if (n == 1)
		tx_stage_frame(w, port, out[0]);
	else
		send_segments(w, port, out, (uint16_t)n, bytes);
}

void tx_enqueue_finished(
	struct worker *w, const struct snap_port *port, struct rte_mbuf *frame, uint32_t tag_len)
{
	uint32_t caps = atomic_load_explicit(&port->port->tx_caps, memory_order_relaxed);
	uint32_t needed = needed_caps(frame->ol_flags);

	if (wire_length(frame) - tag_len > port->max_frame)
		tx_drop(w, port->index, DROP_MTU, frame);
	else if (unlikely(!atomic_load_explicit(&port->port->link_up, memory_order_relaxed)))
		tx_drop(w, port->index, DROP_LINK_DOWN, frame);
	else if ((caps & needed) == needed && !egress_offload_is_ours(frame))
		tx_stage_frame(w, port, frame);
	else
		finish(w, port, caps, frame);
}
