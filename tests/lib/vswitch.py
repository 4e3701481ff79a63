# SPDX-License-Identifier: Apache-2.0
"""For tests in Python: the daemon from the build tree, packets in and out by capture files.

	with Switch() as switch:
		switch.ctl('add-br', 'br0')
		switch.add_sink('out', tag=10)
		switch.inject('in', [frame(...)], 'tag=10')
	assert switch.sent('out') == [...]

Leaving the block stops the daemon, which must end cleanly and without an unexpected warning.
"""
import collections
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

import frames

LIB = pathlib.Path(__file__).resolve().parent
TOP = LIB.parent.parent
SKIPPED = 77
NO_LOCAL_PORT = r"the tap br[0-9] can't be made: Operation not permitted"
SLEEP_MAX = 500     # microseconds; idle workers leave the CPU to others


class Failure(Exception):
	pass


def skip(why):
	print(why)
	sys.exit(SKIPPED)


def soak(count):
	"""`count` under tests/run --soak, else a tenth of it."""
	return count if os.environ.get('VSWITCH_SOAK') else -(-count // 10)


def wait_until(what, seconds, condition):
	"""condition()'s first true value; fails at the deadline."""
	deadline = time.monotonic() + seconds
	while True:
		value = condition()
		if value:
			return value
		if time.monotonic() > deadline:
			raise Failure(f'waited {seconds} s in vain until {what}')
		time.sleep(0.02)


def build_folder(sanitized):
	if sanitized and os.environ.get('VSWITCH_SANITIZED'):
		return pathlib.Path(os.environ['VSWITCH_SANITIZED'])
	if os.environ.get('VSWITCH_BUILD'):
		return pathlib.Path(os.environ['VSWITCH_BUILD'])
	return TOP if (TOP / 'vswitchd/vswitchd').exists() else TOP / 'build/plain'


class Switch:
	made = 0

	def __init__(self, sanitized=False, expected_log=(), options=('--no-huge',),
			privileged=False):
		"""`privileged`: it may make interfaces, in a network namespace of its own."""
		self.privileged = privileged
		Switch.made += 1
		self.build = build_folder(sanitized)
		self.expected_log = list(expected_log)
		if not privileged:
			self.expected_log.append(NO_LOCAL_PORT)
		self.options = options
		self.own_work = None
		if os.environ.get('VSWITCH_WORK'):
			# Short: a socket's path has 107 characters at most.
			self.work = pathlib.Path(os.environ['VSWITCH_WORK'], str(Switch.made))
			self.work.mkdir()
		else:
			self.own_work = tempfile.TemporaryDirectory(prefix='vst-')
			self.work = pathlib.Path(self.own_work.name)
		self.rundir = self.work / 'run'
		self.rundir.mkdir(exist_ok=True)
		self.log = self.work / 'vswitchd.log'
		self.process = None
		self.answer = None
		self.files = 0

	def __enter__(self):
		self.start()
		return self

	def __exit__(self, kind, *_):
		if kind is None:
			self.stop()
		elif self.process:
			self.process.kill()
			self.process.wait()
			print(f'the daemon\'s output ends:\n{self.tail(self.work / "vswitchd.out", 30)}')

	@staticmethod
	def tail(path, lines):
		try:
			return ''.join(open(path, errors='replace').readlines()[-lines:])
		except FileNotFoundError:
			return ''

	def start(self):
		# Else never more rights than a user has: no interface of the machine is touched.
		plain = ['unshare', '-n'] if self.privileged else [] if os.geteuid() else ['unshare', '-n', \
			'setpriv', '--bounding-set=-all', '--inh-caps=-all', '--ambient-caps=-all']
		with open(self.work / 'vswitchd.out', 'ab') as out:
			self.process = subprocess.Popen([*plain, self.build / 'vswitchd/vswitchd', '--db',
				self.work / 'conf.db', '--rundir', self.rundir, '--log-file=' + str(self.log),
				*self.options], stdin=subprocess.DEVNULL, stdout=out, stderr=out)
		try:
			wait_until('the daemon answers', 30, self.answers)
		except Failure:
			print(f'vswitch-ctl says: {self.answer.stderr}')
			self.process.kill()
			raise
		self.ctl('set', 'Open_vSwitch', '.', f'other_config:pmd-sleep-max={SLEEP_MAX}')

	def answers(self):
		self.check_alive()
		self.answer = self.run_ctl('--timeout=5', 'list-br')
		return self.answer.returncode == 0

	def check_alive(self):
		if self.process.poll() is not None:
			raise Failure(f'vswitchd ended with status {self.process.returncode}:\n' +
				self.tail(self.work / 'vswitchd.out', 40))

	def stop(self, with_signal=signal.SIGTERM):
		"""Ends the daemon and checks how it ended."""
		self.check_alive()
		self.process.send_signal(with_signal)
		try:
			status = self.process.wait(30)
		except subprocess.TimeoutExpired:
			self.process.kill()
			raise Failure('vswitchd doesn\'t end within 30 s of SIGTERM') from None
		if with_signal == signal.SIGTERM and status:
			raise Failure(f'vswitchd ended with status {status}:\n' +
				self.tail(self.work / 'vswitchd.out', 60))
		checked = subprocess.run([LIB / 'check-log', self.log, *self.expected_log],
			text=True, capture_output=True, check=False)
		if checked.returncode:
			raise Failure(checked.stdout)

	def run_ctl(self, *arguments):
		return subprocess.run([self.build / 'utilities/vswitch-ctl', f'--rundir={self.rundir}',
			*map(str, arguments)], text=True, capture_output=True, check=False)

	def ctl(self, *arguments):
		"""What vswitch-ctl prints; a failure fails the test."""
		done = self.run_ctl('--timeout=30', *arguments)
		if done.returncode:
			self.check_alive()
			raise Failure(f'vswitch-ctl {" ".join(map(str, arguments))}: '
				f'status {done.returncode}: {done.stderr.strip()}')
		return done.stdout

	def add_br(self, name, *more):
		"""A bridge. Its internal port needs root: without, it has an error, and all else works."""
		done = self.run_ctl('--timeout=30', 'add-br', name, *more)
		if done.returncode and not re.search(NO_LOCAL_PORT, done.stderr):
			raise Failure(f'add-br {name}: {done.stderr}')

	def unixctl(self, command, *arguments):
		"""The answer of the daemon's run-time socket."""
		with socket.socket(socket.AF_UNIX) as s:
			s.settimeout(30)
			s.connect(str(self.rundir / f'vswitchd.{self.process.pid}.ctl'))
			s.sendall(json.dumps({'id': 0, 'method': command,
				'params': list(arguments)}).encode())
			text = b''
			while True:
				part = s.recv(65536)
				text += part
				try:
					answer = json.loads(text)
					break
				except ValueError:
					if not part:
						raise Failure(f'{command}: no answer') from None
		if answer.get('error'):
			raise Failure(f'{command}: {answer["error"]}')
		return answer['result']

	def view(self, command, *arguments):
		"""The rows of a run-time view as dictionaries."""
		return json.loads(self.unixctl(command, '--json', *arguments))

	def stats(self, port):
		rows = [row for row in self.view('port/stats') if row['port'] == port]
		if not rows:
			raise Failure(f'no counters of port {port}')
		return rows[0]

	def drops(self, port):
		"""Reason -> count."""
		return {row['reason']: row['packets'] for row in self.view('port/drops')
			if row['port'] == port and row['packets']}

	def get(self, table, record, column):
		return self.ctl('get', table, record, column).strip()

	def total(self):
		"""The counters of all ports there ever were."""
		return self.view('port/stats')[-1]

	def imbalance(self):
		"""Frames that came in or were made and of which nothing is known: 0, except for those
		under way."""
		total = self.total()
		return total['rx_packets'] + total['copies'] - total['tx_packets'] - total['drops'] - \
			total['held']

	def buffers(self):
		"""Packet buffers in use, of how many."""
		return tuple(map(int, re.search(r'packet buffers: (\d+) in use of (\d+)',
			self.unixctl('memory/show')).groups()))

	def add_pcap(self, name, rx=None, tx=None, columns=(), bridge='br0', forever=False):
		"""A port of type dpdk on capture files; `forever` plays its input again and again."""
		self.files += 1
		devargs = f'net_pcap{self.files}'
		if rx is not None:
			file = self.work / f'{name}-{self.files}.rx.pcap'
			frames.write_pcap(file, rx)
			devargs += f',rx_pcap={file}' + (',infinite_rx=1' if forever else '')
		if tx is not None:
			devargs += f',tx_pcap={tx}'
		self.add_dpdk(name, devargs, columns, bridge)

	def add_dpdk(self, name, devargs, columns=(), bridge='br0'):
		words = ['add-port', bridge, name]
		if columns:
			words += ['--', 'set', 'Port', name, *columns]
		self.ctl(*words, '--', 'set', 'Interface', name, 'type=dpdk',
			f'options:dpdk-devargs="{devargs}"')
		error = self.get('Interface', name, 'error')
		if error not in ('[]', '""'):
			raise Failure(f'port {name}: {error}')

	def sink_file(self, name):
		return self.work / f'{name}.tx.pcap'

	def add_sink(self, name, *columns, bridge='br0'):
		"""A port that receives nothing and writes what it sends to sent(name)."""
		self.add_pcap(name, tx=self.sink_file(name), columns=columns, bridge=bridge)

	def sent(self, name):
		return frames.read_pcap(self.sink_file(name))

	def inject(self, name, data, *columns, bridge='br0', keep=False):
		"""Receives the frames on a new port, which is removed when all were switched."""
		self.add_pcap(name, rx=data, columns=columns, bridge=bridge)
		wait_until(f'{name} received {len(data)} frames', 30,
			lambda: self.stats(name)['rx_packets'] >= len(data))
		if not keep:
			self.ctl('del-port', name)


def expect(what, got, wanted):
	if got != wanted:
		raise Failure(f'{what}: got {got!r}, wanted {wanted!r}')


def expect_frames(what, got, wanted):
	"""The same frames, in any order."""
	missing = list((collections.Counter(wanted) - collections.Counter(got)).elements())
	surplus = list((collections.Counter(got) - collections.Counter(wanted)).elements())
	if missing or surplus:
		raise Failure(f'{what}: {len(missing)} of {len(wanted)} frames are missing, '
			f'{len(surplus)} are too many\n' +
			''.join(f'  missing {data.hex()}\n' for data in missing[:5]) +
			''.join(f'  surplus {data.hex()}\n' for data in surplus[:5]))


def main(*tests):
	"""Runs the functions in turn; the first failure ends the program."""
	for test in tests:
		began = time.monotonic()
		try:
			test()
		except Failure as failure:
			print(f'{test.__name__}: {failure}')
			sys.exit(1)
		print(f'{test.__name__} passed in {time.monotonic() - began:.1f} s')


def resident_kb(pid):
	text = open(f'/proc/{pid}/status').read()
	return int(re.search(r'VmRSS:\s+(\d+)', text).group(1))


def open_files(pid):
	return len(os.listdir(f'/proc/{pid}/fd'))
