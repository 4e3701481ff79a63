#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every VLAN mode against every kind of tag: the exact frames that leave each port."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
# pylint: disable=wrong-import-position
from frames import BROADCAST, SERVICE_TPID, VlanPort, frame, tag
from vswitch import Switch, expect, expect_frames, main

MODES = {
	'access10': VlanPort('access', 10),
	'access20': VlanPort('access', 20),
	'access4094': VlanPort('access', 4094),
	'trunk': VlanPort('trunk'),
	'trunk10': VlanPort('trunk', trunks=(10,)),
	'trunk0': VlanPort('trunk', trunks=(0, 20)),
	'nt10': VlanPort('native-tagged', 10),
	'nt10only20': VlanPort('native-tagged', 10, (20,)),
	'nu10': VlanPort('native-untagged', 10),
	'nu10only20': VlanPort('native-untagged', 10, (20,)),
}
TAGS = [b'']
TAGS += [tag(0, pcp, dei) for pcp, dei in ((0, 0), (5, 0), (7, 1))]
TAGS += [tag(vid, pcp, dei) for vid in (1, 10, 20, 30, 4094, 4095) for pcp, dei in ((0, 0), (3, 1))]
TAGS += [tag(10) + tag(20), tag(0, 6) + tag(10), tag(20, 1) + tag(0, 2), tag(4095) + tag(10),
	tag(10, tpid=SERVICE_TPID), tag(10, tpid=SERVICE_TPID) + tag(20),
	tag(10) + tag(20, tpid=SERVICE_TPID), tag(10) + tag(20) + tag(30)]
DESTINATIONS = (BROADCAST, '01:00:5e:00:00:01', '02:00:00:00:ff:01', '01:80:c2:00:00:0f')


def frames_from(number):
	"""One of each kind, marked by the port that it enters by."""
	return [frame(dst, f'02:00:00:00:00:{number:02x}', bytes((number, i, j)), tags)
		for i, tags in enumerate(TAGS) for j, dst in enumerate(DESTINATIONS)]


def predict(port, data, wanted, reasons):
	verdict = port.admit(data)
	if isinstance(verdict, str):
		reasons[verdict] = reasons.get(verdict, 0) + 1
		return
	outputs = {name: out.emit(*verdict) for name, out in MODES.items()}
	sent = False
	for name, output in outputs.items():
		if output is not None:
			wanted[name].append(output)
			sent = True
	if not sent:
		reasons['no-destination'] = reasons.get('no-destination', 0) + 1


def modes():
	wanted = {name: [] for name in MODES}
	with Switch() as switch:
		switch.add_br('br0')
		for name, port in MODES.items():
			switch.add_sink(name, *port.columns())
		for number, (name, port) in enumerate(MODES.items()):
			reasons = {}
			data = frames_from(number)
			for one in data:
				predict(port, one, wanted, reasons)
			switch.inject(f'in-{name}', data, *port.columns(), keep=True)
			expect(f'drops of {name}', switch.drops(f'in-{name}'), reasons)
			switch.ctl('del-port', f'in-{name}')
	for name, output in wanted.items():
		expect_frames(name, switch.sent(name), output)


def changed_at_run_time():
	"""A port's VLAN changes without a restart, and what was learned on it is of no use any more."""
	with Switch() as switch:
		switch.add_br('br1')
		switch.add_br('br0')
		switch.add_sink('out', 'tag=10')
		data = [frame(BROADCAST, '02:00:00:00:00:01', b'first')]
		switch.inject('in', data, 'tag=10')
		switch.ctl('set', 'Port', 'out', 'tag=20')
		second = [frame(BROADCAST, '02:00:00:00:00:01', b'second')]
		switch.inject('in', second, 'tag=10')
		third = [frame(BROADCAST, '02:00:00:00:00:01', b'third')]
		switch.inject('in', third, 'tag=20')
		switch.ctl('clear', 'Port', 'out', 'tag', '--', 'set', 'Port', 'out', 'trunks=10,30')
		fourth = [frame(BROADCAST, '02:00:00:00:00:01', b'fourth', tag(vid)) for vid in (10, 20, 30)]
		switch.inject('in', fourth)
	expect_frames('out', switch.sent('out'), data + third + [fourth[0], fourth[2]])


main(modes, changed_at_run_time)
