# SPDX-License-Identifier: Apache-2.0
"""The floor: dpdk-testpmd in io mode, what source and sink cost by themselves."""
import re
import subprocess
import time

from host import Child, wait_for
from rig import PASSES_BEFORE, Sample, Window, eal_cores, sample

START_SECONDS = 30


class Testpmd:
	key, title = 'io', 'testpmd io'

	def version(self):
		return None

	def measure(self, rig, case):
		directory = rig.rundir('io')
		devices = [f'--vdev={device}' for device in rig.devices(case)]
		# Reading the TSC twice a burst costs: only where the source runs dry, and the
		# total says nothing.
		record = ['--record-core-cycles'] if case.finite else []
		child = Child('testpmd', ['stdbuf', '-oL', 'dpdk-testpmd', *eal_cores(),
			*rig.memory(), '--no-pci', '--no-telemetry',
			f'--file-prefix={directory.parent.name}',
			'--log-level=lib.eal:debug', *devices, '--', '-i', '--auto-start',
			'--forward-mode=io', '--nb-cores=1', '--port-topology=chained',
			'--no-lsc-interrupt', '--no-flush-rx', '--mbcache=512',
			f'--total-num-mbufs={rig.mbufs(case)}', *record],
			directory, stdin=subprocess.PIPE, text=True)
		try:
			session = Session(child)
			# Several passes of a replayed file, so that its mbufs are where they stay.
			passes = 1 if case.finite else PASSES_BEFORE
			wait_for('testpmd receives the files', lambda: session.received() >=
				passes * case.file_packets(), 30, child, 0.1)
			return self.drain(session) if case.finite else self.replay(rig, session)
		finally:
			child.stop()

	def replay(self, rig, session):
		with Window(session.child) as window:
			time.sleep(rig.window)
			pps = sum(session.counts('Rx-pps'))
		return sample(window, session.tsc_hz, None, pps, session.tsc_hz)

	def drain(self, session):
		text = session.ask('show fwd stats all', r'cycles/packet=.*')
		cycles = float(re.search(r'cycles/packet=([\d.]+)', text).group(1))
		return Sample(cycles, cycles, session.tsc_hz)


class Session:
	"""Commands to a running testpmd; answers are read from its output file."""

	def __init__(self, child):
		self.child = child
		text = wait_for('testpmd starts', lambda: self.output_with('testpmd> '),
			START_SECONDS, child)
		self.tsc_hz = 1000 * int(re.search(r'TSC frequency is ~(\d+) KHz', text).group(1))

	def output_with(self, pattern, start=0):
		text = self.child.output.read_bytes()[start:].decode(errors='replace')
		return text if re.search(pattern, text) else None

	def ask(self, command, answer):
		start = self.child.output.stat().st_size
		self.child.stdin.write(f'{command}\n')
		self.child.stdin.flush()
		return wait_for(f'testpmd answers "{command}"',
			lambda: self.output_with(answer, start), 10, self.child, 0.005)

	def counts(self, label):
		"""One figure of each port. Rates are those since the last call."""
		text = self.ask('show port stats all', r'(?s)Tx-pps.*testpmd> $')
		return [int(n) for n in re.findall(rf'{label}:\s+(\d+)', text)]

	def received(self):
		return sum(self.counts('RX-packets'))
