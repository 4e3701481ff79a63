# SPDX-License-Identifier: Apache-2.0
"""The product: vswitchd from the build tree, configured by the same ovs-vsctl as the peer."""
import json
import re
import time

import unixctl
from cases import LARGE_TABLE
from guest import guest_of
from host import BenchError, Child, MAIN_CORE, WORKER_CORE, wait_for
from ovs import run
from rig import BRIDGE, PASSES_BEFORE, Window, bridge_commands, lost_share, sample


class Vswitch:
	key, title = 'vswitch', 'vswitch'

	def __init__(self, daemon):
		self.daemon = daemon

	def version(self):
		return run([self.daemon, '--version'], 'vswitchd').splitlines()[0].split()[-1]

	def measure(self, rig, case):
		with guest_of(rig, case) as guest:
			instance = Instance(rig, self.daemon)
			try:
				instance.start()
				instance.configure(rig.interfaces(case, guest and guest.sockets),
					case.port_settings, LARGE_TABLE if case.finite else None)
				if guest:
					guest.run()
				if case.finite:
					return instance.drain(case)
				return instance.replay(rig, case)
			finally:
				instance.stop()


class Instance:
	def __init__(self, rig, daemon):
		self.directory = rig.rundir('vswitch')
		self.database = f'unix:{self.directory}/db.sock'
		self.child = Child('vswitchd', [daemon, f'--db={self.directory}/conf.db',
			f'--rundir={self.directory}', f'--log-file={self.directory}/vswitchd.log',
			*([] if rig.hugepages else ['--no-huge'])], self.directory,
			cores=(MAIN_CORE, WORKER_CORE))
		self.control = self.directory / f'vswitchd.{self.child.pid}.ctl'

	def start(self):
		wait_for('vswitchd starts', lambda: unixctl.listens(self.control) and
			unixctl.listens(self.directory / 'db.sock'), 30, self.child)
		self.vsctl('--', 'set', 'Open_vSwitch', '.',
			f'other_config:pmd-cpu-mask={1 << WORKER_CORE:#x}')

	def configure(self, *arguments):
		self.vsctl(*bridge_commands(*arguments))
		errors = [line for line in self.vsctl('--bare', '--', '--columns=error', 'list',
			'Interface').splitlines() if line]
		if errors:
			raise BenchError(f'vswitchd refused a port: {errors[0]}')

	def vsctl(self, *arguments):
		return run(['ovs-vsctl', f'--db={self.database}', '--timeout=60', *arguments],
			'ovs-vsctl')

	def stop(self):
		self.child.stop()

	def worker(self):
		"""The worker's running totals."""
		workers = json.loads(unixctl.call(self.control, 'worker/list', '--json'))
		for worker in workers:
			if worker['core'] == WORKER_CORE:
				return worker
		raise BenchError(f'vswitchd has no worker on core {WORKER_CORE}: {workers}')

	def replay(self, rig, case):
		wait_for('vswitchd forwards', lambda: self.worker()['packets'] >=
			PASSES_BEFORE * case.file_packets(), 30, self.child)
		with Window(self.child) as window:
			first = self.worker()
			time.sleep(rig.window)
			last = self.worker()
		packets, busy, idle = (last[key] - first[key]
			for key in ('packets', 'busy_cycles', 'idle_cycles'))
		if not packets:
			raise BenchError('vswitchd received nothing')
		# A guest does not keep the worker busy.
		total = busy if case.guest else busy + idle
		return sample(window.lost, total, busy, packets, last['tsc_hz'])

	def drain(self, case):
		"""All of it was forwarded, and learned: a table that refuses would look fast."""
		wait_for('vswitchd plays the files', lambda: self.worker()['packets'] >=
			case.file_packets(), 30, self.child)
		last = self.worker()
		text = unixctl.call(self.control, 'fdb/stats-show', BRIDGE)
		learned = int(re.search(r'learned MAC entries\s*: (\d+)', text).group(1))
		if learned < case.macs() * 0.999:
			raise BenchError(f'vswitchd learned only {learned} of {case.macs()} MACs')
		busy = last['busy_cycles']
		return sample(lost_share(self.child), busy, busy, last['packets'], last['tsc_hz'])
