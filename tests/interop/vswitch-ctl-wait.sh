#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# vswitch-ctl and time: waiting for the switch, its errors, deadlines, clients that are faster, servers
# that go away. ovs-vsctl plays the switch.
# usage: vswitch-ctl-wait.sh    (VSWITCH_BUILD: where vswitch-ctl was built)
. "$(dirname "$0")/vswitch-ctl-server.sh"

start_server one
run=$work/one
ctl() {
	"$build/utilities/vswitch-ctl" --rundir="$run" "$@"
}
switch() {
	ovs-vsctl --db="unix:$run/db.sock" --no-wait "$@"
}
next_cfg_is() {
	[ "$(switch get Open_vSwitch . next_cfg)" = "$1" ]
}
# ends WHAT JOB STATUS
ends() {
	wait "$2"
	equal "$1" $? "$3"
}

ctl --no-wait init
equal "next_cfg of an empty database" "$(switch get open . next_cfg)" 0

# It waits until cur_cfg has caught up.
ctl add-br br0 2>"$work/err" &
job=$!
wait_until "the change is there" next_cfg_is 1
kill -0 $job 2>/dev/null || equal "add-br before the switch was done" ended waiting
switch set open . cur_cfg=1
ends "add-br after the switch was done" "$job" 0
equal "its messages" "$(cat "$work/err")" ""

# Reading changes nothing and doesn't wait.
expect 0 'Bridge br0' ctl show
expect 0 '' ctl list Bridge
expect 0 '' ctl --may-exist add-br br0
equal "next_cfg after reading" "$(switch get open . next_cfg)" 1

# A port that can't be opened is an error, and says why.
ctl add-port br0 bad -- set Interface bad type=dpdk >"$work/out" 2>"$work/err" &
job=$!
wait_until "the change is there" next_cfg_is 2
switch set Interface bad ofport=-1 'error="no device 0000:00:1f.0"' -- set open . cur_cfg=2
ends "add-port of a broken port" "$job" 1
equal "its reason" "$(grep -c "port bad doesn't work: no device 0000:00:1f.0" "$work/err")" 1
# What is broken already is not the fault of the next command.
ctl add-port br0 good &
job=$!
wait_until "the change is there" next_cfg_is 3
switch set Interface good ofport=2 -- set open . cur_cfg=3
ends "add-port of a good port" "$job" 0
ctl set Interface bad type=tap 2>"$work/err" &
job=$!
wait_until "the change is there" next_cfg_is 4
switch set open . cur_cfg=4
ends "set of an interface that stays broken" "$job" 1
equal "its reason" "$(grep -c "port bad doesn't work" "$work/err")" 1

# Deadlines.
expect 142 "vswitchd hasn't applied it" ctl --timeout=1 add-br br1
equal "the change in time" "$(switch br-exists br1; echo $?)" 0
expect 142 'timed out' ctl --timeout=1 wait-until Bridge nope
ctl --no-wait wait-until Bridge later datapath_type=netdev >"$work/out" &
job=$!
ctl --no-wait add-br later
kill -0 $job 2>/dev/null || equal "wait-until" early waiting
ctl --no-wait set Bridge later datapath_type=netdev
ends "wait-until" "$job" 0

# Many at once: each finds what the others did.
jobs=()
for i in {1..20}; do
	ctl --no-wait add-port br0 "p$i" tag="$i" -- set Interface "p$i" external_ids:n="$i" &
	jobs+=($!)
done
for job in "${jobs[@]}"; do
	ends "add-port beside others" "$job" 0
done
equal "ports" "$(ctl list-ports br0 | grep -c '^p')" 20
# Of several that create the same, one succeeds, and with --may-exist all.
jobs=()
for i in {1..8}; do
	ctl --no-wait add-port br0 same 2>/dev/null &
	jobs+=($!)
done
won=0
for job in "${jobs[@]}"; do
	wait "$job" && won=$((won + 1))
done
equal "clients that created the same port" $won 1
jobs=()
for i in {1..8}; do
	ctl --no-wait --may-exist add-br shared -- --may-exist add-port shared one &
	jobs+=($!)
done
for job in "${jobs[@]}"; do
	ends "--may-exist beside others" "$job" 0
done

# Nobody there, not allowed, gone meanwhile.
expect 1 'nobody answers at unix:/nonexistent/db.sock.*is vswitchd running' \
	"$build/utilities/vswitch-ctl" --rundir=/nonexistent show
expect 1 "expected unix:PATH or tcp:HOST:PORT" "$build/utilities/vswitch-ctl" --db=nope show
expect 142 'timed out' "$build/utilities/vswitch-ctl" --retry -t1 --db="unix:$work/none" show
if [ "$(id -u)" -eq 0 ]; then
	chmod 711 "$work" "$work/one"
	chmod 700 "$run/db.sock"
	cp "$build/utilities/vswitch-ctl" "$work/one/ctl-copy"
	expect 1 'no permission' setpriv --reuid=65534 --regid=65534 --clear-groups \
		"$work/one/ctl-copy" --rundir="$run" show
fi
ctl add-br br2 2>"$work/err" &
job=$!
wait_until "the change is there" switch br-exists br2
kill "$(cat "$run/ovsdb.pid")"
ends "a server that ends meanwhile" "$job" 1
equal "its message" "$(grep -c 'closed the connection\|connection broke' "$work/err")" 1

[ "$failed" -eq 0 ]
