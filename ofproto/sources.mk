# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libofproto.a
libofproto_a_CFLAGS = $(AM_CFLAGS) $(DPDK_CFLAGS)
libofproto_a_SOURCES =
