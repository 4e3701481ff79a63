#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# vswitch-ctl against ovs-vsctl: each runs the same command lines on an ovsdb-server of its own, with
# the same output, exit status and contents of the database.
# usage: vswitch-ctl.sh [-v]    (VSWITCH_BUILD: where vswitch-ctl was built)
. "$(dirname "$0")/vswitch-ctl-server.sh"
verbose=${1-}
compared=0

# The order of records and of references, and the identifiers themselves, say nothing.
normalize() {
	sed -E -e 's/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/UUID/g' -e 's/<a name="UUID">[0-9a-f]*/&/' |
		sort
}

contents() {
	ovsdb-client dump --format=list "unix:$work/$1/db.sock" Open_vSwitch | normalize
}

compare() {
	theirs=$work/theirs.out ours=$work/ours.out
	ovs-vsctl --db="unix:$work/theirs/db.sock" --no-wait "$@" >"$theirs" 2>"$theirs.err"
	their_status=$?
	timeout 20 "$build/utilities/vswitch-ctl" --db="unix:$work/ours/db.sock" --no-wait "$@" \
		>"$ours" 2>"$ours.err"
	our_status=$?
	compared=$((compared + 1))
	why=
	[ $their_status -eq $our_status ] || why="status $our_status, not $their_status"
	cmp -s <(normalize <"$theirs") <(normalize <"$ours") || why="$why output"
	# A failure says why, a success nothing.
	[ $our_status -ne 1 ] || [ -s "$ours.err" ] || why="$why no message"
	if [ -n "$why" ]; then
		failed=$((failed + 1))
		echo "FAIL $*: $why"
		diff <(normalize <"$theirs") <(normalize <"$ours")
		sed 's/^/  theirs: /' "$theirs.err"
		sed 's/^/  ours:   /' "$ours.err"
	elif [ -n "$verbose" ]; then
		echo "same $*"
		sed 's/^/  /' "$ours" "$ours.err"
	fi
}

start_server theirs
start_server ours
while IFS= read -r line; do
	case $line in '#'* | '') continue ;; esac
	eval "words=($line)"
	# shellcheck disable=SC2154
	compare "${words[@]}"
	if ! diff <(contents theirs) <(contents ours) >"$work/diff"; then
		failed=$((failed + 1))
		echo "FAIL $line: the databases differ"
		cat "$work/diff"
		break
	fi
done <"$top/tests/interop/vswitch-ctl-commands.txt"

echo "$compared command lines compared, $failed differ"
[ "$failed" -eq 0 ]
