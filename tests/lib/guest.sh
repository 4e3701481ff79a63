# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# For tests in shell, sourced after env.sh: guests that end with the test.
#
#   guest_boot a --socket "$rundir/a.sock" --ip 10.0.0.1/24     in the background
#   guest_boot b --socket "$rundir/b.sock" --ip 10.0.0.2/24
#   guests_ready                     all that were started; fails the test when one isn't
#   guest_exec a ping -c 1 10.0.0.2
export VSWITCH_GUESTS=$work/guests
guest_pids=()
at_exit "$top/utilities/guest" stop --all

guest_boot() {
	"$top/utilities/guest" start "$@" &
	guest_pids+=($!)
}

guests_ready() {
	local pid
	for pid in "${guest_pids[@]}"; do
		wait "$pid" || fail "a guest did not start"
	done
	guest_pids=()
}

guest_exec() {
	"$top/utilities/guest" exec "$@"
}

guest_stop() {
	"$top/utilities/guest" stop "$@"
}

# guest_pings NAME ADDRESS: one echo gets through.
guest_pings() {
	guest_exec "$1" ping -c 1 -W 2 "$2"
}

# guest_echoes WHAT NAME ADDRESS OPTION...: many echoes, none of which may be lost.
guest_echoes() {
	local what=$1 name=$2 address=$3
	shift 3
	guest_exec "$name" ping -q "$@" "$address" >"$work/echoes" 2>&1 || :
	grep -q ' 0% packet loss' "$work/echoes" && return
	cat "$work/echoes"
	ctl stats
	ctl drops
	fail "$what: echoes were lost"
}
