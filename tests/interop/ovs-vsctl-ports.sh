#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Debian's ovs-vsctl, unmodified, makes and removes bridges and ports and waits for the result.
. "$(dirname "$0")/../lib/env.sh"

ovs=$("$top/utilities/install-deps" --path ovs)/usr/bin
vsctl() {
	"$ovs/ovs-vsctl" --db="unix:$rundir/db.sock" --timeout=20 "$@"
}

# expect WHAT GOT WANTED
expect() {
	[ "$2" = "$3" ] || fail "$1: got '$2', wanted '$3'"
}

# An ordinary user can't make a bridge's internal interface: that is said, and all else works.
[ "$(id -u)" -eq 0 ] || expect_log 'br[0-9]'
start_daemon
vsctl init
vsctl add-br br0
expect "list-br" "$(vsctl list-br)" br0
vsctl add-port br0 vm1 tag=10 -- set Interface vm1 type=dpdkvhostuserclient \
	options:vhost-server-path="$work/vm1.sock"
vsctl --may-exist add-port br0 vm1 tag=10
vsctl add-port br0 vm2 trunks=10,20 vlan_mode=native-untagged tag=5 -- \
	set Interface vm2 type=dpdkvhostuser ofport_request=7
expect "list-ports" "$(vsctl list-ports br0 | tr '\n' ' ')" "vm1 vm2 "
expect "port-to-br" "$(vsctl port-to-br vm1)" br0
expect "tag" "$(vsctl get Port vm1 tag)" 10
expect "error" "$(vsctl get Interface vm1 error)" "[]"
expect "ofport" "$(vsctl get Interface vm2 ofport)" 7
[ -S "$rundir/vhost/vm2" ] || [ -S "$rundir/vm2" ] || fail "vm2 has no socket"
vsctl show | grep -q 'Port vm1' || fail "show doesn't show vm1"
vsctl show | grep -q 'tag: 10' || fail "show doesn't show the tag"
vsctl --columns=name,tag --format=json list Port | grep -q '"vm1"' || fail "list Port"
expect "find" "$(vsctl --bare --columns=name find Port tag=10)" vm1

say "a change that waits: what comes back is applied"
before=$(vsctl get Open_vSwitch . cur_cfg)
vsctl set Port vm1 tag=11
after=$(vsctl get Open_vSwitch . cur_cfg)
[ "$after" -gt "$before" ] || fail "cur_cfg stays at $before"
expect "next_cfg" "$(vsctl get Open_vSwitch . next_cfg)" "$after"

say "errors"
if vsctl add-br br0 2>"$work/err"; then
	fail "add-br of a bridge that exists succeeded"
fi
grep -q 'already exists\|exists' "$work/err" || fail "no reason: $(cat "$work/err")"
if vsctl set Port vm1 tag=5000 2>"$work/err"; then
	fail "tag=5000 was taken"
fi
if vsctl set Port vm1 nonsense=1 2>/dev/null; then
	fail "a column that isn't there was set"
fi
vsctl --if-exists del-port br0 nothere
if vsctl del-port br0 nothere 2>/dev/null; then
	fail "del-port of nothing succeeded"
fi

say "others watch"
"$ovs/ovsdb-client" --timeout=20 get-schema "unix:$rundir/db.sock" Open_vSwitch |
	grep -q '"Interface"' || fail "ovsdb-client get-schema"
"$ovs/ovsdb-client" --timeout=20 dump "unix:$rundir/db.sock" Open_vSwitch Bridge name |
	grep -q br0 || fail "ovsdb-client dump"
timeout 60 "$ovs/ovsdb-client" monitor "unix:$rundir/db.sock" Open_vSwitch Port name \
	>"$work/monitor" 2>&1 &
watcher=$!
wait_until "the monitor shows what is there" 10 grep -q vm2 "$work/monitor"
vsctl add-br br1
wait_until "the monitor shows what is new" 10 grep -q br1 "$work/monitor"
kill $watcher
vsctl emer-reset

say "removal"
vsctl del-port br0 vm1
expect "list-ports" "$(vsctl list-ports br0)" vm2
vsctl del-br br0 -- del-br br1
expect "list-br" "$(vsctl list-br)" ""
expect "ports left" "$(vsctl --bare --columns=name list Port)" ""
expect "interfaces left" "$(vsctl --bare --columns=name list Interface)" ""
[ ! -S "$rundir/vhost/vm2" ] || fail "a removed port left its socket"

pid=$daemon_pid
"$ovs/ovs-appctl" -t "$rundir/vswitchd.$pid.ctl" version >/dev/null || fail "ovs-appctl version"
"$ovs/ovs-appctl" -t "$rundir/vswitchd.$pid.ctl" list-commands | grep -q fdb/show ||
	fail "ovs-appctl list-commands"
