# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libdatapath.a
# The fast path is worth -O3; everything here may include DPDK's headers.
libdatapath_a_CFLAGS = $(AM_CFLAGS) $(DPDK_CFLAGS) $(NL_CFLAGS) $(PCAP_CFLAGS) -O3

# Each variant of the pipeline's stages is a library of its own; see stage.h.
stage_sources = \
	datapath/flood.c datapath/flood.h \
	datapath/stage.h \
	datapath/stage_egress.c \
	datapath/stage_forward.c \
	datapath/stage_ingress.c \
	datapath/stage_learn.c \
	datapath/stage_set.c

STAGE_VARIANTS =
if X86_64
noinst_LIBRARIES += libstages_v3.a libstages_v4.a
libstages_v3_a_SOURCES = $(stage_sources)
libstages_v3_a_CPPFLAGS = $(AM_CPPFLAGS) -DSTAGE_VARIANT=v3
libstages_v3_a_CFLAGS = $(libdatapath_a_CFLAGS) -march=x86-64-v3
libstages_v4_a_SOURCES = $(stage_sources)
libstages_v4_a_CPPFLAGS = $(AM_CPPFLAGS) -DSTAGE_VARIANT=v4
libstages_v4_a_CFLAGS = $(libdatapath_a_CFLAGS) -march=x86-64-v4
# They and libdatapath.a need each other.
STAGE_VARIANTS += libstages_v3.a libstages_v4.a libdatapath.a
endif

libdatapath_a_SOURCES = \
	datapath/bigmem.c datapath/bigmem.h \
	datapath/burst.h \
	datapath/clock.c datapath/clock.h \
	datapath/cpus.c datapath/cpus.h \
	datapath/datapath.c datapath/datapath.h \
	datapath/dpdk_log.c datapath/dpdk_log.h \
	datapath/drop.c datapath/drop.h \
	datapath/eal.c datapath/eal.h \
	datapath/egress_offload.c datapath/egress_offload.h \
	datapath/errmsg.c datapath/errmsg.h \
	datapath/ethtool.c datapath/ethtool.h \
	datapath/fdb.c datapath/fdb.h \
	datapath/frame.c datapath/frame.h \
	datapath/kernel_fd.c datapath/kernel_fd.h \
	datapath/kernel_io.c datapath/kernel_io.h \
	datapath/kernel_io_port.h \
	datapath/kernel_io_thread.c datapath/kernel_io_thread.h \
	datapath/log.c datapath/log.h \
	datapath/netlink.c datapath/netlink.h \
	datapath/packet_fd.c datapath/packet_fd.h \
	datapath/pktpool.c datapath/pktpool.h \
	datapath/port.c datapath/port.h \
	datapath/port_ethdev.c datapath/port_ethdev.h \
	datapath/port_ethdev_setup.c \
	datapath/port_kernel.c datapath/port_kernel.h \
	datapath/port_vhost.c datapath/port_vhost.h \
	datapath/port_vhost_device.c \
	datapath/port_vhost_offload.c datapath/port_vhost_offload.h \
	datapath/port_vhost_status.c \
	datapath/rcu.c datapath/rcu.h \
	datapath/snapshot.c datapath/snapshot.h \
	$(stage_sources) \
	datapath/stages.c \
	datapath/tap_fd.c datapath/tap_fd.h \
	datapath/thread_role.c datapath/thread_role.h \
	datapath/tx.c datapath/tx.h \
	datapath/udp_split.c datapath/udp_split.h \
	datapath/vlan_set.h \
	datapath/vnet_hdr.c datapath/vnet_hdr.h \
	datapath/worker.c datapath/worker.h
