/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last step: frames gather by port while a burst is worked on, and go out with one call for
 * each port. Whatever is given to tx_enqueue() is sent, or freed and counted on that port.
 * Worker threads.
 */
#ifndef DATAPATH_TX_H
#define DATAPATH_TX_H

#include <rte_mbuf.h>

#include "datapath/snapshot.h"
#include "datapath/worker.h"

/* What is left to do on a frame that a port may not be able to take as it is. */
#define TX_WORK (RTE_MBUF_F_TX_L4_MASK | RTE_MBUF_F_TX_TCP_SEG)

/* Calls the port for the frames that wait for it. */
void tx_flush_port(struct worker *worker, const struct snap_port *port) ON_WORKER;

/* Calls all ports for which frames wait. */
void tx_flush(struct worker *worker, const struct snapshot *snapshot) ON_WORKER;

/* Enqueues a frame that has TX_WORK; finishes in software what the port can't. */
void tx_enqueue_finished(struct worker *worker, const struct snap_port *port,
	struct rte_mbuf *frame, uint32_t tag_len) ON_WORKER;

/* Drops a frame for `reason`, counted on port `index`. */
static inline void tx_drop(struct worker *worker, uint16_t index, enum drop_reason reason,
	struct rte_mbuf *frame) ON_WORKER
{
	worker->port_stats[index].drops[reason]++;
	rte_pktmbuf_free(frame);
}

/* The port's stage with room for `n` frames more, at most WORKER_BURST. The caller may put them
 * there and adjust its counts. */
static inline struct tx_stage *tx_room(
	struct worker *worker, const struct snap_port *port, unsigned int n) ON_WORKER
{
	struct tx_stage *stage = &worker->tx_stages[port->index];

	if (!stage->is_pending) {
		stage->is_pending = true;
		worker->pending[worker->n_pending++] = port->index;
	}
	if (unlikely(stage->n + n > WORKER_BURST))
		tx_flush_port(worker, port);
	return stage;
}

static inline void tx_stage_frame(
	struct worker *worker, const struct snap_port *port, struct rte_mbuf *frame) ON_WORKER
{
	struct tx_stage *stage = tx_room(worker, port, 1);

	stage->frames[stage->n++] = frame;
	stage->bytes += frame->pkt_len;
}

/* Enqueues a frame, tagged as it leaves; `tag_len` bytes of its length are the tag's. */
static inline void tx_enqueue(struct worker *worker, const struct snap_port *port,
	struct rte_mbuf *frame, uint32_t tag_len) ON_WORKER
{
	if (unlikely(frame->ol_flags & TX_WORK)) {
		tx_enqueue_finished(worker, port, frame, tag_len);
		return;
	}
	if (unlikely(frame->pkt_len - tag_len > port->max_frame)) {
		tx_drop(worker, port->index, DROP_MTU, frame);
		return;
	}
	tx_stage_frame(worker, port, frame);
}

#endif
