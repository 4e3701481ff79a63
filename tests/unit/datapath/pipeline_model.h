/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a bridge does to a frame, written down a second time: from the modes as an operator knows
 * them, byte by byte, without a thought of speed. Tests compare the pipeline with it.
 */
#ifndef TESTS_UNIT_DATAPATH_PIPELINE_MODEL_H
#define TESTS_UNIT_DATAPATH_PIPELINE_MODEL_H

#include "tests/unit/datapath/pipeline.h"

enum model_mode { MODEL_ACCESS, MODEL_TRUNK, MODEL_NATIVE_TAGGED, MODEL_NATIVE_UNTAGGED };

struct model_port {
	enum model_mode mode;
	uint16_t tag;
	bool all;          /* no list: every VLAN */
	uint16_t trunk[2]; /* the list */
	uint16_t mtu;
};

static inline bool model_carries(const struct model_port *p, uint16_t vid)
{
	if (vid == 4095)
		return false;
	if (p->mode == MODEL_ACCESS)
		return vid == p->tag;
	if (p->mode != MODEL_TRUNK && vid == p->tag)
		return true;
	return p->all || vid == p->trunk[0] || vid == p->trunk[1];
}

static inline struct vlan_conf model_conf(const struct model_port *p)
{
	struct vlan_conf c;

	switch (p->mode) {
	case MODEL_ACCESS:
		return vlan_access(p->tag);
	case MODEL_TRUNK:
		return p->all ? vlan_trunk_all() : vlan_trunk(p->trunk[0], p->trunk[1]);
	default:
		c = p->all ? vlan_trunk_all() : vlan_trunk(p->trunk[0], p->trunk[1]);
		vlan_set_add(&c.members, p->tag);
		c.pvid = p->tag;
		c.untagged_vid = p->mode == MODEL_NATIVE_TAGGED ? SNAPSHOT_NO_VID : p->tag;
		return c;
	}
}

static inline uint16_t model_be16(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

struct model_frame {
	const uint8_t *bytes;
	uint32_t length;
	uint32_t first; /* bytes in its first buffer */
	bool has_tag;
	uint16_t vid;
	uint16_t priority; /* PCP and DEI, in place */
};

/* Finds out about a frame that arrives at `in`. False with the reason if it may not enter. */
static inline bool model_admit(const struct model_port *in, bool forward_bpdu,
	struct model_frame *f, enum drop_reason *reason)
{
	static const uint8_t reserved[] = {0x01, 0x80, 0xc2, 0x00, 0x00};
	uint16_t tci = 0;

	*reason = DROP_MALFORMED;
	if (f->first < 14)
		return false;
	f->has_tag = model_be16(f->bytes + 12) == 0x8100;
	if (f->has_tag) {
		if (f->first < 18)
			return false;
		tci = model_be16(f->bytes + 14);
	}
	f->priority = tci & 0xf000;
	f->vid = tci & 0xfff;
	*reason = DROP_VLAN_INGRESS;
	if (f->vid && in->mode == MODEL_ACCESS)
		return false;
	if (!f->vid && in->mode != MODEL_TRUNK)
		f->vid = in->tag;
	if (!model_carries(in, f->vid))
		return false;
	*reason = DROP_RESERVED;
	return memcmp(f->bytes, reserved, 5) != 0 || f->bytes[5] > 15 || forward_bpdu;
}

/* Writes the frame as it leaves by `out`; returns its length. */
static inline uint32_t model_leave(
	const struct model_port *out, const struct model_frame *f, uint8_t *to)
{
	const uint32_t rest = f->has_tag ? 16 : 12;
	bool untagged = f->vid == out->tag &&
			(out->mode == MODEL_ACCESS || out->mode == MODEL_NATIVE_UNTAGGED);
	uint32_t n = 12;

	if (out->mode == MODEL_TRUNK)
		untagged = f->vid == 0;
	memcpy(to, f->bytes, 12);
	if (!untagged) {
		to[n++] = 0x81;
		to[n++] = 0x00;
		to[n++] = (uint8_t)((f->priority | f->vid) >> 8);
		to[n++] = (uint8_t)f->vid;
	}
	memcpy(to + n, f->bytes + rest, f->length - rest);
	return n + f->length - rest;
}

/* Tags that the switch itself added or left don't count. */
static inline bool model_fits(const struct model_port *out, const struct model_frame *f)
{
	return f->length - (f->has_tag ? 4 : 0) <= 14u + out->mtu;
}

#endif
