#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# timeout: 1200
# kill -9 at random points of a stream of transactions: what was acknowledged is there afterwards,
# the file opens each time, and Debian's ovsdb-tool reads it.
. "$(dirname "$0")/../lib/env.sh"

# A daemon killed while it writes may leave a torn record, which the next one reports.
expect_log 'ovsdb_storage\|err\|.*(ends within it|no valid header|SHA-1)'
rounds=$(soak 500)

cat >"$work/stream.py" <<'END'
# Commits numbers until the daemon dies; writes each one down once it is acknowledged.
import json, socket, sys

path, acknowledged, first = sys.argv[1], sys.argv[2], int(sys.argv[3])
s = socket.socket(socket.AF_UNIX)
s.connect(path)
with open(acknowledged, "a", buffering=1) as log:
    text, pending, n = b"", 0, first
    decoder = json.JSONDecoder()
    try:
        while True:
            # A few at a time, so that batches are torn as well.
            for _ in range(1 + n % 5):
                n += 1
                key = ["set", [f"k{n % 50}"]]
                pair = ["map", [[f"k{n % 50}", str(n)]]]
                s.sendall(json.dumps({"id": n, "method": "transact", "params": ["Open_vSwitch", {
                    "op": "mutate", "table": "Open_vSwitch", "where": [], "mutations": [
                        ["external_ids", "delete", key], ["external_ids", "insert", pair]]}]}
                ).encode())
                pending += 1
            while pending:
                data = s.recv(65536)
                if not data:
                    raise ConnectionResetError
                text += data
                while text:
                    try:
                        reply, end = decoder.raw_decode(text.decode())
                    except ValueError:
                        break
                    text = text[end:].lstrip()
                    assert "count" in reply["result"][0] and len(reply["result"]) == 1, reply
                    log.write(f"{reply['id']}\n")
                    pending -= 1
    except OSError:
        pass
END
cat >"$work/verify.py" <<'END'
# The value of each key is at least the last one that was acknowledged for it.
import json, socket, sys

s = socket.socket(socket.AF_UNIX)
s.settimeout(20)
s.connect(sys.argv[1])
s.sendall(json.dumps({"id": 0, "method": "transact", "params": ["Open_vSwitch", {
    "op": "select", "table": "Open_vSwitch", "where": [], "columns": ["external_ids"]}]}).encode())
text = b""
while True:
    text += s.recv(65536)
    try:
        there = dict(json.loads(text)["result"][0]["rows"][0]["external_ids"][1])
        break
    except ValueError:
        pass
last = {}
n = 0
for line in open(sys.argv[2]):
    n = int(line)
    last[f"k{n % 50}"] = n
lost = {k: v for k, v in last.items() if int(there.get(k, 0)) < v}
assert not lost, f"acknowledged and lost: {lost}"
print(max([n] + [int(v) for k, v in there.items() if k.startswith("k")]))
END

start_daemon
python3 - "$rundir/db.sock" <<'END'
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
s.sendall(b'{"id":0,"method":"transact","params":["Open_vSwitch",'
          b'{"op":"select","table":"Open_vSwitch","where":[]}]}')
if b'_uuid' not in s.recv(65536):
    s.sendall(b'{"id":0,"method":"transact","params":["Open_vSwitch",'
              b'{"op":"insert","table":"Open_vSwitch","row":{}}]}')
    s.recv(65536)
END
n=0
: >"$work/acknowledged"
for ((round = 1; round <= rounds; round++)); do
	python3 "$work/stream.py" "$rundir/db.sock" "$work/acknowledged" "$n" &
	stream=$!
	before=$(wc -l <"$work/acknowledged")
	more() {
		[ "$(wc -l <"$work/acknowledged")" -gt $((before + RANDOM % 200)) ]
	}
	wait_until "transactions are acknowledged" 20 more
	kill -KILL "$daemon_pid"
	wait "$daemon_pid" 2>/dev/null || :
	wait $stream || fail "the stream of transactions failed"
	ovsdb-tool show-log "$db" >/dev/null 2>"$work/complaints" || fail "ovsdb-tool can't read it"
	start_daemon
	n=$(python3 "$work/verify.py" "$rundir/db.sock" "$work/acknowledged") ||
		fail "round $round: an acknowledged transaction is lost"
done
say "$rounds times killed, $(wc -l <"$work/acknowledged") transactions acknowledged, none lost"
