#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The guest maker itself: a guest boots, runs commands, tells their output and status, and goes.
. "$(dirname "$0")/../lib/env.sh"
. "$lib/guest.sh"

guest_boot lone --append vs.test=1
guests_ready
[ "$(guest_exec lone hostname)" = lone ] || fail "the guest has another name"
[ "$(guest_exec lone 'printf "a\n\nb"' | xxd -p)" = 610a0a62 ] || fail "output is not exact"
[ "$(guest_exec lone true | wc -c)" -eq 0 ] || fail "output out of nothing"
status=0
guest_exec lone 'exit 7' || status=$?
[ $status -eq 7 ] || fail "status $status instead of 7"
status=0
guest_exec --timeout 1 lone 'sleep 1000' || status=$?
[ $status -eq 137 ] || fail "a command over its time ended with $status"
guest_exec lone grep -q vs.test=1 /proc/cmdline || fail "--append was lost"
for module in 8021q bonding bridge; do
	guest_exec lone modprobe $module || fail "no module $module"
done
if "$top/utilities/guest" start lone 2>"$work/twice"; then
	fail "a name was given twice"
fi
grep -q 'runs already' "$work/twice" || fail "no reason: $(cat "$work/twice")"
pid=$(cat "$VSWITCH_GUESTS/lone/pid")
guest_stop lone
[ ! -e "$VSWITCH_GUESTS" ] || fail "stop left $(ls -R "$VSWITCH_GUESTS")"
[ ! -e "/proc/$pid" ] || fail "stop left process $pid"
