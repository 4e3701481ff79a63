/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/ethtool.h"

#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/ethtool.h>
#include <linux/sockios.h>

#define LINK_MODE_WORDS 127 /* an int8_t says how many the kernel has */

static int ask(int fd, const char *ifname, void *question)
{
	struct ifreq ifr = {.ifr_data = question};

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", ifname);
	return ioctl(fd, SIOCETHTOOL, &ifr);
}

static void get_driver(int fd, const char *ifname, struct ethtool_info *info)
{
	struct ethtool_drvinfo drv = {.cmd = ETHTOOL_GDRVINFO};

	if (ask(fd, ifname, &drv))
		return;
	snprintf(info->driver, sizeof(info->driver), "%s", drv.driver);
	snprintf(info->driver_version, sizeof(info->driver_version), "%s", drv.version);
	snprintf(info->firmware_version, sizeof(info->firmware_version), "%s", drv.fw_version);
	snprintf(info->bus_info, sizeof(info->bus_info), "%s", drv.bus_info);
}

static void get_speed(int fd, const char *ifname, struct ethtool_info *info)
{
	union {
		struct ethtool_link_settings settings;
		uint8_t space[sizeof(struct ethtool_link_settings) + 3 * 4 * LINK_MODE_WORDS];
	} link = {.settings = {.cmd = ETHTOOL_GLINKSETTINGS}};
	int8_t words;

	/* The first question is answered with the number of words, negative. */
	if (ask(fd, ifname, &link))
		return;
	words = link.settings.link_mode_masks_nwords;
	if (words >= 0)
		return;
	memset(&link, 0, sizeof(link));
	link.settings.cmd = ETHTOOL_GLINKSETTINGS;
	link.settings.link_mode_masks_nwords = (int8_t)-words;
	if (ask(fd, ifname, &link))
		return;
	if (link.settings.speed != (uint32_t)SPEED_UNKNOWN)
		info->link_speed = link.settings.speed * UINT64_C(1000000);
	info->full_duplex = link.settings.duplex == DUPLEX_FULL;
}

void ethtool_get_info(const char *ifname, struct ethtool_info *info)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	*info = (struct ethtool_info){0};
	if (fd < 0)
		return;
	get_driver(fd, ifname, info);
	get_speed(fd, ifname, info);
	close(fd);
}
