/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/netlink.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>

#include "datapath/log.h"

LOG_MODULE("netlink");

static struct nl_sock *requests;
static struct nl_sock *events;
static void (*link_changed)(uint32_t ifindex, const char *name);

/* libnl keeps a number of its own instead of the kernel's; a positive errno. */
static int errno_of(int nl_error)
{
	static const struct {
		int nl;
		int error;
	} table[] = {
		{NLE_NODEV, ENODEV},
		{NLE_OBJ_NOTFOUND, ENODEV},
		{NLE_EXIST, EEXIST},
		{NLE_PERM, EPERM},
		{NLE_NOACCESS, EACCES},
		{NLE_BUSY, EBUSY},
		{NLE_NOMEM, ENOMEM},
		{NLE_RANGE, ERANGE},
		{NLE_OPNOTSUPP, EOPNOTSUPP},
		{NLE_NOADDR, EADDRNOTAVAIL},
		{NLE_AGAIN, EAGAIN},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (table[i].nl == -nl_error)
			return table[i].error;
	}
	return EINVAL;
}

static int failure(struct errmsg *err, int nl_error, uint32_t ifindex, const char *what)
{
	char name[IFNAMSIZ];

	if (!if_indextoname(ifindex, name))
		snprintf(name, sizeof(name), "%u", ifindex);
	return errmsg_set(err, errno_of(nl_error), "interface %s: %s failed: %s", name, what,
		nl_geterror(nl_error));
}

static int on_event(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *header = nlmsg_hdr(msg);
	const struct nlattr *name;
	const struct ifinfomsg *info;

	thread_role_assert(&role_control);
	if ((header->nlmsg_type != RTM_NEWLINK && header->nlmsg_type != RTM_DELLINK) ||
		!nlmsg_valid_hdr(header, sizeof(*info)))
		return NL_OK;
	info = nlmsg_data(header);
	name = nlmsg_find_attr(header, sizeof(*info), IFLA_IFNAME);
	if (link_changed && info->ifi_family == AF_UNSPEC)
		link_changed(info->ifi_index, name ? nla_get_string(name) : NULL);
	return NL_OK;
}

static int open_sockets(void)
{
	int ret;

	requests = nl_socket_alloc();
	events = nl_socket_alloc();
	if (!requests || !events)
		return -NLE_NOMEM;
	ret = nl_connect(requests, NETLINK_ROUTE);
	if (ret)
		return ret;
	nl_socket_disable_seq_check(events);
	ret = nl_socket_modify_cb(events, NL_CB_VALID, NL_CB_CUSTOM, on_event, NULL);
	if (!ret)
		ret = nl_connect(events, NETLINK_ROUTE);
	if (!ret)
		ret = nl_socket_set_nonblocking(events);
	if (!ret)
		ret = nl_socket_add_memberships(events, RTNLGRP_LINK, 0);
	return ret;
}

int netlink_init(struct errmsg *err)
{
	int ret = open_sockets();

	if (!ret)
		return 0;
	netlink_fini();
	return errmsg_set(err, errno_of(ret), "no netlink socket for the kernel's interfaces: %s",
		nl_geterror(ret));
}

void netlink_fini(void)
{
	nl_socket_free(requests);
	nl_socket_free(events);
	requests = events = NULL;
	link_changed = NULL;
}

int netlink_fd(void)
{
	return nl_socket_get_fd(events);
}

void netlink_handle(void)
{
	int ret;

	do
		ret = nl_recvmsgs_default(events);
	while (ret >= 0);
	if (ret == -NLE_AGAIN)
		return;
	log_limited(LOG_LEVEL_WARN, "news of interfaces were lost: %s", nl_geterror(ret));
	if (link_changed)
		link_changed(0, NULL);
}

void netlink_set_link_handler(void (*changed)(uint32_t ifindex, const char *name))
{
	link_changed = changed;
}

static void fill_link(struct rtnl_link *from, struct netlink_link *link)
{
	const struct nl_addr *mac = rtnl_link_get_addr(from);
	const char *kind = rtnl_link_get_type(from);
	unsigned int flags = rtnl_link_get_flags(from);

	*link = (struct netlink_link){
		.ifindex = rtnl_link_get_ifindex(from),
		.admin_up = flags & IFF_UP,
		.link_up = (flags & IFF_UP) && (flags & IFF_LOWER_UP),
		.mtu = rtnl_link_get_mtu(from),
	};
	snprintf(link->name, sizeof(link->name), "%s", rtnl_link_get_name(from));
	snprintf(link->kind, sizeof(link->kind), "%s", kind ? kind : "");
	if (mac && nl_addr_get_len(mac) == sizeof(link->mac))
		memcpy(&link->mac, nl_addr_get_binary_addr(mac), sizeof(link->mac));
}

