/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/port_kernel.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_malloc.h>

#include "datapath/ethtool.h"
#include "datapath/kernel_io.h"
#include "datapath/log.h"
#include "datapath/netlink.h"
#include "datapath/packet_fd.h"
#include "datapath/port.h"
#include "datapath/tap_fd.h"

LOG_MODULE("port_kernel");

struct kernel_port {
	struct port port;
	struct kernel_io *io; /* workers use this one */
	bool tap;
	int fd; /* -1: the interface is gone */
	char ifname[IFNAMSIZ];
	struct rte_ether_addr mac; /* zero: what the interface has; so is the MTU */
	uint16_t mtu;
	struct netlink_link link; /* as last seen; ifindex 0: not there */
	uint32_t link_resets;
	struct errmsg reason;  /* why there is no link; empty when nothing is wrong */
	uint64_t socket_drops; /* of this socket and those before it */
	struct kernel_port *next;
};

static struct kernel_port *first_port; /* all that are open */

static struct kernel_port *kernel_port(struct port *port)
{
	return (struct kernel_port *)port;
}

/* As the kernel has it, and no '%', with which it would make up a name. */
static bool name_is_valid(const char *name)
{
	size_t len = name ? strlen(name) : 0;

	if (!len || len >= IFNAMSIZ || !strcmp(name, ".") || !strcmp(name, ".."))
		return false;
	for (size_t i = 0; i < len; i++) {
		if (isspace((unsigned char)name[i]) || strchr("/:%", name[i]))
			return false;
	}
	return true;
}

static void collect_drops(struct kernel_port *port) ON_CONTROL
{
	if (!port->tap && port->fd >= 0)
		port->socket_drops += packet_fd_drops(port->fd);
}

static void detach(struct kernel_port *port) ON_CONTROL
{
	if (port->fd < 0)
		return;
	(void)kernel_io_set_fd(port->io, -1, NULL);
	collect_drops(port);
	close(port->fd);
	port->fd = -1;
}

/* The descriptor of the interface as it stands now, or -errno. Fills port->link. */
static int open_fd(struct kernel_port *port, struct errmsg *err) ON_CONTROL
{
	int fd = -1;
	int ret;

	if (port->tap) {
		fd = tap_fd_make(port->ifname, err);
		if (fd < 0)
			return fd;
	}
	ret = netlink_get_link(0, port->ifname, &port->link, err);
	if (!ret && !port->tap && !port->link.admin_up)
		ret = netlink_set_admin_up(port->link.ifindex, true, err);
	if (!ret && !port->tap)
		return packet_fd_open(port->link.ifindex, port->ifname, err);
	if (!ret)
		return fd;
	if (port->tap)
		close(fd);
	return ret;
}

static int configure(struct kernel_port *port, struct errmsg *err) ON_CONTROL
{
	uint32_t ifindex = port->link.ifindex;
	int ret = 0;

	if (!rte_is_zero_ether_addr(&port->mac) &&
		!rte_is_same_ether_addr(&port->mac, &port->link.mac))
		ret = netlink_set_mac(ifindex, &port->mac, err);
	if (!ret && port->mtu && port->mtu != port->link.mtu)
		ret = netlink_set_mtu(ifindex, port->mtu, err);
	return ret ? ret : netlink_get_link(ifindex, NULL, &port->link, err);
}

static int attach(struct kernel_port *port, struct errmsg *err) ON_CONTROL
{
	int ret = open_fd(port, err);

	if (ret < 0)
		return ret;
	port->fd = ret;
	ret = configure(port, err);
	if (!ret) {
		ret = kernel_io_set_fd(
			port->io, port->fd, port->tap ? &tap_fd_ops : &packet_fd_ops);
		if (ret)
			(void)errmsg_set(
				err, -ret, "%s can't be watched: %s", port->ifname, strerror(-ret));
	}
	if (ret)
		detach(port);
	return ret;
}

static void say_link(struct kernel_port *port) ON_CONTROL
{
	atomic_store(&port->port.link_up, port->link.link_up);
}

