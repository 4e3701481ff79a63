# SPDX-License-Identifier: Apache-2.0
"""Ethernet frames as bytes, capture files, and what a bridge is to do with a frame's VLAN."""
import struct

BROADCAST = 'ff:ff:ff:ff:ff:ff'
TPID, SERVICE_TPID = 0x8100, 0x88a8
RESERVED = 4095
PCAP_HEADER = struct.Struct('<IHHiIII')
PCAP_RECORD = struct.Struct('<IIII')


def mac(text):
	return bytes.fromhex(text.replace(':', ''))


def tag(vid, pcp=0, dei=0, tpid=TPID):
	return struct.pack('>HH', tpid, pcp << 13 | dei << 12 | vid)


def frame(dst, src, payload=b'', tags=b'', ethertype=0x88b5, size=60):
	"""A frame; 0x88b5 is for experiments (IEEE 802). Padded to `size` bytes and more by tags."""
	body = struct.pack('>H', ethertype) + payload
	return mac(dst) + mac(src) + tags + body.ljust(size - 12, b'\0')


def write_pcap(path, frames):
	with open(path, 'wb') as file:
		file.write(PCAP_HEADER.pack(0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
		for data in frames:
			file.write(PCAP_RECORD.pack(0, 0, len(data), len(data)) + data)


def read_pcap(path):
	"""The frames of a capture file; one that isn't there or is still being written may be short."""
	try:
		data = open(path, 'rb').read()
	except FileNotFoundError:
		return []
	if len(data) < PCAP_HEADER.size:
		return []
	if struct.unpack_from('<I', data)[0] not in (0xa1b2c3d4, 0xa1b23c4d):
		raise ValueError(f'{path} is no capture file of this machine')
	frames, at = [], PCAP_HEADER.size
	while at + PCAP_RECORD.size <= len(data):
		_, _, length, _ = PCAP_RECORD.unpack_from(data, at)
		at += PCAP_RECORD.size
		if at + length > len(data):
			break
		frames.append(data[at:at + length])
		at += length
	return frames


class VlanPort:
	"""A port's VLAN settings, as the database has them, and what follows from them: the oracle
	that the switch is compared with."""

	def __init__(self, mode, vid=None, trunks=()):
		self.mode, self.vid, self.trunks = mode, vid, trunks
		if mode == 'access':
			self.members = {vid}
		else:
			self.members = set(trunks) if trunks else set(range(RESERVED))
		if mode.startswith('native'):
			self.members.add(vid)

	def columns(self):
		"""Arguments of `set Port`."""
		words = [f'vlan_mode={self.mode}']
		if self.vid is not None:
			words.append(f'tag={self.vid}')
		if self.trunks:
			words.append('trunks=' + ','.join(map(str, self.trunks)))
		return words

	def admit(self, data):
		"""(VLAN, priority bits, frame without its tag), or the name of the reason to drop."""
		if len(data) < 14:
			return 'malformed'
		if data[12:14] != struct.pack('>H', TPID):
			vid, priority, bare = self.vid or 0, 0, data
		elif len(data) < 18:
			return 'malformed'
		else:
			tci = struct.unpack_from('>H', data, 14)[0]
			vid, priority, bare = tci & 0xfff, tci & 0xf000, data[:12] + data[16:]
			if vid == 0:
				vid = self.vid or 0
			elif self.mode == 'access':
				return 'vlan-not-allowed'
		if vid not in self.members:
			return 'vlan-not-allowed'
		if data[:5] == mac('01:80:c2:00:00') and data[5] < 16:
			return 'reserved-address'
		return vid, priority, bare

	def emit(self, vid, priority, bare):
		"""The bytes that leave this port; None when it doesn't carry the VLAN."""
		if vid not in self.members:
			return None
		untagged = {'access': self.vid, 'trunk': 0, 'native-untagged': self.vid}.get(self.mode)
		if vid == untagged:
			return bare
		return bare[:12] + struct.pack('>HH', TPID, priority | vid) + bare[12:]
