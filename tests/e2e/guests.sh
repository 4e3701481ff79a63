#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Two guests reach each other and the host through the switch; also when QEMU is the client, and
# again after a guest was stopped and after the switch was started anew.
. "$(dirname "$0")/../lib/env.sh"
. "$lib/netns.sh"
. "$lib/guest.sh"
need_root

ns_create host
daemon_in host
start_daemon
ctl add-br br0
ctl add-port br0 a -- set Interface a type=dpdkvhostuserclient \
	options:vhost-server-path="$work/a.sock"
ctl add-port br0 b -- set Interface b type=dpdkvhostuser
ns_addr host br0 10.77.0.254/24
guest_boot a --socket "$work/a.sock" --ip 10.77.0.1/24
guest_boot b --connect "$rundir/vhost/b" --ip 10.77.0.2/24
guests_ready

wait_until "a reaches b" 10 guest_pings a 10.77.0.2
wait_until "b reaches a" 10 guest_pings b 10.77.0.1
wait_until "a reaches the host" 10 guest_pings a 10.77.0.254
wait_until "the host reaches b" 10 pings host 10.77.0.2
guest_echoes "between the guests" a 10.77.0.2 -c 200 -i 0.01
guest_echoes "long ones, between guest and host" a 10.77.0.254 -c 20 -i 0.05 -s 1472

say "TCP between guest and guest, guest and host, both ways"
head -c 3000000 /dev/urandom >"$work/data"
ns host busybox httpd -p 5001 -h "$work"
guest_exec a wget -q -O /tmp/data http://10.77.0.254:5001/data ||
	fail "TCP from the host to a breaks"
guest_exec a httpd -p 5001 -h /tmp
guest_exec b wget -q -O /tmp/data http://10.77.0.1:5001/data || fail "TCP from a to b breaks"
guest_exec b httpd -p 5001 -h /tmp
ns host timeout 60 busybox wget -q -O "$work/got" http://10.77.0.2:5001/data ||
	fail "TCP from b to the host breaks"
cmp "$work/data" "$work/got" || fail "TCP changes the data on its way"

say "a guest goes and comes back"
guest_stop a
guest_boot a --socket "$work/a.sock" --ip 10.77.0.1/24
guests_ready
wait_until "a reaches b again" 10 guest_pings a 10.77.0.2

say "the switch goes and comes back; the guests stay"
stop_daemon
start_daemon
wait_until "br0 is back" 10 ns host ip link show br0
ns_addr host br0
wait_until "a reaches b after the restart" 30 guest_pings a 10.77.0.2
