/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include <rte_bus.h>
#include <rte_dev.h>
#include <rte_devargs.h>
#include <rte_errno.h>

#include "datapath/dpdk_log.h"
#include "datapath/log.h"
#include "datapath/pktpool.h"
#include "datapath/port_ethdev.h"

LOG_MODULE("port_ethdev");

#define DESC_DEFAULT 1024

/* -errno with DPDK's own words where it has some. Some drivers return -1 for any reason. */
static int dpdk_error(struct errmsg *err, int error, const char *what)
{
	const char *reason = dpdk_log_captured();

	error = error == -1 ? EIO : -error;
	return errmsg_set(err, error, "%s: %s", what, reason ? reason : rte_strerror(error));
}

static bool ethdev_of(const char *name, uint16_t *id)
{
	return rte_eth_dev_get_port_by_name(name, id) == 0;
}

static int probe(
	const char *devargs, const struct rte_devargs *parsed, uint16_t *id, struct errmsg *err)
{
	int error;

	if (rte_eth_dev_count_total() >= RTE_MAX_ETHPORTS)
		return errmsg_set(err, ENOSPC,
			"DPDK is built for %d devices and all are in use; remove a port of type "
			"dpdk or afxdp",
			RTE_MAX_ETHPORTS);
	dpdk_log_capture_begin();
	error = rte_dev_probe(devargs);
	if (error)
		return dpdk_error(err, error, "the device can't be attached");
	if (!ethdev_of(parsed->name, id)) {
		rte_eal_hotplug_remove(rte_bus_name(parsed->bus), parsed->name);
		return errmsg_set(err, ENODEV, "'%s' is not a network device", parsed->name);
	}
	return 0;
}

static int own(uint16_t id, const char *port_name, struct errmsg *err)
{
	struct rte_eth_dev_owner owner;
	int error;

	error = rte_eth_dev_owner_get(id, &owner);
	if (!error && owner.id != RTE_ETH_DEV_NO_OWNER)
		return errmsg_set(
			err, EBUSY, "the device is in use by port %s already", owner.name);
	if (!error)
		error = rte_eth_dev_owner_new(&owner.id);
	snprintf(owner.name, sizeof(owner.name), "%s", port_name);
	if (!error)
		error = rte_eth_dev_owner_set(id, &owner);
	return error ? dpdk_error(err, error, "the device can't be claimed") : 0;
}

int port_ethdev_attach(const char *devargs, const char *port_name, uint16_t *id, struct errmsg *err)
{
	struct rte_devargs parsed = {0};
	int error;

	dpdk_log_capture_begin();
	error = rte_devargs_parse(&parsed, devargs);
	if (error)
		return errmsg_set(err, EINVAL,
			"'%s' is neither the PCI address of a device nor a known virtual device",
			devargs);
	if (!ethdev_of(parsed.name, id))
		error = probe(devargs, &parsed, id, err);
	rte_devargs_reset(&parsed);
	return error ? error : own(*id, port_name, err);
}

void port_ethdev_detach(uint16_t id)
{
	struct rte_eth_dev_info info;
	uint16_t sibling;
	int error;

	if (rte_eth_dev_info_get(id, &info))
		info.device = NULL;
	error = rte_eth_dev_close(id);
	if (error)
		log_warn("device %u doesn't close: %s", id, rte_strerror(-error));
	if (!info.device)
		return;
	/* A PCI function may carry several ports; it goes with the last. */
	RTE_ETH_FOREACH_DEV_OF(sibling, info.device)
	return;
	error = rte_dev_remove(info.device);
	if (error && error != -ENOENT)
		log_warn("a device can't be removed: %s", rte_strerror(-error));
}

static void choose_offloads(struct port_ethdev *p, struct rte_eth_conf *conf, uint32_t *tx_caps)
{
	const uint64_t csum = RTE_ETH_TX_OFFLOAD_TCP_CKSUM | RTE_ETH_TX_OFFLOAD_UDP_CKSUM;
	const uint64_t tso = RTE_ETH_TX_OFFLOAD_TCP_TSO | RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
	uint64_t can = p->info.tx_offload_capa;

	*tx_caps = 0;
	conf->txmode.offloads = can & RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
	if ((can & csum) == csum) {
		conf->txmode.offloads |= csum;
		*tx_caps |= PORT_TX_CSUM;
		if ((can & tso) == tso) {
			conf->txmode.offloads |= tso | (can & RTE_ETH_TX_OFFLOAD_IPV4_CKSUM);
			p->tso_ip_cksum = can & RTE_ETH_TX_OFFLOAD_IPV4_CKSUM;
			*tx_caps |= PORT_TX_TSO4 | PORT_TX_TSO6;
		}
	}
	p->tx_prepare = *tx_caps != 0;
}

