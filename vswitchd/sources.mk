# SPDX-License-Identifier: Apache-2.0
# libovsdb: the data model and the engine, pure C on JSON values; vswitch-ctl links it too.
noinst_LIBRARIES += libovsdb.a
libovsdb_a_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
libovsdb_a_SOURCES =

# libvswitchd: everything of the daemon but main().
noinst_LIBRARIES += libvswitchd.a
libvswitchd_a_CFLAGS = $(AM_CFLAGS) $(DPDK_CFLAGS) $(JANSSON_CFLAGS) $(EVENT_CFLAGS)
libvswitchd_a_SOURCES =

sbin_PROGRAMS += vswitchd/vswitchd
vswitchd_vswitchd_SOURCES = vswitchd/main.c
vswitchd_vswitchd_CFLAGS = $(libvswitchd_a_CFLAGS)
vswitchd_vswitchd_LDADD = $(VSWITCHD_LIBS)
