# SPDX-License-Identifier: Apache-2.0
"""The cases: what the ports receive and how the bridge is configured."""
from dataclasses import dataclass, field

import workload
from workload import Traffic

LARGE_TABLE = 1000000
SINKS_IN_FLOOD = 7   # with the other source port, a flood reaches 8 ports
VLAN = 10


@dataclass(frozen=True)
class Case:
	key: str
	title: str
	traffic: Traffic                     # the second port receives it swapped
	sinks: int = 0                       # further ports that only take what is flooded
	port_settings: dict = field(default_factory=dict)   # columns of both Port rows
	baseline: str | None = None          # the case that a "+" budget comes on top of
	copies: int = 1                      # by which a "+" is divided
	axis: str | None = None              # 'flows' or 'pairs': the plot that it is a point of
	guest: bool = False                  # vhost-user ports of a guest, no files

	@property
	def finite(self):
		"""The files are played once, and the figure is about new MACs."""
		return bool(self.traffic.new_sources)

	def macs(self):
		return 2 * self.traffic.stations()

	def file_packets(self):
		return 2 * self.traffic.packets()


def flows(count):
	return Case(f'flows-{count}', f'1 MAC pair, {count:,} flow{"s" if count > 1 else ""}',
		Traffic(flows=count), axis='flows')


def pairs(count):
	return Case(f'macs-{count}', f'{count:,} MAC pairs', Traffic(pairs=count), axis='pairs')


def vlan(key, title, vid, mode):
	# The same mode on both ports makes both directions do the same work.
	return Case(key, title, Traffic(flows=1000, vid=vid), baseline='flows-1000',
		port_settings={'tag': VLAN, 'vlan_mode': mode})


def flood(key, title, destination):
	return Case(key, title, Traffic(flows=1000, destination=destination),
		sinks=SINKS_IN_FLOOD, baseline='flood-none', copies=SINKS_IN_FLOOD)


CASES = [
	flows(1), flows(1000), flows(10000), flows(100000),
	pairs(1000), pairs(10000), pairs(100000),
	vlan('vlan-push', 'VLAN tag pushed', None, 'native-tagged'),
	vlan('vlan-pop', 'VLAN tag popped', VLAN, 'native-untagged'),
	vlan('vlan-rewrite', 'VLAN tag rewritten (priority tag to native VLAN)', 0,
		'native-tagged'),
	Case('flood-none', '9 ports, nothing flooded (base of the two below)',
		Traffic(flows=1000), sinks=SINKS_IN_FLOOD),
	flood('flood-unknown', 'unknown unicast to 8 ports', 'unknown'),
	flood('flood-broadcast', 'broadcast to 8 ports', 'broadcast'),
	Case('learn', 'learning new MACs', Traffic(new_sources=400000), baseline='flows-1'),
	Case('imix', 'IMIX 7:4:1 of 64/594/1518, 1,000 flows',
		Traffic(flows=1000, sizes=workload.IMIX)),
	Case('vhost', 'vhost-user to vhost-user', Traffic(), guest=True),
]
QUICK = ('flows-1', 'flows-1000', 'flows-100000', 'macs-10000', 'macs-100000', 'vlan-push',
	'flood-none', 'flood-unknown', 'learn')


def select(keys):
	"""The cases of these keys in the list's order, with the baselines they need."""
	known = {case.key: case for case in CASES}
	unknown = [key for key in keys if key not in known]
	if unknown:
		raise ValueError(f'no case {", ".join(unknown)}; there are: {", ".join(known)}')
	wanted = set(keys) | {known[key].baseline for key in keys}
	return [case for case in CASES if case.key in wanted]