static int configure(struct port_ethdev *p, const struct port_args *args, uint16_t n_rxq,
	uint32_t *tx_caps, struct errmsg *err)
{
	struct rte_eth_conf conf = {0};
	int error;

	p->mtu = args->mtu;
	if (!p->mtu) {
		p->mtu = PORT_MTU_DEFAULT;
		if (p->info.max_mtu)
			p->mtu = RTE_MIN(p->mtu, p->info.max_mtu);
	}
	if (p->info.max_mtu && p->mtu > p->info.max_mtu)
		return errmsg_set(err, EINVAL, "MTU %u is more than the device's %u", p->mtu,
			p->info.max_mtu);
	conf.rxmode.mtu = p->mtu;
	/* Only where needed: it costs some devices their fastest receive function. */
	if (p->mtu + RTE_ETHER_HDR_LEN + 2 * RTE_VLAN_HLEN > PKTPOOL_DATA_SIZE)
		conf.rxmode.offloads |= p->info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_SCATTER;
	p->scatter = conf.rxmode.offloads & RTE_ETH_RX_OFFLOAD_SCATTER;
	if (n_rxq > 1 && p->info.flow_type_rss_offloads) {
		conf.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
		conf.rx_adv_conf.rss_conf.rss_hf =
			(RTE_ETH_RSS_IP | RTE_ETH_RSS_TCP | RTE_ETH_RSS_UDP) &
			p->info.flow_type_rss_offloads;
	}
	choose_offloads(p, &conf, tx_caps);
	p->lsc = *p->info.dev_flags & RTE_ETH_DEV_INTR_LSC;
	conf.intr_conf.lsc = p->lsc;
	dpdk_log_capture_begin();
	error = rte_eth_dev_configure(p->id, n_rxq, p->n_txq, &conf);
	if (error)
		return dpdk_error(err, error, "the device can't be configured");
	return 0;
}

static int setup_queues(
	struct port_ethdev *p, const struct port_args *args, uint16_t n_rxq, struct errmsg *err)
{
	uint16_t n_rxd = args->n_rxq_desc ? args->n_rxq_desc : DESC_DEFAULT;
	uint16_t n_txd = args->n_txq_desc ? args->n_txq_desc : DESC_DEFAULT;
	int socket = rte_eth_dev_socket_id(p->id);
	int error;

	dpdk_log_capture_begin();
	error = rte_eth_dev_adjust_nb_rx_tx_desc(p->id, &n_rxd, &n_txd);
	if (error)
		return dpdk_error(err, error, "the queue sizes don't suit the device");
	for (uint16_t q = 0; q < n_rxq; q++) {
		error = rte_eth_rx_queue_setup(p->id, q, n_rxd, socket, NULL, pktpool_get(socket));
		if (error)
			return dpdk_error(err, error, "a receive queue can't be set up");
	}
	for (uint16_t q = 0; q < p->n_txq; q++) {
		error = rte_eth_tx_queue_setup(p->id, q, n_txd, socket, NULL);
		if (error)
			return dpdk_error(err, error, "a transmit queue can't be set up");
	}
	return 0;
}

int port_ethdev_set_mac(struct port_ethdev *p, const struct rte_ether_addr *mac, struct errmsg *err)
{
	struct rte_ether_addr addr = *mac;
	int error;

	dpdk_log_capture_begin();
	error = rte_eth_dev_default_mac_addr_set(p->id, &addr);
	return error ? dpdk_error(err, error, "the device doesn't take the MAC address") : 0;
}

int port_ethdev_start(struct port_ethdev *p, const struct port_args *args, struct errmsg *err)
{
	uint32_t tx_caps;
	int error;

	p->n_rxq_wanted = RTE_MAX(args->n_rxq, 1);
	p->n_rxq = RTE_MIN(p->n_rxq_wanted, p->info.max_rx_queues);
	error = configure(p, args, p->n_rxq, &tx_caps, err);
	if (error)
		return error;
	error = setup_queues(p, args, p->n_rxq, err);
	if (error)
		return error;
	if (!rte_is_zero_ether_addr(&args->mac))
		error = port_ethdev_set_mac(p, &args->mac, err);
	if (error)
		return error;
	dpdk_log_capture_begin();
	error = rte_eth_dev_start(p->id);
	if (error)
		return dpdk_error(err, error, "the device can't be started");
	/* A switch wants every frame; a device that knows no filter refuses and passes all. */
	error = rte_eth_promiscuous_enable(p->id);
	if (error && error != -ENOTSUP)
		log_warn("%s: promiscuous mode can't be set: %s", args->name, rte_strerror(-error));
	error = rte_eth_allmulticast_enable(p->id);
	if (error && error != -ENOTSUP)
		log_warn("%s: all-multicast mode can't be set: %s", args->name,
			rte_strerror(-error));
	atomic_store(&p->port.tx_caps, tx_caps);
	port_ethdev_update_link(p);
	atomic_store(&p->port.n_rxq, p->n_rxq);
	return 0;
}