static void destroy(struct kernel_port *port) ON_CONTROL
{
	detach(port);
	kernel_io_destroy(port->io);
	rte_free(port);
}

static int kernel_open(
	const struct port_args *args, struct port **out, struct errmsg *err) ON_CONTROL
{
	struct kernel_port *port;
	int ret;

	if (!name_is_valid(args->ifname))
		return errmsg_set(err, EINVAL, "'%s' can't be the name of an interface",
			args->ifname ? args->ifname : "");
	ret = kernel_io_start(err);
	if (ret)
		return ret;
	port = rte_zmalloc("port_kernel", sizeof(*port), RTE_CACHE_LINE_SIZE);
	if (!port)
		return errmsg_set(err, ENOMEM, "no memory for the port %s", args->ifname);
	port->port.ops = &port_kernel_ops;
	snprintf(port->port.name, sizeof(port->port.name), "%s", args->name);
	snprintf(port->ifname, sizeof(port->ifname), "%s", args->ifname);
	port->port.n_rxq = 1;
	port->port.tx_caps = PORT_TX_CSUM | PORT_TX_TSO4 | PORT_TX_TSO6;
	port->tap = args->make_tap;
	port->mac = args->mac;
	port->mtu = args->mtu;
	port->fd = -1;
	port->io = kernel_io_create(&port->port);
	if (!port->io) {
		rte_free(port);
		return errmsg_set(err, ENOMEM, "no memory for the rings of %s", args->ifname);
	}
	ret = attach(port, err);
	if (ret) {
		destroy(port);
		return ret;
	}
	say_link(port);
	port->next = first_port;
	first_port = port;
	*out = &port->port;
	return 0;
}

static void kernel_close(struct port *p) ON_CONTROL
{
	struct kernel_port *port = kernel_port(p);
	struct kernel_port **at = &first_port;

	while (*at != port)
		at = &(*at)->next;
	*at = port->next;
	destroy(port);
}

static int kernel_set_mac(
	struct port *p, const struct rte_ether_addr *mac, struct errmsg *err) ON_CONTROL
{
	struct kernel_port *port = kernel_port(p);
	int ret;

	if (!port->link.ifindex)
		return errmsg_set(err, ENODEV, "%s", port->reason.text);
	ret = netlink_set_mac(port->link.ifindex, mac, err);
	if (!ret)
		port->mac = port->link.mac = *mac;
	return ret;
}

static int kernel_set_mtu(struct port *p, uint16_t mtu, struct errmsg *err) ON_CONTROL
{
	struct kernel_port *port = kernel_port(p);
	int ret;

	if (!port->link.ifindex)
		return errmsg_set(err, ENODEV, "%s", port->reason.text);
	ret = netlink_set_mtu(port->link.ifindex, mtu, err);
	if (!ret)
		port->mtu = mtu;
	return ret;
}

static void kernel_get_status(struct port *p, struct port_status *status) ON_CONTROL
{
	struct kernel_port *port = kernel_port(p);
	struct ethtool_info info = {0};
	int error = kernel_io_error(port->io);

	*status = (struct port_status){
		.admin_up = port->link.admin_up,
		.link_up = port->link.link_up && !error,
		.link_resets = port->link_resets,
		.mac = port->link.mac,
		.mtu = port->link.mtu,
		.ifindex = port->link.ifindex,
	};
	if (port->link.ifindex)
		ethtool_get_info(port->link.name, &info);
	status->link_speed = info.link_speed;
	status->full_duplex = info.full_duplex;
	port_status_add(status, "driver_name", "%s",
		info.driver[0] ? info.driver : (port->tap ? "tun" : "packet"));
	if (info.driver_version[0])
		port_status_add(status, "driver_version", "%s", info.driver_version);
	if (info.firmware_version[0])
		port_status_add(status, "firmware_version", "%s", info.firmware_version);
	if (port->reason.text[0])
		port_status_add(status, "status", "%s", port->reason.text);
	else if (error)
		port_status_add(
			status, "status", "no frames from %s: %s", port->ifname, strerror(error));
}

