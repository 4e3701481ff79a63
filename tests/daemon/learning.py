#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Flooding, learning, moves, and what is never forwarded, by the frames that leave each port."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
# pylint: disable=wrong-import-position
from frames import BROADCAST, frame, tag
from vswitch import Failure, Switch, expect, expect_frames, main

A, B, C = ('02:00:00:00:0a:01', '02:00:00:00:0b:01', '02:00:00:00:0c:01')


def entries(switch):
	"""(VLAN, MAC) -> port"""
	return {(row['vlan'], row['mac']): row['port'] for row in switch.view('fdb/list', 'br0')}


def learning():
	with Switch() as switch:
		switch.add_br('br0')
		for name in ('p1', 'p2', 'p3'):
			switch.add_sink(name)
		flooded = frame(B, A, b'unknown')
		switch.inject('a', [flooded], keep=True)
		expect('table', entries(switch), {(0, A): 'a'})
		# Back to A: only there. Port a writes nothing, so that no sink may see it.
		switch.inject('b', [frame(A, B, b'known')], keep=True)
		expect('table', entries(switch), {(0, A): 'a', (0, B): 'b'})
		expect('sent to a', switch.stats('a')['tx_packets'], 1)
		# To itself: nowhere.
		switch.inject('c', [frame(C, C, b'self'), frame(C, BROADCAST, b'group source')],
			keep=True)
		expect('drops', switch.drops('c'), {'same-port': 2})
		# A moves: its frames go to the new port, b gets the answer's flood no more.
		moved = frame(BROADCAST, A, b'moved')
		switch.inject('d', [moved], keep=True)
		expect('A moved', entries(switch)[(0, A)], 'd')
		switch.inject('e', [frame(A, '02:00:00:00:0e:01', b'to new place')], keep=True)
		expect('sent to d', switch.stats('d')['tx_packets'], 1)
		# What a removed port had is unknown again.
		switch.ctl('del-port', 'd')
		if (0, A) in entries(switch):
			raise Failure('a removed port still has addresses')
		gone = frame(A, '02:00:00:00:0e:01', b'flooded again')
		switch.inject('f', [gone])
	for name in ('p1', 'p2', 'p3'):
		expect_frames(name, switch.sent(name), [flooded, moved, gone])


def vlans_apart():
	"""One address may be on two ports in two VLANs."""
	with Switch() as switch:
		switch.add_br('br0')
		switch.add_sink('x')
		switch.inject('a', [frame(BROADCAST, A, b'', tag(10))], keep=True)
		switch.inject('b', [frame(BROADCAST, A, b'', tag(20))], keep=True)
		expect('table', entries(switch), {(10, A): 'a', (20, A): 'b'})
		before = {port: switch.stats(port)['tx_packets'] for port in 'ab'}
		switch.inject('c', [frame(A, C, b'', tag(10))], keep=True)
		expect('to a', switch.stats('a')['tx_packets'], before['a'] + 1)
		expect('to b', switch.stats('b')['tx_packets'], before['b'])


def two_bridges():
	"""A bridge knows nothing of another."""
	with Switch() as switch:
		for bridge in ('br0', 'br1'):
			switch.add_br(bridge)
			switch.add_sink(f'sink-{bridge}', bridge=bridge)
		switch.inject('in0', [frame(BROADCAST, A, b'0')], bridge='br0')
		switch.inject('in1', [frame(BROADCAST, A, b'1')], bridge='br1')
	expect_frames('br0', switch.sent('sink-br0'), [frame(BROADCAST, A, b'0')])
	expect_frames('br1', switch.sent('sink-br1'), [frame(BROADCAST, A, b'1')])


def reserved():
	with Switch() as switch:
		switch.add_br('br0')
		switch.add_sink('out')
		data = [frame(f'01:80:c2:00:00:{last:02x}', A) for last in (0, 2, 3, 14, 15, 16, 32)]
		switch.inject('in', data, keep=True)
		expect('drops', switch.drops('in'), {'reserved-address': 5})
		switch.ctl('set', 'Bridge', 'br0', 'other_config:forward-bpdu=true')
		switch.ctl('del-port', 'in')
		switch.inject('in', data[:5])
	expect_frames('out', switch.sent('out'), data[5:] + data[:5])


main(learning, vlans_apart, two_bridges, reserved)
