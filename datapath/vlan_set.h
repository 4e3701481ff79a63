/* SPDX-License-Identifier: Apache-2.0 */
/* A set of VLAN identifiers, 0 to 4095. Pure; any thread. */
#ifndef DATAPATH_VLAN_SET_H
#define DATAPATH_VLAN_SET_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define VLAN_N 4096
#define VLAN_VID_MASK 0xfff
#define VLAN_TPID 0x8100 /* IEEE 802.1Q C-tag */
#define VLAN_TAG_LEN 4

struct vlan_set {
	uint64_t bits[VLAN_N / 64];
};

static inline bool vlan_set_has(const struct vlan_set *set, uint16_t vid)
{
	return set->bits[vid / 64] >> (vid % 64) & 1;
}

static inline void vlan_set_add(struct vlan_set *set, uint16_t vid)
{
	set->bits[vid / 64] |= 1ull << (vid % 64);
}

static inline void vlan_set_clear(struct vlan_set *set)
{
	memset(set->bits, 0, sizeof(set->bits));
}

static inline void vlan_set_fill(struct vlan_set *set)
{
	memset(set->bits, 0xff, sizeof(set->bits));
}

static inline bool vlan_set_equal(const struct vlan_set *a, const struct vlan_set *b)
{
	return !memcmp(a, b, sizeof(*a));
}

#endif