static void kernel_get_counters(struct port *p, struct port_counters *counters) ON_CONTROL
{
	struct kernel_port *port = kernel_port(p);

	kernel_io_get_counters(port->io, counters);
	collect_drops(port);
	counters->rx_missed += port->socket_drops;
}

static uint16_t kernel_rx(
	struct port *p, uint16_t queue, struct rte_mbuf **frames, uint16_t n) ON_WORKER
{
	return kernel_io_rx(kernel_port(p)->io, frames, n);
}

static uint16_t kernel_tx(
	struct port *p, uint16_t worker, struct rte_mbuf **frames, uint16_t n) ON_WORKER
{
	return kernel_io_tx(kernel_port(p)->io, frames, n);
}

static void refresh_tap(struct kernel_port *port) ON_CONTROL
{
	char name[IFNAMSIZ]; /* it may have been renamed */
	int ret;

	if (port->fd < 0)
		return;
	port->reason.text[0] = '\0';
	ret = tap_fd_ifname(port->fd, name);
	if (!ret)
		ret = netlink_get_link(0, name, &port->link, &port->reason);
	if (ret == -EXDEV) {
		/* Its frames still pass, so to the switch the link is as it was. */
		port->link.ifindex = 0;
		(void)errmsg_set(
			&port->reason, EXDEV, "%s is in another network namespace", port->ifname);
	} else if (ret) {
		detach(port);
		port->link = (struct netlink_link){0};
		(void)errmsg_set(&port->reason, ENODEV,
			"%s was deleted by someone else; delete and add the port to make it again",
			port->ifname);
	}
}

static void refresh_packet(struct kernel_port *port) ON_CONTROL
{
	uint32_t ifindex = port->link.ifindex;
	int ret;

	port->reason.text[0] = '\0';
	port->link = (struct netlink_link){0};
	ret = netlink_get_link(0, port->ifname, &port->link, &port->reason);
	if (!ret && port->link.ifindex == ifindex && port->fd >= 0 && !kernel_io_error(port->io))
		return;
	detach(port);
	if (!ret)
		ret = attach(port, &port->reason);
	if (ret)
		port->link.link_up = false;
}

static void refresh(struct kernel_port *port) ON_CONTROL
{
	struct netlink_link before = port->link;
	struct errmsg reason = port->reason;

	if (port->tap)
		refresh_tap(port);
	else
		refresh_packet(port);
	if (strcmp(reason.text, port->reason.text) != 0) {
		if (port->reason.text[0])
			log_warn("port %s: %s", port->port.name, port->reason.text);
		else
			log_info("port %s: %s is back", port->port.name, port->ifname);
	}
	say_link(port);
	if (port->link.link_up != before.link_up)
		port->link_resets++;
	if (memcmp(&before, &port->link, sizeof(before)) != 0 ||
		strcmp(reason.text, port->reason.text) != 0)
		port_notify(&port->port);
}

/* A tap that went to another network namespace may come back under any name and index. */
static bool is_concerned(const struct kernel_port *port, uint32_t ifindex, const char *name)
{
	return !port->link.ifindex || port->link.ifindex == ifindex ||
	       (name && !strcmp(name, port->ifname));
}

static void on_link_change(uint32_t ifindex, const char *name)
{
	thread_role_assert(&role_control);
	for (struct kernel_port *port = first_port; port; port = port->next) {
		if (!ifindex || is_concerned(port, ifindex, name))
			refresh(port);
	}
}

void port_kernel_init(void)
{
	netlink_set_link_handler(on_link_change);
}

void port_kernel_fini(void)
{
	netlink_set_link_handler(NULL);
	kernel_io_stop();
}

const struct port_ops port_kernel_ops = {
	.name = "kernel",
	.open = kernel_open,
	.close = kernel_close,
	.set_mac = kernel_set_mac,
	.set_mtu = kernel_set_mtu,
	.get_status = kernel_get_status,
	.get_counters = kernel_get_counters,
	.rx = kernel_rx,
	.tx = kernel_tx,
};
