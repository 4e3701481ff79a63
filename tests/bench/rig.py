# SPDX-License-Identifier: Apache-2.0
"""What the systems under test share: the capture files, the ports, and a sample's figures."""
from dataclasses import dataclass

import workload
from host import MAIN_CORE, WORKER_CORE

WINDOW = 1.5                # seconds measured per sample
BRIDGE = 'br0'
PASSES_BEFORE = 3           # of the capture files before a window opens
MEMORY_MIB = 1536           # without hugepages
PACKETS_IN_FLIGHT = 16384   # mbufs beside those that hold the capture files


@dataclass
class Sample:
	"""One run. Cycles are of the TSC, per received packet, while the worker had its core.

	`cycles` counts the whole worker loop; `busy` only rounds that received something, as
	the program itself reports it. Sources that never run dry make them nearly equal.
	"""
	cycles: float
	busy: float | None
	tsc_hz: float
	warm: bool = True
	disturbed: float = 0.0      # share of the window in which the worker waited for its core


def sample(lost, total, busy, packets, tsc_hz, warm=True):
	"""`total` and `busy` are cycles, of which the share `lost` is taken off."""
	kept = (1 - lost) / packets
	return Sample(total * kept, busy * kept if busy else None, tsc_hz, warm, lost)


def lost_share(child, since=(0, 0)):
	"""The share of the time since worker_times() was `since` that the worker had to wait."""
	ran, waited = (now - then for now, then in zip(child.worker_times(), since))
	return waited / (ran + waited) if ran else 0.0


class Window:
	"""As a context: `lost` is then the lost_share() of it."""

	def __init__(self, child):
		self.child = child
		self.lost = 0.0

	def __enter__(self):
		self.since = self.child.worker_times()
		return self

	def __exit__(self, *_):
		self.lost = lost_share(self.child, self.since)


class Rig:
	"""Work directory, capture files (made once), memory mode and the length of a window."""

	def __init__(self, directory, hugepages, window=WINDOW):
		self.directory = directory
		self.hugepages = hugepages
		self.window = window
		self.written = {}
		self.runs = 0

	def file(self, traffic):
		if traffic not in self.written:
			path = self.directory / f'{len(self.written)}.pcap'
			workload.write(path, traffic)
			self.written[traffic] = path
		return self.written[traffic]

	def devices(self, case):
		"""The case's vdevs: two sources, then the sinks of a flood."""
		replay = '' if case.finite else ',infinite_rx=1'
		traffics = (case.traffic, case.traffic.swapped())
		return [f'net_pcap{i},rx_pcap={self.file(traffic)}{replay}'
			for i, traffic in enumerate(traffics)] + \
			[f'net_null{i},no-rx=1' for i in range(case.sinks)]

	def interfaces(self, case, sockets):
		"""The same as columns of Interface rows; a guest's ports where it has sockets."""
		if sockets:
			return [('type=dpdkvhostuserclient', f'options:vhost-server-path={path}')
				for path in sockets]
		return [('type=dpdk', f'options:dpdk-devargs="{device}"')
			for device in self.devices(case)]

	def mbufs(self, case):
		return (0 if case.finite else case.file_packets()) + PACKETS_IN_FLIGHT

	def rundir(self, name):
		self.runs += 1
		path = self.directory / f'{self.runs}.{name}'
		path.mkdir()
		return path

	def memory(self):
		"""EAL's arguments about memory."""
		if self.hugepages:
			return ['--in-memory']
		# Open vSwitch adds --in-memory, which excludes --no-huge, unless it sees this.
		return ['--no-huge', '--legacy-mem', '-m', str(MEMORY_MIB)]


def eal_cores():
	return ['-l', f'{MAIN_CORE},{WORKER_CORE}', '--main-lcore', str(MAIN_CORE)]


def bridge_commands(interfaces, settings, table_size):
	"""ovs-vsctl arguments, one transaction: the bridge and its ports, for peer and product."""
	commands = ['--', 'add-br', BRIDGE, '--', 'set', 'Bridge', BRIDGE, 'datapath_type=netdev']
	if table_size:
		commands.append(f'other_config:mac-table-size={table_size}')
	# The bridge's own kernel interface must not get a copy of what is flooded.
	commands += ['--', 'set', 'Port', BRIDGE, 'tag=4000']
	for i, interface in enumerate(interfaces):
		columns = [f'{k}={v}' for k, v in settings.items()] if i < 2 else []
		commands += ['--', 'add-port', BRIDGE, f'p{i}', *columns, '--', 'set', 'Interface',
			f'p{i}', *interface]
	return commands
