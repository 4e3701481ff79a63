/* SPDX-License-Identifier: Apache-2.0 */
#include "ofproto/vlan.h"

#include <errno.h>
#include <string.h>

static int parse_mode(
	const struct vlan_settings *settings, enum vlan_mode *mode, struct errmsg *err)
{
	static const char *const names[] = {
		[VLAN_ACCESS] = "access",
		[VLAN_TRUNK] = "trunk",
		[VLAN_NATIVE_TAGGED] = "native-tagged",
		[VLAN_NATIVE_UNTAGGED] = "native-untagged",
	};

	if (!settings->mode) {
		*mode = settings->tag >= 0 ? VLAN_ACCESS : VLAN_TRUNK;
		return 0;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!strcmp(settings->mode, names[i])) {
			*mode = (enum vlan_mode)i;
			return 0;
		}
	}
	return errmsg_set(err, ENOTSUP, "vlan_mode %s is not supported", settings->mode);
}

static void fill_trunks(const struct vlan_settings *settings, struct vlan_set *members)
{
	if (settings->n_trunks == 0)
		vlan_set_fill(members);
	for (size_t i = 0; i < settings->n_trunks; i++) {
		if (settings->trunks[i] >= 0 && settings->trunks[i] < VLAN_N)
			vlan_set_add(members, (uint16_t)settings->trunks[i]);
	}
}

static void remove_reserved(struct vlan_set *members)
{
	members->bits[VLAN_VID_RESERVED / 64] &= ~(1ull << VLAN_VID_RESERVED % 64);
}

int vlan_configure(const struct vlan_settings *settings, struct vlan_conf *conf, struct errmsg *err)
{
	uint16_t tag = settings->tag >= 0 ? (uint16_t)settings->tag : 0;
	enum vlan_mode mode = VLAN_TRUNK;
	int error;

	memset(conf, 0, sizeof(*conf));
	error = parse_mode(settings, &mode, err);
	if (error)
		return error;
	if (settings->tag >= VLAN_VID_RESERVED)
		return errmsg_set(err, EINVAL, "tag %d is reserved (IEEE 802.1Q)", settings->tag);
	if (mode == VLAN_ACCESS) {
		vlan_set_add(&conf->members, tag);
		conf->pvid = tag;
		conf->untagged_vid = tag;
		conf->refuse_tagged = true;
		return 0;
	}
	fill_trunks(settings, &conf->members);
	remove_reserved(&conf->members);
	if (mode == VLAN_TRUNK)
		return 0;
	vlan_set_add(&conf->members, tag);
	conf->pvid = tag;
	conf->untagged_vid = mode == VLAN_NATIVE_UNTAGGED ? tag : SNAPSHOT_NO_VID;
	return 0;
}
