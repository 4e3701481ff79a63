# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Sourced by the tests of vswitch-ctl: an ovsdb-server of its own, and waiting with a deadline.
set -u -o pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=${VSWITCH_BUILD:-$top/build/plain}
[ -x "$build/utilities/vswitch-ctl" ] || build=$top
work=$(mktemp -d "${TMPDIR:-/tmp}/ctl-interop-XXXXXX") || exit 1
failed=0

# shellcheck disable=SC2329
finish() {
	local pidfile pids
	pids=$(jobs -p)
	# shellcheck disable=SC2086
	[ -z "$pids" ] || kill $pids 2>/dev/null
	for pidfile in "$work"/*/ovsdb.pid; do
		[ -s "$pidfile" ] && kill "$(cat "$pidfile")" 2>/dev/null
	done
	rm -rf "$work"
}
trap finish EXIT

for tool in ovs-vsctl ovsdb-server ovsdb-tool ovsdb-client; do
	command -v "$tool" >/dev/null || { echo "needs $tool"; exit 77; }
done

# start_server NAME: its socket is $work/NAME/db.sock.
start_server() {
	mkdir -p "$work/$1"
	ovsdb-tool create "$work/$1/conf.db" "${VSWITCH_OVS-}/usr/share/openvswitch/vswitch.ovsschema" || exit 1
	ovsdb-server "$work/$1/conf.db" --remote="punix:$work/$1/db.sock" --detach --no-chdir \
		--pidfile="$work/$1/ovsdb.pid" --unixctl="$work/$1/ctl" --log-file="$work/$1/log" \
		2>/dev/null || exit 1
}

# wait_until WHAT COMMAND...
wait_until() {
	local what=$1 deadline=$((SECONDS + 20))
	shift
	until "$@"; do
		if [ $SECONDS -ge $deadline ]; then
			echo "waited in vain until $what"
			exit 1
		fi
		sleep 0.05
	done
}

# expect STATUS PATTERN COMMAND...: its exit status, and a basic regular expression in what it writes.
expect() {
	local wanted=$1 pattern=$2 status
	shift 2
	"$@" >"$work/out" 2>&1
	status=$?
	if [ $status -ne "$wanted" ] || { [ -n "$pattern" ] && ! grep -q -e "$pattern" "$work/out"; }; then
		echo "FAIL $*: status $status, not $wanted, or no '$pattern' in:"
		sed 's/^/  /' "$work/out"
		failed=$((failed + 1))
	fi
}

# equal WHAT THIS THAT
equal() {
	[ "$2" = "$3" ] && return
	echo "FAIL $1: '$2' is not '$3'"
	failed=$((failed + 1))
}
