/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/port_ethdev.h"

#include <errno.h>
#include <stdlib.h>

#include <rte_bus.h>
#include <rte_dev.h>
#include <rte_version.h>

#include "datapath/dpdk_log.h"
#include "datapath/pktpool.h"
#include "datapath/rcu.h"

static struct port_ethdev *ethdev_of_port(struct port *port)
{
	return (struct port_ethdev *)port;
}

static bool read_link(uint16_t id, struct rte_eth_link *link)
{
	memset(link, 0, sizeof(*link));
	return !rte_eth_link_get_nowait(id, link) && link->link_status == RTE_ETH_LINK_UP;
}

void port_ethdev_update_link(struct port_ethdev *p)
{
	struct rte_eth_link link;
	bool up = read_link(p->id, &link);

	/* Without a report, a link that came back would be noticed late: the device decides. */
	atomic_store(&p->port.link_up, up || !p->lsc);
	if (atomic_exchange(&p->last_link_up, up) != up)
		atomic_fetch_add(&p->link_resets, 1);
}

/* On DPDK's interrupt thread. */
static int link_changed(uint16_t id, enum rte_eth_event_type event, void *arg, void *unused)
{
	port_ethdev_update_link(arg);
	port_notify(arg);
	return 0;
}

static void ON_CONTROL ethdev_set_workers(struct port *port, uint16_t n)
{
	struct port_ethdev *p = ethdev_of_port(port);
	bool shared = n > p->n_txq;

	atomic_store(&p->tx_shared, shared);
	atomic_store(&p->tx_plain, !shared && !p->tx_prepare);
}

static int ON_CONTROL open_device(
	struct port_ethdev **out, uint16_t id, const struct port_args *args, struct errmsg *err)
{
	struct rte_eth_dev_info info;
	struct port_ethdev *p;
	uint16_t n_workers = args->n_workers ? args->n_workers : RCU_READERS_MAX, n_txq;
	int error;

	error = rte_eth_dev_info_get(id, &info);
	if (error)
		return errmsg_set(err, -error, "the device says nothing about itself: %s",
			rte_strerror(-error));
	n_txq = RTE_MIN(n_workers, info.max_tx_queues);
	p = aligned_alloc(RTE_CACHE_LINE_SIZE,
		RTE_ALIGN(sizeof(*p) + n_txq * sizeof(p->tx_locks[0]), RTE_CACHE_LINE_SIZE));
	if (!p)
		return errmsg_set(err, ENOMEM, "out of memory");
	memset(p, 0, sizeof(*p));
	p->port.ops = &port_ethdev_ops;
	snprintf(p->port.name, sizeof(p->port.name), "%s", args->name);
	p->id = id;
	p->info = info;
	p->n_txq = n_txq;
	for (uint16_t q = 0; q < n_txq; q++)
		rte_spinlock_init(&p->tx_locks[q]);
	error = port_ethdev_start(p, args, err);
	if (error) {
		free(p);
		return error;
	}
	ethdev_set_workers(&p->port, n_workers);
	*out = p;
	return 0;
}

static int ON_CONTROL ethdev_open(
	const struct port_args *args, struct port **port, struct errmsg *err)
{
	struct port_ethdev *p = NULL;
	uint16_t id;
	int error;

	if (!args->devargs || !args->devargs[0])
		return errmsg_set(err, EINVAL, "options:dpdk-devargs is missing");
	error = port_ethdev_attach(args->devargs, args->name, &id, err);
	if (!error) {
		error = open_device(&p, id, args, err);
		if (error)
			port_ethdev_detach(id);
	}
	dpdk_log_capture_end();
	if (!p)
		return error;
	if (p->lsc)
		rte_eth_dev_callback_register(id, RTE_ETH_EVENT_INTR_LSC, link_changed, &p->port);
	*port = &p->port;
	return 0;
}

static void ON_CONTROL ethdev_close(struct port *port)
{
	struct port_ethdev *p = ethdev_of_port(port);

	if (p->lsc) {
		/* It says -EAGAIN while the callback runs, which is short. */
		while (rte_eth_dev_callback_unregister(
			       p->id, RTE_ETH_EVENT_INTR_LSC, link_changed, port) == -EAGAIN)
			rte_pause();
	}
	rte_eth_dev_stop(p->id);
	port_ethdev_detach(p->id);
	free(p);
}

