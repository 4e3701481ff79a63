# SPDX-License-Identifier: Apache-2.0
"""The floor: dpdk-testpmd in io mode, what source and sink cost by themselves."""
import re
import time

from guest import guest_of
from host import Child, wait_for
from rig import PASSES_BEFORE, Window, eal_cores, lost_share, sample
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
				if case.finite:
					return self.drain(session, case)
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

	def wait(self, session, packets):
		wait_for('testpmd receives the files', lambda: session.received() >= packets, 30,
			session.child, 0.1)

	def drain(self, session, case):
		self.wait(session, case.file_packets())
		cycles = session.cycles()
		return sample(lost_share(session.child), cycles, cycles, 1, session.tsc_hz)

	def replay(self, rig, case, session):
		self.wait(session, PASSES_BEFORE * case.file_packets())
		with Window(session.child) as window:
			time.sleep(rig.window)
			pps = sum(session.counts('Rx-pps'))
		return sample(window.lost, session.tsc_hz, None, pps, session.tsc_hz)

	def bounce(self, rig, session):
		wait_for('the guest sends', session.received, 10, session.child)
		with Window(session.child) as window:
			session.ask('clear fwd stats all', 'testpmd> $')
			time.sleep(rig.window)
			cycles = session.cycles()
		return sample(window.lost, cycles, cycles, 1, session.tsc_hz)
