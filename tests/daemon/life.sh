#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The daemon's life: going to the background, refusing to run twice, reasons of failures, restart
# after a crash, readiness for a service manager, rotation of the log, stopping.
. "$(dirname "$0")/../lib/env.sh"
vswitchd=$build/vswitchd/vswitchd

# A daemon in the background, whose process the pidfile tells.
detached() {
	"$vswitchd" --db "$db" --rundir "$rundir" --log-file="$daemon_log" --no-huge --detach "$@"
}

running() {
	[ -f "$rundir/vswitchd.pid" ] && kill -0 "$(cat "$rundir/vswitchd.pid")" 2>/dev/null
}

gone() {
	! running
}

# command COMMAND...: by JSON-RPC on the control socket.
command() {
	python3 - "$rundir/vswitchd.$(cat "$rundir/vswitchd.pid").ctl" "$@" <<'END'
import json, socket, sys
s = socket.socket(socket.AF_UNIX)
s.settimeout(20)
s.connect(sys.argv[1])
s.sendall(json.dumps({"id": 0, "method": sys.argv[2], "params": sys.argv[3:]}).encode())
text = b""
while True:
    text += s.recv(65536)
    try:
        reply = json.loads(text)
        break
    except ValueError:
        pass
if reply["error"] is not None:
    sys.exit(reply["error"])
print(reply["result"], end="")
END
}

# fails_with STATUS PATTERN COMMAND...
fails_with() {
	local status=$1 pattern=$2 got=0
	shift 2
	"$@" >"$work/out" 2>&1 || got=$?
	[ "$got" -eq "$status" ] || fail "$*: status $got, not $status: $(cat "$work/out")"
	grep -q -e "$pattern" "$work/out" || fail "$*: no \"$pattern\" in: $(cat "$work/out")"
}

at_exit sh -c "kill -KILL \$(cat '$rundir/vswitchd.pid')"
"$vswitchd" --version | grep -q vswitchd || fail "no version"
"$vswitchd" --help | grep -q -e --rundir || fail "no help"
fails_with 2 "unknown option --nonsense" "$vswitchd" --nonsense
fails_with 2 "neither a log level" "$vswitchd" --log-level=nonsense

# The caller returns when the daemon serves; its own output must not be held open.
detached | cat
running || fail "it isn't running"
[ -S "$rundir/db.sock" ] || fail "no database socket"
[ "$(stat -c %a "$rundir/db.sock")" = 660 ] || fail "the socket's mode is $(stat -c %a "$rundir/db.sock")"
fails_with 1 "already runs as process $(cat "$rundir/vswitchd.pid")" detached
fails_with 1 "already runs as process" "$vswitchd" --rundir "$rundir" --db "$work/other.db" --no-huge
fails_with 1 "has the database open" "$vswitchd" --rundir "$work/run2" --db "$db" --no-huge
expect_log 'daemonize\|err\|.*(already runs|has the database open)'
command version | grep -q vswitchd || fail "version"
command list-commands | grep -q vlog/set || fail "list-commands"
command vlog/set control:dbg
command vlog/list | grep -q 'control *dbg' || fail "vlog/set did nothing"
fails_with 1 "is not a valid command" command nonsense
fails_with 1 "at least 1 argument" command vlog/set
fails_with 1 "neither a log level" command vlog/set nonsense

mv "$daemon_log" "$daemon_log.1"
kill -HUP "$(cat "$rundir/vswitchd.pid")"
wait_until "the log is opened anew" 10 test -f "$daemon_log"
command exit
wait_until "it is gone" 10 gone
[ -z "$(find "$rundir" ! -type d)" ] || fail "left behind: $(ls "$rundir")"

# Reasons of failures reach the one who called.
fails_with 1 "can't make the directory" detached --db /proc/nowhere/conf.db
echo "no database" >"$work/garbage"
fails_with 1 "is not an OVSDB file" detached --db "$work/garbage"
mkdir "$work/folder.sock"
fails_with 1 "is no socket" detached --remote "punix:$work/folder.sock"
fails_with 1 "too long for a socket" detached --remote "punix:$work/$(printf '%0120d' 0)"
expect_log 'daemonize\|err\|'

# A socket that a crashed daemon left is taken over.
detached
pid=$(cat "$rundir/vswitchd.pid")
kill -KILL "$pid"
wait_until "it is dead" 10 gone
[ -S "$rundir/vswitchd.$pid.ctl" ] || fail "a crash removes nothing"
detached
[ ! -e "$rundir/vswitchd.$pid.ctl" ] || fail "the stale control socket is still there"
command exit

# A crash is followed by a restart, a clean stop is not.
detached --monitor
pid=$(cat "$rundir/vswitchd.pid")
kill -ABRT "$pid"
restarted() {
	running && [ "$(cat "$rundir/vswitchd.pid")" != "$pid" ] && command version
}
wait_until "it is restarted" 20 restarted
monitor=$(ps -o ppid= -p "$(cat "$rundir/vswitchd.pid")" | tr -d ' ')
command exit
wait_until "the daemon is gone" 10 gone
wait_until "the monitor is gone" 10 sh -c "! kill -0 $monitor || grep -q 'State:.Z' /proc/$monitor/status"
expect_log 'daemonize\|(err|warn)\|(the daemon died of signal 6|starting the daemon anew)'

# Readiness and stopping, told to a service manager.
cat >"$work/notified.py" <<'END'
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("\0" + sys.argv[1])
s.settimeout(60)
print("bound", flush=True)
for _ in range(2):
    print(s.recv(100).decode(), flush=True)
END
python3 "$work/notified.py" "$VSWITCH_TEST_ID" >"$work/notified" &
at_exit kill $!
wait_until "the listener is there" 10 grep -q bound "$work/notified"
NOTIFY_SOCKET=@$VSWITCH_TEST_ID detached
wait_until "readiness is told" 10 grep -q READY=1 "$work/notified"
command exit
wait_until "stopping is told" 10 grep -q STOPPING=1 "$work/notified"
wait_until "it is gone" 10 gone
"$lib/check-log" "$daemon_log" "${expected_log[@]}"
