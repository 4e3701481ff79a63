# SPDX-License-Identifier: Apache-2.0
"""The guest of the vhost-user case: testpmd on two virtio-user ports, on the main core.

It bounces what it gets from one port to the other, so a fixed number of packets circulates
through the switch. Its ports are the servers, as QEMU's are.
"""
import contextlib

from host import Child, MAIN_CORE, wait_for
from session import Session

RING = 256
BURSTS = 4      # of 32 a port at the start: half a ring, so that none is lost
MEMORY_MIB = 256
MACS = ('02:00:00:00:00:10', '02:00:00:00:00:11')


def guest_of(rig, case):
	"""A context: the case's guest, or None where the ports are fed from files."""
	return Guest(rig) if case.guest else contextlib.nullcontext()


class Guest:
	"""As a context; `run` once the switch is there."""

	def __init__(self, rig):
		self.directory = rig.rundir('guest')
		self.sockets = [self.directory / f'vhost{i}' for i in range(2)]
		self.hugepages = rig.hugepages

	def __enter__(self):
		memory = ['--in-memory', '--single-file-segments'] if self.hugepages else \
			['--no-huge', '--single-file-segments']
		devices = [f'--vdev=net_virtio_user{i},path={path},server=1,queue_size={RING},'
			f'mac={MACS[i]}' for i, path in enumerate(self.sockets)]
		self.child = Child('guest', ['stdbuf', '-oL', 'dpdk-testpmd', '--lcores',
			f'0@{MAIN_CORE},1@{MAIN_CORE}', '--main-lcore=0', *memory, '-m', MEMORY_MIB,
			'--no-pci', '--no-telemetry', f'--file-prefix={self.directory.name}',
			'--log-level=lib.eal:debug', *devices, '--', '-i', '--forward-mode=io',
			'--total-num-mbufs=16384', '--no-lsc-interrupt', f'--eth-peer=0,{MACS[1]}',
			f'--eth-peer=1,{MACS[0]}'], self.directory, interactive=True)
		# It takes its connections one after the other.
		wait_for('the guest listens', self.sockets[0].exists, 30, self.child)
		return self

	def __exit__(self, *_):
		self.child.stop()

	def run(self):
		session = Session(self.child)
		session.ask(f'start tx_first {BURSTS}', 'testpmd> $')
