#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# Wants VSWITCH_SANITIZED.
"""Frames of every length from 0 up, random tags, truncated headers, into a daemon that is built
with sanitizers: none crashes it, none leaves where a correct one would not."""
import pathlib
import random
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
# pylint: disable=wrong-import-position
from frames import BROADCAST, VlanPort, frame, mac, tag, write_pcap
from vswitch import Switch, expect, expect_frames, main, soak

LONGEST = 1514
BATCH = 5000
MODES = {
	'access10': VlanPort('access', 10),
	'access20': VlanPort('access', 20),
	'trunk': VlanPort('trunk'),
	'trunk20': VlanPort('trunk', trunks=(20, 30)),
	'nt10': VlanPort('native-tagged', 10, (20,)),
	'nu20': VlanPort('native-untagged', 20, (10, 30)),
}
TYPES = (0x0800, 0x0806, 0x86dd, 0x8100, 0x88a8, 0x9100, 0x8809, 0x8902, 0x0000, 0x05dc, 0xffff)


def random_frame(rng):
	"""Headers that begin right and go wrong anywhere."""
	dst = rng.choice((mac(BROADCAST), bytes((0x33, 0x33)) + rng.randbytes(4),
		b'\x02' + rng.randbytes(5)))
	data = dst + b'\x06' + rng.randbytes(5)
	for _ in range(rng.choice((0, 0, 1, 1, 2, 3))):
		vid = rng.choice((0, 1, 10, 20, 30, 4094, 4095, rng.randrange(4096)))
		data += struct.pack('>HH', rng.choice((0x8100, 0x8100, 0x88a8)),
			rng.randrange(16) << 12 | vid)
	data += struct.pack('>H', rng.choice(TYPES)) + rng.randbytes(rng.randrange(200))
	return data[:rng.randrange(len(data) + 1)] if rng.random() < 0.4 else data


def batch(rng):
	every = frame(BROADCAST, '02:00:00:00:00:01', bytes(range(256)) * 6, tag(10, 1), size=LONGEST)
	for length in range(0, LONGEST, 1 if rng.random() < 0.2 else 37):
		yield every[:length]
	for _ in range(BATCH):
		yield random_frame(rng)


def predict(port, data, wanted, reasons):
	verdict = port.admit(data)
	outputs = {}
	if isinstance(verdict, tuple):
		outputs = {name: out.emit(*verdict) for name, out in MODES.items()}
		outputs = {name: output for name, output in outputs.items() if output is not None}
		verdict = 'no-destination'
	if not outputs:
		reasons[verdict] = reasons.get(verdict, 0) + 1
	for name, output in outputs.items():
		wanted[name].append(output)


def malformed():
	seed = random.randrange(1 << 32)
	print(f'seed {seed}')
	rng = random.Random(seed)
	wanted = {name: [] for name in MODES}
	with Switch(sanitized=True) as switch:
		switch.add_br('br0')
		for name, port in MODES.items():
			switch.add_sink(name, *port.columns())
		for number in range(soak(100)):
			name, port = rng.choice(list(MODES.items()))
			reasons = {}
			data = list(batch(rng))
			for one in data:
				predict(port, one, wanted, reasons)
			write_pcap(switch.work / 'last.pcap', data)
			switch.inject(f'in{number}', data, *port.columns(), keep=True)
			expect(f'drops of batch {number}', switch.drops(f'in{number}'), reasons)
			switch.ctl('del-port', f'in{number}')
	for name, output in wanted.items():
		expect_frames(name, switch.sent(name), output)


main(malformed)
