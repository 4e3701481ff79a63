#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Debian's ovsdb-client: every method against our database.
. "$(dirname "$0")/../lib/env.sh"
command -v ovsdb-client >/dev/null || skip "no ovsdb-client"
server=unix:$rundir/db.sock

client() {
	timeout 20 ovsdb-client "$@"
}

# transact OPERATION...: on Open_vSwitch, the result on stdout.
transact() {
	local ops
	ops=$(printf ',%s' "$@")
	client transact "$server" "[\"Open_vSwitch\"$ops]"
}

has() {
	grep -qe "$2" "$1" || {
		cat "$1"
		fail "no $2 in $(basename "$1")"
	}
}

start_daemon
client list-dbs "$server" >"$work/dbs"
has "$work/dbs" Open_vSwitch
has "$work/dbs" _Server
client get-schema "$server" Open_vSwitch >"$work/schema"
has "$work/schema" '"name": *"Open_vSwitch"'
client list-tables "$server" Open_vSwitch >"$work/tables"
has "$work/tables" Interface
[ "$(client get-schema-version "$server" Open_vSwitch)" = "$(ovsdb-tool schema-version \
	"$top/vswitchd/vswitch.ovsschema")" ] || fail "another schema version"
client wait "$server" Open_vSwitch connected
client dump "$server" _Server Database name model >"$work/server"
has "$work/server" 'standalone *Open_vSwitch'

transact '{"op":"insert","table":"Open_vSwitch","row":{}}' >"$work/out"
has "$work/out" uuid
for method in monitor monitor-cond monitor-cond-since; do
	if [ $method = monitor ]; then where=; else where="[]"; fi
	# shellcheck disable=SC2086
	timeout 60 ovsdb-client --pidfile="$work/$method.pid" $method "$server" Open_vSwitch $where \
		Open_vSwitch next_cfg >"$work/$method" 2>&1 &
	at_exit kill $!
done
monitored() {
	for method in monitor monitor-cond monitor-cond-since; do
		grep -q "$1" "$work/$method" || return 1
	done
}
wait_until "the monitors show the first state" 10 monitored initial
transact '{"op":"mutate","table":"Open_vSwitch","where":[],"mutations":[["next_cfg","+=",41]]}' \
	>/dev/null
wait_until "the monitors show the change" 10 monitored '\b41\b'

# A transaction that waits, until another one fulfils it.
transact '{"op":"wait","table":"Open_vSwitch","where":[],"columns":["next_cfg"],"until":"==",
	"rows":[{"next_cfg":42}]}' '{"op":"comment","comment":"met"}' >"$work/waited-for" &
waiting=$!
at_exit kill $waiting
transact '{"op":"update","table":"Open_vSwitch","where":[],"row":{"next_cfg":42}}' >/dev/null
wait $waiting || fail "the waiting transaction failed"
has "$work/waited-for" '\[{},{}\]'
transact '{"op":"wait","timeout":100,"table":"Open_vSwitch","where":[],"columns":["next_cfg"],
	"until":"==","rows":[{"next_cfg":1}]}' >"$work/timed-out"
has "$work/timed-out" '"timed out"'

timeout 60 ovsdb-client lock "$server" l1 >"$work/lock1" 2>&1 &
at_exit kill $!
wait_until "the lock is taken" 10 grep -q true "$work/lock1"
timeout 60 ovsdb-client lock "$server" l1 >"$work/lock2" 2>&1 &
at_exit kill $!
wait_until "the second one waits" 10 grep -q false "$work/lock2"
timeout 60 ovsdb-client steal "$server" l1 >"$work/lock3" 2>&1 &
thief=$!
at_exit kill $thief
wait_until "the lock is stolen" 10 grep -q stolen "$work/lock1"
kill $thief
wait_until "the victim has it again" 10 grep -q '^locked' "$work/lock1"

client backup "$server" >"$work/backup" 2>/dev/null
ovsdb-tool db-name "$work/backup" >/dev/null || fail "the backup is no database"
client restore "$server" <"$work/backup" >/dev/null || fail "restore"
client dump "$server" Open_vSwitch Open_vSwitch next_cfg >"$work/restored"
has "$work/restored" 42
client query "$server" '["Open_vSwitch",{"op":"select","table":"Open_vSwitch","where":[]}]' \
	>"$work/query"
has "$work/query" next_cfg
