/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The VLAN modes of a port (columns vlan_mode, tag and trunks), expressed as the four facts that
 * the datapath works with. Pure; any thread.
 *
 * | mode            | untagged frames are in | tagged may enter | leaves untagged | members       |
 * | access          | tag                    | no               | tag             | tag           |
 * | trunk           | VLAN 0                 | yes              | VLAN 0          | trunks        |
 * | native-tagged   | tag                    | yes              | nothing         | trunks + tag  |
 * | native-untagged | tag                    | yes              | tag             | trunks + tag  |
 *
 * No trunks means all VLANs. A frame with VID 0 is untagged but for its priority. VID 4095 is
 * reserved (IEEE 802.1Q table 9-2) and a member nowhere.
 */
#ifndef OFPROTO_VLAN_H
#define OFPROTO_VLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "datapath/errmsg.h"
#include "datapath/snapshot.h"

enum vlan_mode { VLAN_ACCESS, VLAN_TRUNK, VLAN_NATIVE_TAGGED, VLAN_NATIVE_UNTAGGED };

#define VLAN_VID_RESERVED 4095

/* What an operator says about a port. */
struct vlan_settings {
	const char *mode; /* the column's value; NULL: follows from `tag` */
	int tag;          /* -1: not set */
	const int64_t *trunks;
	size_t n_trunks;
};

/* Fills *conf. 0 or -errno with the reason; then *conf lets nothing through. */
int vlan_configure(
	const struct vlan_settings *settings, struct vlan_conf *conf, struct errmsg *err);

#endif
