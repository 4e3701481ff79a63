# SPDX-License-Identifier: Apache-2.0
"""The machine under the benchmark: cores, hugepages, child processes that never outlive it."""
import ctypes
import os
import pathlib
import platform
import shutil
import signal
import subprocess
import tempfile
import time

MAIN_CORE, WORKER_CORE = 0, 1
HUGEPAGES = pathlib.Path('/sys/kernel/mm/hugepages/hugepages-2048kB')
PR_SET_PDEATHSIG = 1
CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)


class BenchError(Exception):
	"""A failure whose message names the cause; the caller adds nothing."""


def wait_for(what, condition, seconds, process=None, interval=0.02):
	"""Returns condition()'s first true value; BenchError at the deadline or a child's death."""
	deadline = time.monotonic() + seconds
	while True:
		value = condition()
		if value:
			return value
		if process is not None and process.poll() is not None:
			raise BenchError(f'{what}: {process.name} ended with status '
				f'{process.returncode}; its output ends:\n{process.tail()}')
		if time.monotonic() > deadline:
			tail = '' if process is None else f'; output ends:\n{process.tail()}'
			raise BenchError(f'{what}: nothing within {seconds} s{tail}')
		time.sleep(interval)


class Child(subprocess.Popen):
	"""A process of ours: bound to `cores`, in a network namespace of its own, its output in a
	file, killed if we die."""
	live = set()

	def __init__(self, name, arguments, directory, interactive=False, env=None,
			cores=(MAIN_CORE,)):
		self.name = name
		self.output = pathlib.Path(directory, f'{name}.out')
		def prepare():
			LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
			os.sched_setaffinity(0, cores)
			# A bridge has a kernel interface; the peer leaves it behind when it ends.
			if LIBC.unshare(CLONE_NEWNET):
				raise OSError(ctypes.get_errno(), 'no network namespace')

		with open(self.output, 'wb') as output:
			super().__init__([str(a) for a in arguments], stdout=output,
				stderr=subprocess.STDOUT, start_new_session=True, cwd=directory,
				preexec_fn=prepare,
				stdin=subprocess.PIPE if interactive else subprocess.DEVNULL,
				env=env)
		Child.live.add(self)

	def tail(self, lines=12):
		text = self.output.read_text(errors='replace')
		return '\n'.join(text.splitlines()[-lines:])

	def stop(self, seconds=10):
		"""SIGTERM, then SIGKILL to its whole session; returns when it is gone."""
		if self.poll() is None:
			self.terminate()
			try:
				self.wait(seconds)
			except subprocess.TimeoutExpired:
				pass
		try:
			os.killpg(self.pid, signal.SIGKILL)
		except ProcessLookupError:
			pass
		self.wait()
		Child.live.discard(self)

	def worker_times(self):
		"""Nanoseconds that threads bound to the worker core ran, and waited for it."""
		ran = waited = 0
		for task in pathlib.Path(f'/proc/{self.pid}/task').iterdir():
			try:
				if os.sched_getaffinity(int(task.name)) == {WORKER_CORE}:
					times = (task / 'schedstat').read_text().split()
					ran, waited = ran + int(times[0]), waited + int(times[1])
			except (OSError, ProcessLookupError):
				continue
		return ran, waited


class Host:
	"""Use as a context: cores, hugepages and a work directory on entry, all undone on exit."""

	def __init__(self, hugepages, keep=False):
		self.wanted = hugepages
		self.keep = keep
		self.reserved_before = None
		self.directory = None

	def __enter__(self):
		if not {MAIN_CORE, WORKER_CORE} <= os.sched_getaffinity(0):
			raise BenchError(f'needs cores {MAIN_CORE} and {WORKER_CORE}')
		os.sched_setaffinity(0, {MAIN_CORE})
		if os.geteuid() != 0:
			raise BenchError('run as root: it makes network namespaces')
		for number in (signal.SIGTERM, signal.SIGHUP):
			signal.signal(number, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
		# Short: unix socket addresses hold 107 bytes.
		self.directory = pathlib.Path(tempfile.mkdtemp(prefix='vsb.', dir='/tmp'))
		try:
			self.reserve()
		except BaseException:
			self.__exit__(None, None, None)
			raise
		return self

	def __exit__(self, *_):
		for child in list(Child.live):
			child.stop(2)
		if self.reserved_before is not None:
			(HUGEPAGES / 'nr_hugepages').write_text(str(self.reserved_before))
		if not self.keep:
			shutil.rmtree(self.directory, ignore_errors=True)

	def reserve(self):
		if not self.wanted:
			return
		try:
			total = int((HUGEPAGES / 'nr_hugepages').read_text())
			free = int((HUGEPAGES / 'free_hugepages').read_text())
			if free < self.wanted:
				self.reserved_before = total
				more = total + self.wanted - free
				(HUGEPAGES / 'nr_hugepages').write_text(str(more))
				free = int((HUGEPAGES / 'free_hugepages').read_text())
		except OSError as error:
			raise BenchError(f'cannot reserve hugepages ({error}); '
				'run with --no-huge') from error
		if free < self.wanted:
			raise BenchError(f'only {free} of {self.wanted} hugepages of 2 MiB are to '
				'be had; free memory, or run with --no-huge')


def describe():
	"""Facts about the machine for the report."""
	model = next((line.split(':', 1)[1].strip() for line in open('/proc/cpuinfo')
		if line.startswith('model name')), platform.machine())
	dpdk = subprocess.run(['pkg-config', '--modversion', 'libdpdk'], text=True,
		capture_output=True, check=False).stdout.strip()
	cores = {'cores': os.cpu_count(), 'main core': MAIN_CORE, 'worker core': WORKER_CORE}
	return {'cpu': model, **cores, 'kernel': platform.release(), 'dpdk': dpdk or 'unknown'}
