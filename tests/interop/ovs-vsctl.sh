#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Debian's unmodified ovs-vsctl configures a switch through our database, and a restart keeps it.
. "$(dirname "$0")/../lib/env.sh"
command -v ovs-vsctl >/dev/null || skip "no ovs-vsctl"

vsctl() {
	ovs-vsctl --no-wait --timeout=10 --db="unix:$rundir/db.sock" "$@"
}

# is WHAT EXPECTED COMMAND...
is() {
	local what=$1 expected=$2 got
	shift 2
	got=$("$@" 2>&1) || fail "$what: $got"
	[ "$got" = "$expected" ] || fail "$what: expected \"$expected\", got \"$got\""
}

# refuses PATTERN COMMAND...
refuses() {
	local pattern=$1 got
	shift
	if got=$("$@" 2>&1); then fail "$* succeeded"; fi
	echo "$got" | grep -q "$pattern" || fail "$*: no \"$pattern\" in \"$got\""
}

expect_log 'iface\|warn\|e[12]: there is no interface'
start_daemon
vsctl init
vsctl add-br br0 -- add-port br0 p0 tag=10 -- \
	set Interface p0 type=dpdkvhostuserclient options:vhost-server-path="$work/p0.sock"
is "the bridges" br0 vsctl list-br
is "the ports" p0 vsctl list-ports br0
is "the tag" 10 vsctl get Port p0 tag
is "the type" dpdkvhostuserclient vsctl get Interface p0 type
is "the option" "\"$work/p0.sock\"" vsctl get Interface p0 options:vhost-server-path
vsctl show | grep -q 'tag: 10' || fail "show doesn't tell the tag"
refuses "already exists" vsctl add-br br0
refuses "no bridge named" vsctl add-port br9 p1
refuses "constraint violation" vsctl set Port p0 tag=5000
refuses "no port named" vsctl del-port p9
vsctl --may-exist add-br br0 -- --if-exists del-port br0 p9
vsctl --dry-run add-br br1
is "a dry run changes nothing" br0 vsctl list-br

vsctl add-br br1 -- add-bond br1 bond0 e1 e2 -- set Port bond0 trunks=1,2,3
vsctl remove Port bond0 trunks 2 -- add Port bond0 trunks 9
is "the trunks" "[1, 3, 9]" vsctl get Port bond0 trunks
vsctl -- --id=@m create Mirror name=m0 select-all=true -- set Bridge br1 mirrors=@m
vsctl set Bridge br1 other_config:a=b external_ids:c=d
is "a map" '{a=b}' vsctl get Bridge br1 other_config
refuses "no row" vsctl get Bridge br9 name

before=$(vsctl --columns=name,ports,other_config,mirrors list Bridge; vsctl list Port; vsctl list Mirror)
stop_daemon
[ "$(ovsdb-tool db-name "$db")" = Open_vSwitch ] || fail "ovsdb-tool can't read the file"
ovsdb-tool show-log -mm "$db" >"$work/show-log" || fail "ovsdb-tool show-log"
grep -q 'ovs-vsctl.*add-br br0' "$work/show-log" || fail "the log has no comment of ovs-vsctl's"
start_daemon
after=$(vsctl --columns=name,ports,other_config,mirrors list Bridge; vsctl list Port; vsctl list Mirror)
[ "$before" = "$after" ] || {
	diff <(echo "$before") <(echo "$after") || :
	fail "a restart changed the configuration"
}

vsctl del-port p0 -- del-br br1
is "no port is left" "" vsctl list-ports br0
is "rows that nothing refers to are gone" "" vsctl --columns=name find Interface name=p0
vsctl del-br br0
is "no bridge is left" "" vsctl list-br
vsctl emer-reset
