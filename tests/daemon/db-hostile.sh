#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Clients that send too much, too deep, too often or never read are bounded or cut off, and others
# are served all the while.
. "$(dirname "$0")/../lib/env.sh"

expect_log 'ovsdb_session\|warn\|(a client was cut off|process [0-9]+ is refused)'
start_daemon
python3 - "$rundir/db.sock" "$daemon_pid" <<'END'
import json, random, socket, sys, time

path, pid = sys.argv[1:]
sanitized = "libasan" in open(f"/proc/{pid}/maps").read()


def connect():
    s = socket.socket(socket.AF_UNIX)
    s.connect(path)  # blocking: it waits while the backlog is full
    s.settimeout(20)
    return s


def rss_mib():
    for line in open(f"/proc/{pid}/status"):
        if line.startswith("VmRSS"):
            return int(line.split()[1]) // 1024


def ask(s, method, params, id=0):
    s.sendall(json.dumps({"id": id, "method": method, "params": params}).encode())
    text = b""
    while True:
        data = s.recv(1 << 20)
        if not data:
            raise AssertionError("cut off")
        text += data
        try:
            return json.loads(text)
        except ValueError:
            pass


def others_are_served():
    began = time.monotonic()
    s = connect()
    reply = ask(s, "transact", ["Open_vSwitch", {"op": "comment", "comment": "x"},
                                {"op": "select", "table": "Bridge", "where": []}])
    assert reply["error"] is None, reply
    s.close()
    took = time.monotonic() - began
    assert took < 5, f"it took {took} s"


def is_cut_off(data, what):
    s = connect()
    try:
        for at in range(0, len(data), 1 << 20):
            s.sendall(data[at:at + (1 << 20)])
        gone = s.recv(1) == b""
    except (BrokenPipeError, ConnectionResetError):
        gone = True
    assert gone, f"{what} was not cut off"
    s.close()
    others_are_served()


others_are_served()
base = rss_mib()
is_cut_off(b'{"id":0,"method":"echo","params":["' + b"x" * (100 << 20), "a string of 100 MB")
is_cut_off(b'{"id":0,"method":"echo","params":' + b"[" * 100000, "a depth of 100,000")
is_cut_off(b'{"id":0,"method":"echo","params":[' + b"0," * (20 << 20), "40 MB of numbers")
is_cut_off(b"GET / HTTP/1.0\r\n\r\n", "another protocol")
is_cut_off(b'{"id":0,"method":"transact","params":{}}', "params that are no array")
is_cut_off(b'{"id":0,"method":"transact"}]', "no params")
is_cut_off(b'{"id":0,"method":"\xff","params":[]}', "wrong UTF-8")

# As deep as is taken.
s = connect()
for where in ("[" * 900 + "]" * 900, '{"a":' * 900 + "0" + "}" * 900):
    s.sendall(b'{"id":0,"method":"transact","params":["Open_vSwitch",{"op":"select",'
              b'"table":"Bridge","where":[["name","==",%s]]}]}' % where.encode())
    assert b"error" in s.recv(1 << 20)
s.close()

# Half a message, then silence.
halves = [connect() for _ in range(100)]
for s in halves:
    s.sendall(b'{"id":0,"method":"transact","params":["Open_vSwitch",' + b" " * 100000)
others_are_served()
for s in halves:
    s.close()

# Asks and never reads.
greedy = connect()
greedy.setblocking(False)
request = json.dumps({"id": 0, "method": "get_schema", "params": ["Open_vSwitch"]}).encode()
sent = 0
try:
    while sent < 64 << 20:
        sent += greedy.send(request)
except BlockingIOError:
    pass
assert sent < 64 << 20, "it never stopped reading requests"
others_are_served()
greedy.close()

# Waits that never end, left behind; more of them than there may be clients.
wait = {"op": "wait", "table": "Open_vSwitch", "where": [], "columns": ["next_cfg"],
        "until": "==", "rows": [{"next_cfg": -1}]}
for i in range(100):
    s = connect()
    for id in range(100):
        s.sendall(json.dumps({"id": id, "method": "transact",
                              "params": ["Open_vSwitch", wait]}).encode())
    if i % 20 == 0:
        others_are_served()
    s.close()

# Locks without end.
s = connect()
refused = [i for i in range(1000) if ask(s, "lock", [f"l{i}"])["error"]]
assert refused and refused[0] >= 10, "locks are not bounded"
s.close()

# Connections without end; this process is refused, others aren't.
import subprocess
many = []
for _ in range(2000):
    try:
        many.append(connect())
    except OSError:
        break
subprocess.run([sys.executable, "-c", f"""
import socket
s = socket.socket(socket.AF_UNIX); s.settimeout(20); s.connect({path!r})
s.sendall(b'{{"id":0,"method":"list_dbs","params":[]}}')
assert s.recv(4096)
"""], check=True)
for s in many:
    s.close()
deadline = time.monotonic() + 20
while True:
    try:
        others_are_served()
        break
    except (OSError, AssertionError):
        if time.monotonic() > deadline:
            raise

# Noise.
rng = random.Random(1)
pieces = [b'{', b'}', b'[', b']', b'"', b'\\', b',', b':', b'"id"', b'"method"', b'"params"', b'0',
          b'"transact"', b'"Open_vSwitch"', b'{"op":"select","table":"Bridge","where":[]}', b'null',
          b'{"op":"insert","table":"Bridge","row":{"name":["set",[]]}}', b'\x00', b'\xff']
for _ in range(500):
    s = connect()
    try:
        s.sendall(b"".join(rng.choice(pieces) for _ in range(rng.randrange(1, 60))))
        s.sendall(b'{"id":1,"method":"transact","params":["Open_vSwitch",%s]}' %
                  b"".join(rng.choice(pieces) for _ in range(rng.randrange(1, 6))))
    except OSError:
        pass
    s.close()
others_are_served()

grown = rss_mib() - base
print(f"memory grew by {grown} MiB")
assert grown < 150 or sanitized, f"memory grew by {grown} MiB"
END
