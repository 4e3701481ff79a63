# SPDX-License-Identifier: Apache-2.0
"""The console of a running testpmd: commands to its input, answers read from its output file."""
import re

from host import wait_for

START_SECONDS = 30


class Session:
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
		self.child.stdin.write(f'{command}\n'.encode())
		self.child.stdin.flush()
		return wait_for(f'testpmd answers "{command}"',
			lambda: self.output_with(answer, start), 10, self.child, 0.005)

	def counts(self, label):
		"""One figure of each port. Rates are those since the last call."""
		text = self.ask('show port stats all', r'(?s)Tx-pps.*testpmd> $')
		return [int(n) for n in re.findall(rf'{label}:\s+(\d+)', text)]

	def received(self):
		return sum(self.counts('RX-packets'))

	def cycles(self):
		"""Busy cycles per packet since the start or "clear fwd stats all"."""
		text = self.ask('show fwd stats all', r'cycles/packet=.*\n')
		return float(re.search(r'cycles/packet=([\d.]+)', text).group(1))
