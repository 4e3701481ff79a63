#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The configuration is there again after a restart and after a crash, and frames flow."""
import pathlib
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
# pylint: disable=wrong-import-position
from frames import BROADCAST, frame, tag
from vswitch import Switch, expect, main, wait_until

TABLES = ('Bridge', 'Port', 'Interface')
COLUMNS = {'Bridge': 'name,other_config,external_ids,ports', 'Port':
	'name,tag,trunks,vlan_mode,interfaces', 'Interface': 'name,type,options,mtu_request,ofport'}


def configuration(switch):
	return {table: switch.ctl('--format=json', f'--columns={COLUMNS[table]}', 'list', table)
		for table in TABLES}


def came_back(switch, before, data):
	expect('configuration', configuration(switch), before)
	# The input port plays its file anew with each start.
	wait_until('the input was switched', 20,
		lambda: switch.stats('in')['rx_packets'] == len(data))
	wait_until('it arrived', 20, lambda: len(switch.sent('out')) == len(data))
	expect('what was sent', switch.sent('out'), data)


def restart():
	data = [frame(BROADCAST, '02:00:00:00:00:01', bytes((n,)), tag(n)) for n in (10, 20)]
	with Switch() as switch:
		switch.add_br('br0', '--', 'set', 'Bridge', 'br0',
			'other_config:mac-table-size=4096', 'external_ids:owner="a b"')
		switch.add_br('br1')
		switch.ctl('add-port', 'br1', 'vm', 'tag=30', '--', 'set', 'Interface', 'vm',
			'type=dpdkvhostuserclient', f'options:vhost-server-path={switch.work}/vm.sock',
			'ofport_request=12')
		switch.add_sink('out', 'trunks=10,20')
		switch.inject('in', data, keep=True)
		before = configuration(switch)
		for how in (signal.SIGTERM, signal.SIGKILL):
			switch.stop(how)
			switch.sink_file('out').unlink()
			switch.start()
			came_back(switch, before, data)


main(restart)
