# SPDX-License-Identifier: Apache-2.0
"""Adds, changes and removes ports while two others carry traffic: nothing leaks, and the two lose
nothing."""
import itertools

from frames import frame
from vswitch import Failure, expect, open_files, resident_kb, wait_until

A, B = '02:00:00:00:00:0a', '02:00:00:00:00:0b'
UNDER_WAY = 128     # frames of the untouched ports that a worker may have in hand
GROWTH_KB = 4096    # of resident memory, over all rounds; a leak of a port's size is far more


def traffic(switch):
	there = [frame(B, A, bytes((n,))) for n in range(64)]
	back = [frame(A, B, bytes((n,))) for n in range(64)]
	switch.add_pcap('p1', rx=there, forever=True)
	switch.add_pcap('p2', rx=back, forever=True)
	wait_until('traffic flows', 20, lambda: min(switch.stats(port)['tx_packets']
		for port in ('p1', 'p2')) > 10000)
	return account(switch)


def account(switch):
	"""By port: how many it dropped, and how many more it received than the other sent."""
	stats = {row['port']: row for row in switch.view('port/stats')}
	return {one: (stats[one]['drops'], stats[one]['rx_packets'] - stats[other]['tx_packets'])
		for one, other in (('p1', 'p2'), ('p2', 'p1'))}


def check_untouched(switch, at_first):
	"""Until p2 was there, what p1 received had nowhere to go; since then, nothing is lost."""
	now = account(switch)
	for port, (dropped, missing) in now.items():
		if dropped != at_first[port][0] or abs(missing - at_first[port][1]) > UNDER_WAY:
			raise Failure(f'{port} dropped {dropped}, misses {missing}; at first '
				f'{at_first[port]}: {switch.drops(port)}')


def one_round(switch, number, kind):
	"""Three steps: a port comes, changes, and goes."""
	name = f'c{number % 7}'
	switch.ctl('add-port', 'br0', name, '--', 'set', 'Interface', name,
		*(word.format(work=switch.work, name=name, number=number) for word in kind))
	expect(f'error of {name}', switch.get('Interface', name, 'error'), '[]')
	switch.ctl('set', 'Port', name, f'tag={number % 4000 + 1}', '--', 'set', 'Interface', name,
		f'mtu_request={1500 + number % 3}')
	switch.ctl('del-port', name)


def usage(switch):
	return {'resident KB': resident_kb(switch.process.pid),
		'descriptors': open_files(switch.process.pid), 'packet buffers': switch.buffers()[0]}


def churn(switch, kinds, rounds):
	switch.add_br('br0')
	at_first = traffic(switch)
	kinds = itertools.cycle(kinds)
	# The first rounds fill caches and pools that stay.
	warm = max(20, rounds // 10)
	for number in range(warm):
		one_round(switch, number, next(kinds))
	before = usage(switch)
	for number in range(warm, warm + rounds):
		one_round(switch, number, next(kinds))
		if number % 20 == 0:
			check_untouched(switch, at_first)
	check_untouched(switch, at_first)
	after = usage(switch)
	print(f'{rounds} rounds: before {before}, after {after}')
	if after['resident KB'] > before['resident KB'] + GROWTH_KB:
		raise Failure(f'memory grew: {before} -> {after}')
	if after['descriptors'] > before['descriptors'] + 2:
		raise Failure(f'descriptors leaked: {before} -> {after}')
	switch.ctl('del-port', 'p1', '--', 'del-port', 'p2')
	expect('balance', switch.imbalance(), 0)
	used = switch.buffers()[0]
	if used > before['packet buffers'] + UNDER_WAY:
		raise Failure(f'packet buffers leaked: {before["packet buffers"]} -> {used}')
