# SPDX-License-Identifier: Apache-2.0
"""The peer: Open vSwitch with DPDK from Debian, by hand in a directory of its own."""
import os
import pathlib
import re
import subprocess
import time

import unixctl
from cases import LARGE_TABLE
from guest import guest_of
from host import BenchError, Child, MAIN_CORE, WORKER_CORE, wait_for
from rig import BRIDGE, Window, bridge_commands, lost_share, sample

# Unpacked, not installed: its services must not start beside this switch.
ROOT = subprocess.run(
	[pathlib.Path(__file__).resolve().parents[2] / 'utilities/install-deps', '--path', 'ovs'],
	text=True, capture_output=True, check=True).stdout.strip() + '/usr'
DAEMON = f'{ROOT}/lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk'
SCHEMA = f'{ROOT}/share/openvswitch/vswitch.ovsschema'
os.environ['PATH'] = f'{ROOT}/bin:{ROOT}/sbin:{os.environ["PATH"]}'
WARM_SECONDS = 12       # a table that is smaller than the workload never warms
LEARN_SECONDS = 2
MISSES_WHEN_WARM = 1e-4


def run(arguments, what):
	done = subprocess.run([str(a) for a in arguments], text=True, capture_output=True,
		check=False)
	if done.returncode:
		raise BenchError(f'{what}: {done.stderr.strip() or done.stdout.strip()}')
	return done.stdout


class Ovs:
	def __init__(self, tuned):
		self.tuned = tuned
		self.key = 'ovs-tuned' if tuned else 'ovs'
		self.title = 'OVS-DPDK tuned' if tuned else 'OVS-DPDK'

	def version(self):
		return run([DAEMON, '--version'], 'ovs-vswitchd').splitlines()[0].split()[-1]

	def measure(self, rig, case):
		with guest_of(rig, case) as guest:
			instance = Instance(rig, self.key)
			try:
				instance.start(rig, self.tuned)
				instance.configure(rig.interfaces(case, guest and guest.sockets),
					case.port_settings, LARGE_TABLE if self.tuned else None)
				if guest:
					guest.run()
				if case.finite:
					return instance.learn()
				return instance.replay(rig, case)
			finally:
				instance.stop()


class Instance:
	def __init__(self, rig, key):
		self.directory = rig.rundir(key)
		self.control = self.directory / 'vswitchd.ctl'
		self.database = f'unix:{self.directory}/db.sock'
		self.children = []

	def spawn(self, name, *arguments):
		places = {f'OVS_{kind}': str(self.directory)
			for kind in ('RUNDIR', 'LOGDIR', 'DBDIR')}
		child = Child(name, arguments, self.directory, env={**os.environ, **places})
		self.children.append(child)
		return child

	def start(self, rig, tuned):
		file = self.directory / 'conf.db'
		run(['ovsdb-tool', 'create', file, SCHEMA], 'ovsdb-tool')
		server = self.spawn('ovsdb-server', 'ovsdb-server', file,
			f'--remote=p{self.database}', f'--unixctl={self.directory}/ovsdb.ctl',
			f'--pidfile={self.directory}/ovsdb.pid')
		wait_for('ovsdb-server starts',
			lambda: unixctl.listens(self.directory / 'db.sock'), 10, server)
		eal = ' '.join(['--no-pci', '--no-telemetry', f'--file-prefix={rig.directory.name}',
			*rig.memory()])
		self.vsctl('--no-wait', '--', 'set', 'Open_vSwitch', '.',
			'other_config:dpdk-init=true', f'other_config:dpdk-extra="{eal}"',
			f'other_config:dpdk-lcore-mask={1 << MAIN_CORE:#x}',
			f'other_config:pmd-cpu-mask={1 << WORKER_CORE:#x}',
			*(['other_config:smc-enable=true'] if tuned else []))
		self.switch = self.spawn('ovs-vswitchd', DAEMON, self.database,
			f'--unixctl={self.control}', f'--pidfile={self.directory}/vswitchd.pid')
		wait_for('ovs-vswitchd starts', lambda: unixctl.listens(self.control), 30,
			self.switch)

	def configure(self, *arguments):
		self.vsctl(*bridge_commands(*arguments))
		errors = [line for line in self.vsctl('--bare', '--', '--columns=error', 'list',
			'Interface').splitlines() if line]
		if errors:
			raise BenchError(f'ovs-vswitchd refused a port: {errors[0]}')

	def vsctl(self, *arguments):
		return run(['ovs-vsctl', f'--db={self.database}', '--timeout=60', *arguments],
			'ovs-vsctl')

	def stop(self):
		for child in reversed(self.children):
			child.stop()

	def call(self, command, *arguments):
		return unixctl.call(self.control, command, *arguments)

	def counters(self):
		"""Packets and misses of the worker since the last clear."""
		text = self.call('dpif-netdev/pmd-stats-show').split('main thread')[0]

		def count(label):
			return int(re.search(rf'{label}: (\d+)', text).group(1))

		return (count('packets received'),
			count('miss with success upcall') + count('miss with failed upcall'))

	def macs(self):
		text = self.call('fdb/stats-show', BRIDGE)
		return (int(re.search(r'entries in the table: (\d+)', text).group(1)),
			int(re.search(r'learned MAC entries\s*: (\d+)', text).group(1)))

	def warm_up(self, case):
		"""Waits for every MAC learned and next to no misses; False at the deadline."""
		deadline = time.monotonic() + WARM_SECONDS
		while time.monotonic() < deadline:
			self.call('dpif-netdev/pmd-stats-clear')
			time.sleep(0.3)
			packets, misses = self.counters()
			# Rounds until all was received at least once.
			learned = self.macs()[0] >= case.macs()
			if learned and packets > case.file_packets() and \
					misses <= packets * MISSES_WHEN_WARM:
				return True
		return False

	def perf(self):
		"""Since a clear: seconds, TSC cycles, packets and busy cycles of the worker."""
		text = self.call('dpif-netdev/pmd-perf-show')
		seconds = float(re.search(r'duration: ([\d.]+) s', text).group(1))
		used, share = re.search(r'Used TSC cycles:\s+(\d+)\s+\(\s*([\d.]+) %',
			text).groups()
		packets = int(re.search(r'Rx packets:\s+(\d+)', text).group(1))
		if not packets or float(share) < 50:
			raise BenchError(f'Open vSwitch was kept from working:\n{text}')
		busy = float(re.search(r'Kpps, ([\d.]+) cycles/pkt', text).group(1)) * packets
		return seconds, int(used) * 100 / float(share), packets, busy

	def replay(self, rig, case):
		warm = self.warm_up(case)
		with Window(self.switch) as window:
			self.call('dpif-netdev/pmd-stats-clear')
			time.sleep(rig.window)
			seconds, cycles, packets, busy = self.perf()
		# A guest does not keep the worker busy.
		return sample(window.lost, busy if case.guest else cycles, busy, packets,
			cycles / seconds, warm)

	def learn(self):
		"""The rate while the files last, which they do: it is some 100,000 a second."""
		self.call('dpif-netdev/pmd-stats-clear')
		before, start = self.macs()[1], time.monotonic()
		time.sleep(LEARN_SECONDS)
		learned, elapsed = self.macs()[1] - before, time.monotonic() - start
		if not learned:
			raise BenchError('Open vSwitch learned nothing')
		seconds, cycles, _, _ = self.perf()
		return sample(lost_share(self.switch), cycles / seconds * elapsed, None, learned,
			cycles / seconds)
