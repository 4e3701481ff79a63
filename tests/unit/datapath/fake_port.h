/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A port back end in memory: what is sent stays in a list for the test to look at. It says what a
 * port can be said to do: have no link, no room, or the ability to finish checksums.
 */
#ifndef TESTS_UNIT_DATAPATH_FAKE_PORT_H
#define TESTS_UNIT_DATAPATH_FAKE_PORT_H

#include <stdio.h>
#include <stdlib.h>

#include "datapath/port.h"

#define FAKE_PORT_QUEUE 4096

struct fake_port {
	struct port port;
	struct rte_mbuf *sent[FAKE_PORT_QUEUE];
	uint32_t n_sent;
	uint32_t next; /* the first that the test has not taken yet */
	uint32_t room; /* frames that it accepts in all */
};

static inline struct fake_port *fake_port(struct port *port)
{
	return (struct fake_port *)port;
}

static inline uint16_t fake_port_tx(
	struct port *port, uint16_t worker, struct rte_mbuf **frames, uint16_t n)
{
	struct fake_port *p = fake_port(port);
	uint16_t accepted = RTE_MIN(n, p->room - p->n_sent);

	for (uint16_t i = 0; i < accepted; i++)
		p->sent[p->n_sent++] = frames[i];
	return accepted;
}

static inline const struct port_ops *fake_port_ops(void)
{
	static const struct port_ops ops = {.name = "fake", .tx = fake_port_tx};

	return &ops;
}

static inline struct fake_port *fake_port_create(uint16_t index)
{
	struct fake_port *p = calloc(1, sizeof(*p));

	if (!p)
		abort();
	p->port.ops = fake_port_ops();
	snprintf(p->port.name, sizeof(p->port.name), "fake%u", index);
	p->port.index = index;
	p->port.link_up = true;
	p->room = FAKE_PORT_QUEUE;
	return p;
}

/* The next frame that was sent, which is the caller's, or NULL. */
static inline struct rte_mbuf *fake_port_take(struct fake_port *p)
{
	struct rte_mbuf *frame = p->next < p->n_sent ? p->sent[p->next++] : NULL;

	if (p->next == p->n_sent)
		p->next = p->n_sent = 0;
	return frame;
}

static inline void fake_port_destroy(struct fake_port *p)
{
	struct rte_mbuf *frame;

	while (p && (frame = fake_port_take(p)))
		rte_pktmbuf_free(frame);
	free(p);
}

#endif
