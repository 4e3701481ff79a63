#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A guest with 802.1Q sub-interfaces on a trunk reaches a guest on an access port and the host on
# another; a guest on a third VLAN, with an address of the same network, reaches none of them.
. "$(dirname "$0")/../lib/env.sh"
. "$lib/netns.sh"
. "$lib/guest.sh"
need_root

ns_create host
daemon_in host
start_daemon
ctl add-br br0
for name in trunk access other; do
	ctl add-port br0 "$name" -- set Interface "$name" type=dpdkvhostuserclient \
		options:vhost-server-path="$work/$name.sock"
done
ctl set Port trunk trunks=10,20 -- set Port access tag=10 -- set Port other tag=30 -- \
	set Port br0 tag=20
ns_addr host br0 10.77.20.254/24
guest_boot trunk --socket "$work/trunk.sock" --vlan 10:10.77.10.1/24 --vlan 20:10.77.20.1/24 \
	--vlan 30:10.77.30.1/24
guest_boot access --socket "$work/access.sock" --ip 10.77.10.2/24
guest_boot other --socket "$work/other.sock" --ip 10.77.10.3/24 --ip 10.77.30.3/24
guests_ready

wait_until "VLAN 10 crosses from trunk to access" 10 guest_pings trunk 10.77.10.2
wait_until "VLAN 20 crosses from trunk to the host" 10 guest_pings trunk 10.77.20.254
wait_until "VLAN 10 crosses from access to trunk" 10 guest_pings access 10.77.10.1
guest_echoes "full-size frames, where a tag is taken off" trunk 10.77.10.2 -c 20 -i 0.05 -s 1472
for to in 10.77.10.1 10.77.10.2 10.77.30.1; do
	! guest_pings other $to || fail "a guest on VLAN 30 reaches $to"
done
! guest_pings trunk 10.77.30.3 || fail "VLAN 30 crosses a trunk that doesn't carry it"

say "the third VLAN opens when the trunk is told to carry it"
ctl set Port trunk trunks=10,20,30
wait_until "VLAN 30 crosses" 10 guest_pings trunk 10.77.30.3
! guest_pings other 10.77.10.2 || fail "VLAN 10 leaks to VLAN 30"
