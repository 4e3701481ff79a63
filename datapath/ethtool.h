/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernel tells of an interface's driver and wire, by ethtool's ioctl. Any thread.
 */
#ifndef DATAPATH_ETHTOOL_H
#define DATAPATH_ETHTOOL_H

#include <stdbool.h>
#include <stdint.h>

struct ethtool_info {
	char driver[32]; /* empty: unknown, as what follows */
	char driver_version[32];
	char firmware_version[32];
	char bus_info[32];
	uint64_t link_speed; /* bit/s; 0: unknown */
	bool full_duplex;
};

/* Fills what is known of the interface `ifname` and leaves the rest zero. */
void ethtool_get_info(const char *ifname, struct ethtool_info *info);

#endif
