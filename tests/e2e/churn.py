#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# timeout: 600
"""Ports on interfaces of the kernel come and go 1,000 times under traffic."""
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
# pylint: disable=wrong-import-position
from churn import churn
from vswitch import Switch, main, skip, soak

KINDS = (('type=tap',), ('type=internal',))


def ports_come_and_go():
	with Switch(privileged=True) as switch:
		churn(switch, KINDS, soak(1000))


if os.geteuid():
	skip('needs root')
main(ports_come_and_go)