int netlink_get_link(
	uint32_t ifindex, const char *name, struct netlink_link *link, struct errmsg *err)
{
	struct rtnl_link *found;
	int ret;

	ret = rtnl_link_get_kernel(requests, ifindex, ifindex ? NULL : name, &found);
	if (ret) {
		if (!ifindex && errno_of(ret) == ENODEV)
			return errmsg_set(err, ENODEV, "there is no interface %s", name);
		if (!ifindex)
			return errmsg_set(err, errno_of(ret), "interface %s: no look at it: %s",
				name, nl_geterror(ret));
		return failure(err, ret, ifindex, "looking at it");
	}
	fill_link(found, link);
	rtnl_link_put(found);
	return 0;
}

/* Applies what is set in `changes`, which is put. */
static int change_link(
	uint32_t ifindex, struct rtnl_link *changes, const char *what, struct errmsg *err)
{
	struct rtnl_link *orig = rtnl_link_alloc();
	int ret = -NLE_NOMEM;

	if (orig && changes) {
		rtnl_link_set_ifindex(orig, ifindex);
		ret = rtnl_link_change(requests, orig, changes, 0);
	}
	rtnl_link_put(orig);
	rtnl_link_put(changes);
	return ret ? failure(err, ret, ifindex, what) : 0;
}

int netlink_set_admin_up(uint32_t ifindex, bool up, struct errmsg *err)
{
	struct rtnl_link *changes = rtnl_link_alloc();

	if (changes && up)
		rtnl_link_set_flags(changes, IFF_UP);
	else if (changes)
		rtnl_link_unset_flags(changes, IFF_UP);
	return change_link(ifindex, changes, up ? "setting it up" : "setting it down", err);
}

int netlink_set_mac(uint32_t ifindex, const struct rte_ether_addr *mac, struct errmsg *err)
{
	struct nl_addr *addr = nl_addr_build(AF_LLC, mac->addr_bytes, sizeof(mac->addr_bytes));
	struct rtnl_link *changes = rtnl_link_alloc();

	if (!addr || !changes) {
		nl_addr_put(addr);
		rtnl_link_put(changes);
		return errmsg_set(err, ENOMEM, "no memory");
	}
	rtnl_link_set_addr(changes, addr);
	nl_addr_put(addr);
	return change_link(ifindex, changes, "setting its MAC address", err);
}

int netlink_set_mtu(uint32_t ifindex, uint32_t mtu, struct errmsg *err)
{
	struct rtnl_link *changes = rtnl_link_alloc();
	char what[32];

	snprintf(what, sizeof(what), "setting its MTU to %u", mtu);
	if (changes)
		rtnl_link_set_mtu(changes, mtu);
	return change_link(ifindex, changes, what, err);
}

static int change_address(uint32_t ifindex, const char *address, bool add, struct errmsg *err)
{
	struct rtnl_addr *object = rtnl_addr_alloc();
	struct nl_addr *local = NULL;
	char what[80];
	int ret;

	snprintf(what, sizeof(what), "%s the address %s", add ? "adding" : "removing", address);
	ret = object ? 0 : -NLE_NOMEM;
	if (!ret && nl_addr_parse(address, AF_INET, &local) &&
		nl_addr_parse(address, AF_INET6, &local))
		ret = -NLE_INVAL;
	if (!ret) {
		rtnl_addr_set_ifindex(object, (int)ifindex);
		ret = rtnl_addr_set_local(object, local);
	}
	if (!ret)
		ret = add ? rtnl_addr_add(requests, object, 0)
			  : rtnl_addr_delete(requests, object, 0);
	nl_addr_put(local);
	rtnl_addr_put(object);
	return ret ? failure(err, ret, ifindex, what) : 0;
}

int netlink_add_address(uint32_t ifindex, const char *address, struct errmsg *err)
{
	return change_address(ifindex, address, true, err);
}

int netlink_del_address(uint32_t ifindex, const char *address, struct errmsg *err)
{
	return change_address(ifindex, address, false, err);
}

int netlink_flush_addresses(uint32_t ifindex, struct errmsg *err)
{
	struct nl_cache *cache;
	int ret = rtnl_addr_alloc_cache(requests, &cache);

	if (ret)
		return failure(err, ret, ifindex, "listing its addresses");
	for (struct nl_object *o = nl_cache_get_first(cache); o && !ret; o = nl_cache_get_next(o)) {
		struct rtnl_addr *address = (struct rtnl_addr *)o;

		if (rtnl_addr_get_ifindex(address) != (int)ifindex ||
			rtnl_addr_get_scope(address) == RT_SCOPE_LINK)
			continue;
		ret = rtnl_addr_delete(requests, address, 0);
		if (ret == -NLE_NOADDR) /* a secondary one, gone with its primary */
			ret = 0;
	}
	nl_cache_free(cache);
	return ret ? failure(err, ret, ifindex, "removing its addresses") : 0;
}
