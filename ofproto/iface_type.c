/* SPDX-License-Identifier: Apache-2.0 */
#include "ofproto/iface_type.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUEUES_MAX 1024
#define DESCRIPTORS_MAX 32768

/* Reads a whole number from 1 to `max`; 0 where the option isn't set. */
static int get_number(const struct string_map *options, const char *key, long max, uint16_t *number,
	struct errmsg *err)
{
	const char *text = string_map_get(options, key);
	char *end;
	long n;

	*number = 0;
	if (!text)
		return 0;
	errno = 0;
	n = strtol(text, &end, 10);
	if (errno || end == text || *end || n < 1 || n > max)
		return errmsg_set(err, EINVAL, "options:%s is '%s', not a number from 1 to %ld",
			key, text, max);
	*number = (uint16_t)n;
	return 0;
}

static int fill_vhost_client(const struct string_map *options, const char *rundir,
	struct port_args *args, char path[IFACE_PATH_SIZE], struct errmsg *err)
{
	const char *given = string_map_get(options, "vhost-server-path");

	if (!given || !*given)
		return errmsg_set(err, EINVAL,
			"options:vhost-server-path is missing: the socket at which the guest's "
			"QEMU listens");
	if (strlen(given) >= IFACE_PATH_SIZE)
		return errmsg_set(err, ENAMETOOLONG,
			"options:vhost-server-path is longer than %d bytes", IFACE_PATH_SIZE - 1);
	args->path = given;
	return 0;
}

static int fill_vhost_server(const struct string_map *options, const char *rundir,
	struct port_args *args, char path[IFACE_PATH_SIZE], struct errmsg *err)
{
	int n = snprintf(path, IFACE_PATH_SIZE, "%s/vhost/%s", rundir, args->name);

	/* It would lead out of the directory, where a stale socket is removed. */
	if (strchr(args->name, '/'))
		return errmsg_set(
			err, EINVAL, "the name of a dpdkvhostuser interface can't have a '/'");
	if (n < 0 || n >= IFACE_PATH_SIZE)
		return errmsg_set(err, ENAMETOOLONG, "%s/vhost/%s is too long for a socket", rundir,
			args->name);
	args->path = path;
	args->server = true;
	return 0;
}

static int fill_dpdk(const struct string_map *options, const char *rundir, struct port_args *args,
	char path[IFACE_PATH_SIZE], struct errmsg *err)
{
	int error;

	args->devargs = string_map_get(options, "dpdk-devargs");
	if (!args->devargs || !*args->devargs)
		return errmsg_set(err, EINVAL,
			"options:dpdk-devargs is missing: a PCI address, or a virtual device with "
			"its arguments");
	error = get_number(options, "n_rxq", QUEUES_MAX, &args->n_rxq, err);
	if (!error)
		error = get_number(options, "n_rxq_desc", DESCRIPTORS_MAX, &args->n_rxq_desc, err);
	if (!error)
		error = get_number(options, "n_txq_desc", DESCRIPTORS_MAX, &args->n_txq_desc, err);
	return error;
}

static int fill_tap(const struct string_map *options, const char *rundir, struct port_args *args,
	char path[IFACE_PATH_SIZE], struct errmsg *err)
{
	args->ifname = args->name;
	args->make_tap = true;
	return 0;
}

static int fill_system(const struct string_map *options, const char *rundir, struct port_args *args,
	char path[IFACE_PATH_SIZE], struct errmsg *err)
{
	args->ifname = args->name;
	return 0;
}

static const struct iface_type all_types[] = {
	{"dpdk", &port_ethdev_ops, fill_dpdk},
	{"dpdkvhostuser", &port_vhost_ops, fill_vhost_server},
	{"dpdkvhostuserclient", &port_vhost_ops, fill_vhost_client},
	{"internal", &port_kernel_ops, fill_tap},
	{"system", &port_kernel_ops, fill_system},
	{"tap", &port_kernel_ops, fill_tap},
};

const struct iface_type *iface_type_find(const char *name)
{
	if (!*name)
		name = "system";
	for (size_t i = 0; i < RTE_DIM(all_types); i++) {
		if (!strcmp(all_types[i].name, name))
			return &all_types[i];
	}
	return NULL;
}

size_t iface_type_list(const struct iface_type **types)
{
	*types = all_types;
	return RTE_DIM(all_types);
}
