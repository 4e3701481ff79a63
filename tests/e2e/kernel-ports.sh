#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Interfaces of the kernel as ports (veth pairs), taps made by the switch, and the internal port:
# echoes, jumbo frames, TCP both ways, VLAN sub-interfaces of the kernel.
. "$(dirname "$0")/../lib/env.sh"
. "$lib/netns.sh"
need_root

# transfer FROM TO ADDRESS: FROM, which has that address, sends TO 20 MB by TCP; they must be right.
transfer() {
	ns "$2" timeout 60 busybox wget -q -O "$work/got" "http://$3:5001/data" ||
		fail "TCP from $1 at $3 to $2 breaks"
	cmp "$work/data" "$work/got" || fail "TCP from $1 at $3 to $2 changes the data"
}

listens() {
	ns "$1" ss -Hltn 'sport = 5001' >"$work/listening"
	[ -s "$work/listening" ]
}

# serve NAME...: offers the data in these namespaces until the test ends.
serve() {
	local name
	for name; do
		ns "$name" busybox httpd -p 5001 -h "$work"
		wait_until "$name serves" 5 listens "$name"
	done
}

head -c 20000000 /dev/urandom >"$work/data"
ns_create host a b
daemon_in host
ns_veth a eth0 host va
ns_veth b eth0 host vb
start_daemon
ctl add-br br0
ctl add-port br0 va -- add-port br0 vb
ctl add-port br0 tap0 -- set Interface tap0 type=tap
wait_until "tap0 is there" 5 ns host ip link show tap0
ns_addr a eth0 10.77.0.1/24
ns_addr b eth0 10.77.0.2/24
ns_addr host br0 10.77.0.3/24
ns_addr host tap0 10.77.1.3/24
ns_addr a eth0 10.77.1.1/24

for from in a b host; do
	for to in 1 2 3; do
		wait_until "$from reaches 10.77.0.$to" 10 pings "$from" 10.77.0.$to
	done
done
wait_until "a reaches the tap" 10 pings a 10.77.1.3
wait_until "the tap reaches a" 10 pings host 10.77.1.1
say "TCP"
serve a b host
transfer a b 10.77.0.1
transfer b a 10.77.0.2
transfer b host 10.77.0.2
transfer host a 10.77.0.3
transfer host a 10.77.1.3

say "VLANs"
ctl set Port va tag=7 -- set Port vb tag=7
wait_until "an access port reaches another of its VLAN" 10 pings a 10.77.0.2
ctl set Port vb tag=8
! pings a 10.77.0.2 || fail "an access port reaches another VLAN"
ctl clear Port va tag -- set Port vb tag=7
# Not every kernel has the module for it; guest-vlan.sh does the same with the guests' kernel.
if ip -n "$(ns_name a)" link add link eth0 name eth0.7 type vlan id 7; then
	ns_addr a eth0.7 10.77.7.1/24
	ns_addr b eth0 10.77.7.2/24
	wait_until "a tagged frame arrives untagged" 10 pings a 10.77.7.2
	transfer a b 10.77.7.1
	ctl clear Port vb tag
	! pings a 10.77.7.2 || fail "a tagged frame arrives untagged at a trunk"
fi
ctl clear Port vb tag

say "jumbo frames"
ctl set Interface va mtu_request=9000 -- set Interface vb mtu_request=9000
ip -n "$(ns_name a)" link set eth0 mtu 9000
ip -n "$(ns_name b)" link set eth0 mtu 9000
wait_until "a frame of 9,000 bytes crosses" 10 pings a 10.77.0.2 -M 'do' -s 8972

say "a port goes while another stays"
ctl del-port vb
! pings a 10.77.0.2 || fail "a removed port still forwards"
ns host ip link show vb >/dev/null || fail "del-port removed an interface that it hadn't made"
ctl del-port tap0
! ns host ip link show tap0 2>/dev/null || fail "a removed tap is still there"
pings a 10.77.0.3 || fail "an untouched port lost its way"
