#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""256 vhost-user ports on one bridge, and nothing of them left when they are gone."""
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
# pylint: disable=wrong-import-position
from frames import BROADCAST, frame
from vswitch import Failure, Switch, expect, expect_frames, main, open_files

PORTS = 256
STEP = 64


def add_ports(switch):
	for first in range(0, PORTS, STEP):
		words = []
		for number in range(first, first + STEP):
			name = f'vm{number}'
			words += ['--', 'add-port', 'br0', name, '--', 'set', 'Interface', name]
			words += ['type=dpdkvhostuserclient',
				f'options:vhost-server-path={switch.work}/{name}.sock'] \
				if number % 2 else ['type=dpdkvhostuser']
		switch.ctl(*words[1:])


def sockets(switch):
	return [file for _, _, files in os.walk(switch.rundir) for file in files
		if file.startswith('vm')]


def many_ports():
	data = [frame(BROADCAST, '02:00:00:00:00:01', bytes((n,))) for n in range(200)]
	with Switch() as switch:
		switch.add_br('br0')
		switch.add_sink('out')
		before = open_files(switch.process.pid)
		for _ in range(2):
			add_ports(switch)
			errors = switch.ctl('--bare', '--columns=name,error', 'find', 'Interface',
				'error!=[]', 'type=dpdkvhostuserclient') + switch.ctl('--bare',
				'--columns=name,error', 'find', 'Interface', 'error!=[]',
				'type=dpdkvhostuser')
			expect('errors', errors.strip(), '')
			expect('ports', len(switch.ctl('list-ports', 'br0').split()), PORTS + 1)
			expect('sockets', len(sockets(switch)), PORTS // 2)
			switch.inject('in', data)
			switch.ctl(*' -- '.join(f'del-port vm{number}' for number in range(PORTS)).split())
			expect('sockets', sockets(switch), [])
			after = open_files(switch.process.pid)
			if after > before + 8:
				raise Failure(f'{after} descriptors are open, before the ports {before}')
	expect_frames('out', switch.sent('out'), data + data)


main(many_ports)