static int ON_CONTROL ethdev_set_mac(
	struct port *port, const struct rte_ether_addr *mac, struct errmsg *err)
{
	int error = port_ethdev_set_mac(ethdev_of_port(port), mac, err);

	dpdk_log_capture_end();
	return error;
}

static int ON_CONTROL ethdev_set_mtu(struct port *port, uint16_t mtu, struct errmsg *err)
{
	struct port_ethdev *p = ethdev_of_port(port);
	int error;

	if (p->info.max_mtu && mtu > p->info.max_mtu)
		return errmsg_set(
			err, EINVAL, "MTU %u is more than the device's %u", mtu, p->info.max_mtu);
	if ((p->info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_SCATTER) && !p->scatter &&
		mtu + RTE_ETHER_HDR_LEN + 2 * RTE_VLAN_HLEN > PKTPOOL_DATA_SIZE)
		return errmsg_set(
			err, EBUSY, "the device must be opened anew for an MTU of %u", mtu);
	dpdk_log_capture_begin();
	error = rte_eth_dev_set_mtu(p->id, mtu);
	dpdk_log_capture_end();
	/* A device without the operation has no limit of its own. */
	if (error && error != -ENOTSUP)
		return errmsg_set(err, -error, "the device doesn't take an MTU of %u: %s", mtu,
			dpdk_log_captured() ? dpdk_log_captured() : rte_strerror(-error));
	p->mtu = mtu;
	return 0;
}

static void get_link(struct port_ethdev *p, struct port_status *status)
{
	struct rte_eth_link link;

	status->link_up = read_link(p->id, &link);
	status->full_duplex = link.link_duplex == RTE_ETH_LINK_FULL_DUPLEX;
	if (link.link_speed != RTE_ETH_SPEED_NUM_UNKNOWN)
		status->link_speed = link.link_speed * 1000000ull;
	if (!p->lsc)
		port_ethdev_update_link(p);
	status->link_resets = atomic_load(&p->link_resets);
}

static void ON_CONTROL ethdev_get_status(struct port *port, struct port_status *status)
{
	struct port_ethdev *p = ethdev_of_port(port);
	char firmware[64];

	*status = (struct port_status){.admin_up = true, .mtu = p->mtu};
	get_link(p, status);
	rte_eth_macaddr_get(p->id, &status->mac);
	status->ifindex = p->info.if_index;
	port_status_add(status, "driver_name", "%s", p->info.driver_name);
	port_status_add(status, "if_descr", "%s %s", rte_version(), p->info.driver_name);
	/* ethernetCsmacd of the IANA's interface types */
	port_status_add(status, "if_type", "6");
	if (p->info.device)
		port_status_add(status, "bus_info", "bus_name=%s, %s",
			rte_bus_name(rte_dev_bus(p->info.device)), rte_dev_name(p->info.device));
	if (!rte_eth_dev_fw_version_get(p->id, firmware, sizeof(firmware)))
		port_status_add(status, "firmware_version", "%s", firmware);
	port_status_add(status, "port_no", "%u", p->id);
	port_status_add(status, "numa_id", "%d", rte_eth_dev_socket_id(p->id));
	port_status_add(status, "n_rxq", "%u", p->n_rxq);
	if (p->n_rxq_wanted != p->n_rxq)
		port_status_add(status, "requested_rx_queues", "%u", p->n_rxq_wanted);
	port_status_add(status, "n_txq", "%u", p->n_txq);
	port_status_add(status, "min_rx_bufsize", "%u", p->info.min_rx_bufsize);
	port_status_add(status, "max_rx_pktlen", "%u", p->info.max_rx_pktlen);
	port_status_add(status, "max_rx_queues", "%u", p->info.max_rx_queues);
	port_status_add(status, "max_tx_queues", "%u", p->info.max_tx_queues);
	port_status_add(status, "max_mac_addrs", "%u", p->info.max_mac_addrs);
}

