/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's network interfaces over rtnetlink: look, change, be told of changes.
 *
 * Control only. A request is answered by the kernel before the call returns; it waits for nothing
 * else. Interfaces are named by their index, which a rename doesn't change; they are those of the
 * network namespace in which netlink_init() ran. Every failure has its reason in *err.
 */
#ifndef DATAPATH_NETLINK_H
#define DATAPATH_NETLINK_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include <rte_ether.h>

#include "datapath/errmsg.h"
#include "datapath/thread_role.h"

struct netlink_link {
	uint32_t ifindex;
	char name[IFNAMSIZ];
	char kind[16]; /* "veth", "tun", ...; empty for hardware */
	bool admin_up;
	bool link_up; /* up, and with a carrier */
	struct rte_ether_addr mac;
	uint32_t mtu;
};

/* 0 or -errno. Once, in the network namespace that is meant. */
int netlink_init(struct errmsg *err) ON_CONTROL;
void netlink_fini(void) ON_CONTROL;

/* Readable when an interface changed: then call netlink_handle(). */
int netlink_fd(void) ON_CONTROL;

/* Calls the handler once for each change that waits. */
void netlink_handle(void) ON_CONTROL;

/* `changed` is told which interface came, went or changed, NULL and 0 when news were lost and
 * anything may have changed. It asks netlink_get_link() how it stands. */
void netlink_set_link_handler(void (*changed)(uint32_t ifindex, const char *name)) ON_CONTROL;

/* Looks up by `ifindex`, or by `name` when that is 0. -ENODEV when there is none. */
int netlink_get_link(uint32_t ifindex, const char *name, struct netlink_link *link,
	struct errmsg *err) ON_CONTROL;

int netlink_set_admin_up(uint32_t ifindex, bool up, struct errmsg *err) ON_CONTROL;
int netlink_set_mac(
	uint32_t ifindex, const struct rte_ether_addr *mac, struct errmsg *err) ON_CONTROL;
int netlink_set_mtu(uint32_t ifindex, uint32_t mtu, struct errmsg *err) ON_CONTROL;

/* `address` is "192.0.2.1/24" or "2001:db8::1/64". -EEXIST, -EADDRNOTAVAIL. */
int netlink_add_address(uint32_t ifindex, const char *address, struct errmsg *err) ON_CONTROL;
int netlink_del_address(uint32_t ifindex, const char *address, struct errmsg *err) ON_CONTROL;

/* Removes all addresses of the interface but IPv6's link-local ones. */
int netlink_flush_addresses(uint32_t ifindex, struct errmsg *err) ON_CONTROL;

#endif
