#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A port that can't be opened says why: in the database, in the log and to the person who added
it; the rest of the switch goes on, and the port works once its cause is gone."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
# pylint: disable=wrong-import-position
from frames import BROADCAST, frame
from vswitch import Failure, Switch, expect, expect_frames, main, wait_until

LAST_ETHDEV = 40    # more than any DPDK build of Debian's allows


def error_of(switch, name):
	text = switch.get('Interface', name, 'error')
	return '' if text == '[]' else text.strip('"')


def add(switch, name, *settings):
	"""Adds a port that fails; returns what vswitch-ctl said, and checks the other two places."""
	done = switch.run_ctl('--timeout=20', 'add-port', 'br0', name, '--', 'set', 'Interface', name,
		*settings)
	error = error_of(switch, name)
	if not error:
		raise Failure(f'{name} with {settings} has no error')
	said = done.stdout + done.stderr
	if name not in said or error not in said:
		raise Failure(f'{name}: vswitch-ctl doesn\'t say "{error}" but "{said}"')
	if error not in switch.log.read_text():
		raise Failure(f'{name}: "{error}" is not in the log')
	return error


def bad_ports():
	with Switch(expected_log=(r'bad\w*',)) as switch:
		switch.add_br('br0')
		switch.add_sink('out')
		cases = {
			'bad-type': ('type=nonsense',),
			'bad-pcap': ('type=dpdk', 'options:dpdk-devargs="net_pcap9,rx_pcap=/nowhere/x"'),
			'bad-driver': ('type=dpdk', 'options:dpdk-devargs="net_nonsense0"'),
			'bad-noargs': ('type=dpdk',),
			'bad-nopath': ('type=dpdkvhostuserclient',),
			'bad-long': ('type=dpdkvhostuserclient',
				f'options:vhost-server-path=/tmp/{"x" * 120}'),
			'bad-system': ('type=system',),
		}
		errors = {name: add(switch, name, *settings) for name, settings in cases.items()}
		for name, error in errors.items():
			print(f'{name}: {error}')
			expect(f'ofport of {name}', switch.get('Interface', name, 'ofport'), '-1')
		# What is right works beside them, and a port works when its cause is gone.
		data = [frame(BROADCAST, '02:00:00:00:00:01')]
		switch.inject('in', data)
		tx = switch.work / 'late.pcap'
		switch.ctl('set', 'Interface', 'bad-driver',
			f'options:dpdk-devargs="net_pcap8,tx_pcap={tx}"')
		wait_until('the corrected port is without error', 10,
			lambda: not error_of(switch, 'bad-driver'))
		switch.ctl(*' -- '.join(f'del-port {name}' for name in cases).split())
		switch.inject('in', data)
	expect_frames('out', switch.sent('out'), data + data)


def too_many():
	"""DPDK has room for some 32 ethdevs: the next is refused, and taken when another goes."""
	with Switch(expected_log=(r'bad\w*', r'p\d+')) as switch:
		switch.add_br('br0')
		full = None
		for number in range(LAST_ETHDEV):
			settings = ('type=dpdk', f'options:dpdk-devargs="net_null{number},no-rx=1"')
			name = f'p{number}'
			switch.run_ctl('--timeout=20', 'add-port', 'br0', name, '--', 'set', 'Interface',
				name, *settings)
			if error_of(switch, name):
				full = name
				break
		if full is None:
			raise Failure(f'{LAST_ETHDEV} ethdevs were opened')
		print(f'{full}: {error_of(switch, full)}')
		if int(full[1:]) < 30:
			raise Failure(f'only {full[1:]} ethdevs were opened')
		switch.ctl('del-port', 'p0', '--', 'del-port', full)
		switch.ctl('add-port', 'br0', 'again', '--', 'set', 'Interface', 'again', 'type=dpdk',
			'options:dpdk-devargs="net_null99,no-rx=1"')
		expect('error of the port that came back', error_of(switch, 'again'), '')


def bad_settings():
	"""What can't be applied of a port that works is said too."""
	with Switch(expected_log=('out',)) as switch:
		switch.add_br('br0')
		switch.add_sink('out')
		for words in (('Port', 'out', 'vlan_mode=nonsense'), ('Port', 'out', 'tag=4096'),
				('Interface', 'out', 'mtu_request=-1')):
			if switch.run_ctl('set', *words).returncode == 0:
				raise Failure(f'set {" ".join(words)} was taken')


main(bad_ports, too_many, bad_settings)
