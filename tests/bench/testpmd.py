# SPDX-License-Identifier: Apache-2.0
"""The floor: dpdk-testpmd in io mode, what source and sink cost by themselves."""
import re
import time

from guest import guest_of
from host import Child, wait_for
from rig import PASSES_BEFORE, Sample, Window, eal_cores, sample
from session import Session


class Testpmd:
	key, title = 'io', 'testpmd io'

	def version(self):
		return None

	def measure(self, rig, case):
		with guest_of(rig, case) as guest:
			child = self.start(rig, case, guest)
			try:
				session = Session(child)
				if guest:
					guest.run()
					return self.bounce(rig, session)
				return self.replay(rig, case, session)
			finally:
				child.stop()

	def start(self, rig, case, guest):
		directory = rig.rundir('io')
		devices = [f'net_vhost{i},iface={path},client=1'
			for i, path in enumerate(guest.sockets)] if guest else rig.devices(case)
		# Reading the TSC twice a burst costs: only where the source runs dry, and the
		# total says nothing.
		record = ['--record-core-cycles'] if case.finite or guest else []
		return Child('testpmd', ['stdbuf', '-oL', 'dpdk-testpmd', *eal_cores(),
			*rig.memory(), '--no-pci', '--no-telemetry',
			f'--file-prefix={directory.parent.name}', '--log-level=lib.eal:debug',
			*(f'--vdev={device}' for device in devices), '--', '-i', '--auto-start',
			'--forward-mode=io', '--nb-cores=1', '--port-topology=chained',
			'--no-lsc-interrupt', '--no-flush-rx', '--mbcache=512',
			f'--total-num-mbufs={rig.mbufs(case)}', *record], directory,
			interactive=True)

	def replay(self, rig, case, session):
		# Several passes of a replayed file, so that its mbufs are where they stay.
		passes = 1 if case.finite else PASSES_BEFORE
		wait_for('testpmd receives the files', lambda: session.received() >=
			passes * case.file_packets(), 30, session.child, 0.1)
		if case.finite:
			cycles = session.cycles()
			return Sample(cycles, cycles, session.tsc_hz)
		with Window(session.child) as window:
			time.sleep(rig.window)
			pps = sum(session.counts('Rx-pps'))
		return sample(window, session.tsc_hz, None, pps, session.tsc_hz)

	def bounce(self, rig, session):
		wait_for('the guest sends', session.received, 10, session.child)
		with Window(session.child) as window:
			session.ask('clear fwd stats all', 'testpmd> $')
			time.sleep(rig.window)
			cycles = session.cycles()
		return sample(window, cycles, cycles, 1, session.tsc_hz)
