#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The database file: Debian's ovsdb-tool and ovsdb-server read ours, and we carry on with theirs.
. "$(dirname "$0")/../lib/env.sh"
command -v ovsdb-server >/dev/null || skip "no ovsdb-server"

vsctl() {
	ovs-vsctl --no-wait --timeout=10 --db="unix:$rundir/db.sock" "$@"
}

state_of_file() {
	local table
	for table in Open_vSwitch Bridge Port Interface Mirror; do
		ovsdb-tool query "$1" "[\"Open_vSwitch\",{\"op\":\"select\",\"table\":\"$table\",
			\"where\":[],\"columns\":[\"_uuid\",\"external_ids\"]}]" |
			python3 -c 'import json, sys
for row in sorted(json.load(sys.stdin)[0]["rows"], key=str): print(row)'
	done
}

# A file of Open vSwitch's own.
schema=/usr/share/openvswitch/vswitch.ovsschema
[ -f "$schema" ] || skip "no schema of Open vSwitch"
ovsdb-tool create "$db" "$schema"
ovsdb-tool transact "$db" '["Open_vSwitch",
	{"op":"insert","table":"Open_vSwitch","row":{"bridges":["named-uuid","b"],"next_cfg":5}},
	{"op":"insert","table":"Bridge","uuid-name":"b","row":{"name":"br-theirs",
	 "other_config":["map",[["a","1"],["b","2"]]]}},
	{"op":"comment","comment":"made by Open vSwitch"}]' >/dev/null
ovsdb-tool transact "$db" '["Open_vSwitch",{"op":"mutate","table":"Bridge","where":[],
	"mutations":[["other_config","delete",["set",["a"]]],
	             ["other_config","insert",["map",[["c","3"]]]]]}]' >/dev/null
start_daemon
[ "$(vsctl list-br)" = br-theirs ] || fail "the bridge of their file is missing"
[ "$(vsctl get Bridge br-theirs other_config)" = '{b="2", c="3"}' ] || fail "their map is wrong"
vsctl add-br br-ours -- set Bridge br-theirs other_config:d=4
for i in $(seq 20); do
	vsctl set Bridge br-ours external_ids:n="$i" other_config:"k$i"=x
done
stop_daemon

# Theirs opens ours.
ovsdb-tool show-log "$db" >"$work/show-log"
[ "$(grep -c ^record "$work/show-log")" -ge 20 ] || fail "ovsdb-tool sees too few records"
state_of_file "$db" >"$work/before"
[ -s "$work/before" ] || fail "no rows"
cp "$db" "$work/compacted.db"
ovsdb-tool compact "$work/compacted.db"
state_of_file "$work/compacted.db" >"$work/after"
diff "$work/before" "$work/after" || fail "ovsdb-tool's compaction changed our database"
ovsdb-server --remote="punix:$work/theirs.sock" --unixctl="$work/theirs.ctl" \
	--pidfile="$work/theirs.pid" --log-file="$work/theirs.log" --detach --no-chdir \
	"$work/compacted.db" 2>/dev/null
at_exit kill "$(cat "$work/theirs.pid")"
[ "$(ovs-vsctl --no-wait --db="unix:$work/theirs.sock" get Bridge br-ours external_ids)" = \
	'{n="20"}' ] || fail "ovsdb-server reads another state"

# Ours, compacted by ourselves, while clients work.
start_daemon
ovs-appctl -t "$rundir/vswitchd.$(cat "$rundir/vswitchd.pid").ctl" ovsdb-server/compact
vsctl set Bridge br-ours external_ids:after=compaction
[ "$(ovsdb-tool show-log "$db" | grep -c ^record)" -eq 3 ] || fail "it wasn't compacted"
stop_daemon
start_daemon
[ "$(vsctl get Bridge br-ours external_ids)" = '{after=compaction, n="20"}' ] ||
	fail "compaction lost something"

# A torn tail is cut off, and reported.
stop_daemon
good=$(stat -c %s "$db")
printf 'OVSDB JSON 500 0123456789012345678901234567890123456789\n{"Bridge":' >>"$db"
expect_log 'ovsdb_storage\|err\|.*ends within it'
start_daemon
[ "$(vsctl get Bridge br-ours external_ids:after)" = compaction ] || fail "a torn tail did harm"
[ "$(stat -c %s "$db")" -gt "$good" ] || fail "the file was cut before anything was written"
vsctl set Bridge br-ours external_ids:after=tear
ovsdb-tool show-log "$db" >/dev/null 2>"$work/complaints" || fail "the file is still torn"
[ ! -s "$work/complaints" ] || fail "ovsdb-tool complains: $(cat "$work/complaints")"
