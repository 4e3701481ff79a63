#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# On a full disk a transaction is refused with the reason, everything else goes on, and when there
# is room again so do transactions; a compaction that finds no room harms nothing.
. "$(dirname "$0")/../lib/env.sh"
. "$lib/netns.sh"
need_root

mkdir "$work/disk"
mount -t tmpfs -o size=256k none "$work/disk"
at_exit umount "$work/disk"
db=$work/disk/conf.db
expect_log 'ovsdb_writer\|err\|.*No space left on device' \
	'switch\|warn\|status can.t be written to the database'
ns_create sw
# shellcheck disable=SC2034  # env.sh uses it
daemon_ns=$(ns_name sw)
start_daemon
ctl --no-wait add-br br0

# set_note LENGTH: a transaction of about that size.
set_note() {
	ctl --no-wait set Bridge br0 external_ids:note="$(printf "%0$1d" 0)"
}

set_note 10 || fail "a transaction failed on a disk with room"
head -c 1M /dev/zero >"$work/disk/fill" 2>/dev/null || :
if set_note 20000 2>"$work/refused"; then fail "a transaction that can't be stored succeeded"; fi
grep -q 'No space left on device' "$work/refused" || fail "no reason: $(cat "$work/refused")"
[ "$(ctl get Bridge br0 external_ids:note)" = '"0000000000"' ] || fail "a refused change is visible"
ovsdb-tool show-log "$db" >/dev/null || fail "the file is damaged"
for _ in $(seq 20); do
	if set_note 20000 2>/dev/null; then fail "it succeeded on a full disk"; fi
done
ctl list-br | grep -q br0 || fail "reading stopped"
control=$rundir/vswitchd.$(cat "$rundir/vswitchd.pid").ctl
if ovs-appctl -t "$control" ovsdb-server/compact 2>"$work/refused"; then
	fail "a compaction succeeded on a full disk"
fi
[ ! -e "$db.tmp" ] || fail "the compaction left its file behind"

rm "$work/disk/fill"
set_note 20000 || fail "a transaction failed though there is room again"
ovs-appctl -t "$control" ovsdb-server/compact || fail "no compaction though there is room"
stop_daemon
start_daemon
[ "$(ctl get Bridge br0 external_ids:note | wc -c)" -gt 20000 ] || fail "it was lost by a restart"
