# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libdatapath.a
# The fast path is worth -O3; everything here may include DPDK's headers.
libdatapath_a_CFLAGS = $(AM_CFLAGS) $(DPDK_CFLAGS) $(NL_CFLAGS) $(PCAP_CFLAGS) -O3
libdatapath_a_SOURCES = \
	datapath/errmsg.c datapath/errmsg.h \
	datapath/log.c datapath/log.h \
	datapath/pktpool.c datapath/pktpool.h \
	datapath/port.c datapath/port.h \
	datapath/rcu.c datapath/rcu.h \
	datapath/thread_role.c datapath/thread_role.h
