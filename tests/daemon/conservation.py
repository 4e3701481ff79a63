#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""No packet vanishes: what came in and what was copied equals what went out and what was dropped
for a named reason, under load, while ports come and go."""
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
# pylint: disable=wrong-import-position
from frames import BROADCAST, frame, tag
from vswitch import Failure, Switch, expect, main, soak, wait_until

UNDER_WAY = 2000    # frames and copies of a burst that is half done when it is read
ROUNDS = 100


def mix(rng, source):
	"""Known and unknown, broadcast, tagged and not, too short, reserved."""
	result = []
	for _ in range(500):
		dst = rng.choice((BROADCAST, f'02:00:00:00:00:{rng.randrange(4):02x}',
			f'06:00:00:00:{rng.randrange(256):02x}:{rng.randrange(256):02x}',
			'01:80:c2:00:00:02'))
		data = frame(dst, f'02:00:00:00:00:{source:02x}', b'',
			rng.choice((b'', tag(10), tag(20), tag(4095), tag(0, 3))))
		result.append(data[:13] if rng.random() < 0.05 else data)
	return result


def add_source(switch, rng, number):
	switch.add_pcap(f'source{number}', rx=mix(rng, number), forever=True,
		columns=rng.choice((('tag=10',), ('trunks=10,20',), ())))


def change(switch, rng):
	"""Something that reconfigures the switch under the traffic."""
	number = rng.randrange(3)
	kind = rng.randrange(4)
	if kind == 0:
		switch.ctl('del-port', f'source{number}')
		add_source(switch, rng, number)
	elif kind == 1:
		switch.ctl('del-port', f'sink{number}')
		switch.add_dpdk(f'sink{number}', f'net_null{rng.randrange(1 << 20)},no-rx=1')
	elif kind == 2:
		switch.ctl('set', 'Port', f'sink{number}', f'tag={rng.choice((10, 20))}')
	else:
		switch.ctl('--if-exists', 'del-port', 'guest', '--', 'add-port', 'br0', 'guest', '--',
			'set', 'Interface', 'guest', 'type=dpdkvhostuserclient',
			f'options:vhost-server-path={switch.work}/guest.sock')


def conservation():
	seed = random.randrange(1 << 32)
	print(f'seed {seed}')
	rng = random.Random(seed)
	with Switch() as switch:
		switch.add_br('br0')
		for number in range(3):
			switch.add_dpdk(f'sink{number}', f'net_null{1000000 + number},no-rx=1')
			add_source(switch, rng, number)
		for _ in range(soak(ROUNDS)):
			seen = switch.total()['rx_packets']
			change(switch, rng)
			wait_until('more was received', 20,
				lambda: switch.total()['rx_packets'] > seen + 10000)
			if abs(switch.imbalance()) > UNDER_WAY:
				raise Failure(f'{switch.imbalance()} frames are unaccounted for: '
					f'{switch.total()}')
		reasons = {row['reason'] for row in switch.view('port/drops')}
		if not {'malformed', 'reserved-address', 'vlan-not-allowed'} <= reasons:
			raise Failure(f'dropped only as {reasons}')
		for number in range(3):
			switch.ctl('del-port', f'source{number}')
		expect('frames unaccounted for', switch.imbalance(), 0)
		print(switch.total())
		for number in range(3):
			switch.ctl('del-port', f'sink{number}')
		expect('frames unaccounted for', switch.imbalance(), 0)


main(conservation)
