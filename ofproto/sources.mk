# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libofproto.a
libofproto_a_CFLAGS = $(AM_CFLAGS) $(DPDK_CFLAGS)
libofproto_a_SOURCES = \
	ofproto/bridge.c ofproto/bridge.h \
	ofproto/iface.c \
	ofproto/iface_type.c ofproto/iface_type.h \
	ofproto/string_map.c ofproto/string_map.h \
	ofproto/vlan.c ofproto/vlan.h \
	ofproto/vswitch.c ofproto/vswitch.h