static void ON_CONTROL ethdev_get_counters(struct port *port, struct port_counters *counters)
{
	struct port_ethdev *p = ethdev_of_port(port);
	struct rte_eth_stats stats = {0};

	rte_eth_stats_get(p->id, &stats);
	*counters = (struct port_counters){
		.rx_missed = stats.imissed + stats.rx_nombuf,
		.rx_errors = stats.ierrors,
		.tx_undone =
			stats.oerrors + atomic_load_explicit(&p->tx_undone, memory_order_relaxed),
	};
}

static uint16_t ethdev_rx(struct port *port, uint16_t queue, struct rte_mbuf **frames, uint16_t n)
{
	return rte_eth_rx_burst(ethdev_of_port(port)->id, queue, frames, n);
}

/* Makes large segments fit for the device, which writes to their headers: a shared one is copied.
 * Where the device makes checksums of IPv4 headers, it demands to make those of the segments. How
 * many frames are fit. */
static uint16_t prepare_tso(const struct port_ethdev *p, struct rte_mbuf **frames, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *m = frames[i];

		if (!(m->ol_flags & RTE_MBUF_F_TX_TCP_SEG))
			continue;
		if (!RTE_MBUF_DIRECT(m) || rte_mbuf_refcnt_read(m) > 1) {
			frames[i] = rte_pktmbuf_copy(m, m->pool, 0, UINT32_MAX);
			if (!frames[i]) {
				frames[i] = m;
				return i;
			}
			rte_pktmbuf_free(m);
		}
		m = frames[i];
		if (p->tso_ip_cksum && (m->ol_flags & RTE_MBUF_F_TX_IPV4))
			m->ol_flags |= RTE_MBUF_F_TX_IP_CKSUM;
	}
	return n;
}

static uint16_t tx_prepared(
	struct port_ethdev *p, uint16_t queue, struct rte_mbuf **frames, uint16_t n)
{
	uint16_t sent = 0, ready, done;
	uint64_t flags = 0;

	for (uint16_t i = 0; i < n; i++)
		flags |= frames[i]->ol_flags;
	if (!(flags & (RTE_MBUF_F_TX_L4_MASK | RTE_MBUF_F_TX_TCP_SEG)))
		return rte_eth_tx_burst(p->id, queue, frames, n);
	if (flags & RTE_MBUF_F_TX_TCP_SEG)
		n = prepare_tso(p, frames, n);
	while (sent < n) {
		ready = rte_eth_tx_prepare(p->id, queue, frames + sent, n - sent);
		done = rte_eth_tx_burst(p->id, queue, frames + sent, ready);
		sent += done;
		if (done < ready)
			break;
		if (sent < n) {
			rte_pktmbuf_free(frames[sent++]);
			atomic_fetch_add_explicit(&p->tx_undone, 1, memory_order_relaxed);
		}
	}
	return sent;
}

static uint16_t tx_any(struct port_ethdev *p, uint16_t worker, struct rte_mbuf **frames, uint16_t n)
{
	uint16_t queue = worker;

	if (!p->n_txq)
		return 0;
	if (!atomic_load_explicit(&p->tx_shared, memory_order_relaxed))
		return tx_prepared(p, queue, frames, n);
	queue %= p->n_txq;
	rte_spinlock_lock(&p->tx_locks[queue]);
	if (p->tx_prepare)
		n = tx_prepared(p, queue, frames, n);
	else
		n = rte_eth_tx_burst(p->id, queue, frames, n);
	rte_spinlock_unlock(&p->tx_locks[queue]);
	return n;
}

static uint16_t ethdev_tx(struct port *port, uint16_t worker, struct rte_mbuf **frames, uint16_t n)
{
	struct port_ethdev *p = ethdev_of_port(port);

	if (likely(atomic_load_explicit(&p->tx_plain, memory_order_relaxed)))
		return rte_eth_tx_burst(p->id, worker, frames, n);
	return tx_any(p, worker, frames, n);
}

const struct port_ops port_ethdev_ops = {
	.name = "ethdev",
	.open = ethdev_open,
	.close = ethdev_close,
	.set_mac = ethdev_set_mac,
	.set_mtu = ethdev_set_mtu,
	.set_workers = ethdev_set_workers,
	.get_status = ethdev_get_status,
	.get_counters = ethdev_get_counters,
	.rx = ethdev_rx,
	.tx = ethdev_tx,
};
