/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why a frame was not forwarded. Each frame that goes nowhere is counted under exactly one of
 * these, on the port that the second column names. A new reason is one line here; the reference
 * page is generated from it.
 */
#ifndef DATAPATH_DROP_H
#define DATAPATH_DROP_H

/* X(constant, "name", counted on, "what it means") */
#define DROP_REASONS(X)                                                                            \
	X(MALFORMED, "malformed", "in", "shorter than its headers say")                            \
	X(VLAN_INGRESS, "vlan-not-allowed", "in",                                                  \
		"the port doesn't admit the frame's VLAN, or tagged frames at all")                \
	X(RESERVED, "reserved-address", "in",                                                      \
		"sent to 01:80:c2:00:00:00-0f, which a bridge never forwards (IEEE 802.1Q 8.6.3)") \
	X(SAME_PORT, "same-port", "in", "the destination is on the port that it came from")        \
	X(NO_DESTINATION, "no-destination", "in", "no other port carries the frame's VLAN")        \
	X(NO_BUFFER, "no-buffer", "in", "no packet buffer was left for a copy")                    \
	X(LINK_DOWN, "link-down", "out", "the port has no link, or no guest is connected")         \
	X(MTU, "mtu-exceeded", "out", "longer than the port's MTU")                                \
	X(OFFLOAD, "offload-failed", "out",                                                        \
		"a checksum or a large segment could not be completed in software")                \
	X(TX_FULL, "tx-full", "out", "the transmit queue, or the guest's ring, was full")          \
	X(TX_UNDONE, "tx-undone", "out", "the kernel refused a frame that was queued for it")

enum drop_reason {
#define X(CONSTANT, NAME, WHERE, MEANING) DROP_##CONSTANT,
	DROP_REASONS(X)
#undef X
		DROP_N_REASONS
};

struct drop_info {
	const char *name;
	const char *where; /* "in" or "out": which port it is counted on */
	const char *meaning;
};

extern const struct drop_info drop_infos[DROP_N_REASONS];

#endif
