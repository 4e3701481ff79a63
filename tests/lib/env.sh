# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# For tests in shell, sourced first: a work folder, the daemon from the build tree, waiting, ending.
#
#   . "$(dirname "$0")/../lib/env.sh"
#   start_daemon                    (a second call after stop_daemon starts it on the same database)
#   ctl add-br br0
#   wait_until "the port is up" 5 port_is_up p1
#   expect_log 'netdev\|warn\|.*no such'      what the log may hold besides
#   fail MESSAGE, skip MESSAGE, need_root, at_exit COMMAND...
#
# The test passes when it reaches its end; the daemon is stopped then, and its log is checked.
set -eu -o pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck disable=SC2034
lib=$top/tests/lib
if [ -n "${VSWITCH_BUILD-}" ]; then
	build=$VSWITCH_BUILD
elif [ -x "$top/vswitchd/vswitchd" ]; then
	build=$top
else
	build=$top/build/plain
fi
export VSWITCH_TEST_ID=${VSWITCH_TEST_ID:-vst$$-0}
work=${VSWITCH_WORK:-}
[ -n "$work" ] || work=$(mktemp -d "/tmp/$VSWITCH_TEST_ID-XXXXXX")
rundir=$work/run
db=$work/conf.db
daemon_log=$work/vswitchd.log
daemon_pid=
daemon_ns=
daemon_options=(--no-huge)
expected_log=()
# A bridge's internal port needs root; without, all else works.
[ "$(id -u)" -eq 0 ] || expected_log+=("br[0-9]+: the tap .* can't be made: Operation not permitted")
exit_commands=()
mkdir -p "$rundir"

say() {
	printf '[%s] %s\n' "$(date +%H:%M:%S.%3N)" "$*"
}

fail() {
	echo "$*"
	exit 1
}

skip() {
	echo "$*"
	exit 77
}

need_root() {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
}

# soak N: N under tests/run --soak, else a tenth of it.
soak() {
	[ -n "${VSWITCH_SOAK-}" ] && echo "$1" || echo $((($1 + 9) / 10))
}

expect_log() {
	expected_log+=("$@")
}

at_exit() {
	exit_commands+=("$(printf '%q ' "$@")")
}

# wait_until WHAT SECONDS COMMAND...: until COMMAND succeeds; fails the test at the deadline.
wait_until() {
	local what=$1 deadline=$(($(date +%s%N) + $2 * 1000000000))
	shift 2
	until "$@" >"$work/waited" 2>&1; do
		if [ "$(date +%s%N)" -ge $deadline ]; then
			tail -n 20 "$work/waited"
			fail "waited in vain until $what"
		fi
		sleep 0.05
	done
}

daemon_answers() {
	kill -0 "$daemon_pid" 2>/dev/null || fail "vswitchd ended: $(tail -n 20 "$work/vswitchd.out")"
	"$build/utilities/vswitch-ctl" --rundir="$rundir" --timeout=5 list-br
}

# start_daemon [OPTION...]: returns when it answers.
start_daemon() {
	local command=("$build/vswitchd/vswitchd")
	# $! must be the daemon, not a shell around a function.
	[ -z "$daemon_ns" ] || command=(ip netns exec "$daemon_ns" "${command[@]}")
	"${command[@]}" --db "$db" --rundir "$rundir" \
		--log-file "$daemon_log" "${daemon_options[@]}" "$@" >>"$work/vswitchd.out" 2>&1 &
	daemon_pid=$!
	wait_until "the daemon answers" 30 daemon_answers
}

# Ends it as an operator does; says what is wrong with the way it ended, or with its log.
end_daemon() {
	[ -n "$daemon_pid" ] || return 0
	local pid=$daemon_pid status=0
	daemon_pid=
	kill -TERM "$pid"
	timeout 30 tail --pid="$pid" -s 0.05 -f /dev/null || kill -KILL "$pid" 2>/dev/null || :
	wait "$pid" || status=$?
	if [ $status -ne 0 ]; then
		tail -n 30 "$work/vswitchd.out"
		echo "vswitchd ended with status $status"
		return 1
	fi
	"$lib/check-log" "$daemon_log" "${expected_log[@]}"
}

stop_daemon() {
	end_daemon || exit 1
}

ctl() {
	"$build/utilities/vswitch-ctl" --rundir="$rundir" --timeout=20 "$@"
}

# finish_test: at the script's end, or wherever it stops.
finish_test() {
	local status=$? i
	trap - EXIT
	set +e
	if [ $status -eq 0 ]; then
		end_daemon
		status=$?
	elif [ -n "$daemon_pid" ]; then
		# Before the reason, which is the last line.
		{ ctl --timeout=5 stats; ctl --timeout=5 drops; } >"$work/counters" 2>&1
		kill -KILL "$daemon_pid" 2>/dev/null
	fi
	for ((i = ${#exit_commands[@]} - 1; i >= 0; i--)); do
		eval "${exit_commands[i]}" >/dev/null 2>&1
	done
	[ -n "${VSWITCH_WORK-}" ] || { [ $status -ne 0 ] && echo "left in $work"; } || rm -rf "$work"
	exit "$status"
}
trap finish_test EXIT
trap 'exit 143' TERM INT HUP
