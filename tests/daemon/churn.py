#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# timeout: 600
"""Ports of the types that need no root come and go 1,000 times under traffic."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
# pylint: disable=wrong-import-position
from churn import churn
from vswitch import Switch, main, soak

KINDS = (
	('type=dpdkvhostuserclient', 'options:vhost-server-path={work}/{name}.sock'),
	('type=dpdk', 'options:dpdk-devargs="net_null{number},no-rx=1"'),
	('type=dpdkvhostuser',),
)


def ports_come_and_go():
	with Switch() as switch:
		churn(switch, KINDS, soak(1000))


main(ports_come_and_go)
