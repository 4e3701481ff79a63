# SPDX-License-Identifier: Apache-2.0
"""Seeded generator of capture files: the same arguments give the same bytes on every machine.

Frame sizes are those on the wire, so a file holds 4 bytes (the FCS) less.
"""
import struct
from dataclasses import dataclass, replace

import numpy as np

SEED = 20220
FCS = 4
BROADCAST = 0xFFFFFFFFFFFF
IMIX = (64,) * 7 + (594,) * 4 + (1518,)
MAC_BITS = np.uint64((1 << 40) - 1)
MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Traffic:
	"""What one port receives. `pairs` MAC pairs carry `flows` UDP flows, one packet each."""
	pairs: int = 1
	flows: int = 1
	sizes: tuple = (64,)
	vid: int | None = None       # an 802.1Q tag with this VID; 0 is a priority tag
	destination: str = 'known'   # known | unknown | broadcast
	new_sources: int = 0         # a finite stream in which no source repeats
	reverse: bool = False        # sources and destinations swapped

	def swapped(self):
		return replace(self, reverse=not self.reverse)

	def packets(self):
		"""At least 1,024, so that few flows do not turn into a handful of hot mbufs."""
		return self.new_sources or max(self.pairs, self.flows, 1024)

	def stations(self):
		"""How many MAC addresses this file makes a switch learn."""
		return self.new_sources or self.pairs


def mac(index):
	"""Distinct unicast, locally administered addresses in no order a table could profit from.

	An odd factor and a xor-shift are bijective on 40 bits, so indices never collide.
	"""
	with np.errstate(over='ignore'):
		x = ((np.asarray(index, dtype=np.uint64) + np.uint64(1)) * MIX) & MAC_BITS
		x ^= x >> np.uint64(21)
		x = (x * MIX) & MAC_BITS
	return x | np.uint64(0x02 << 40)


def endpoints(traffic, count):
	"""Source and destination MAC of each packet before the shuffle."""
	packet = np.arange(count, dtype=np.uint64)
	side = int(traffic.reverse)
	if traffic.new_sources:
		# Index 0 and 1 are the two stations that the new sources talk to.
		source = mac(2 + 2 * packet + np.uint64(side))
		source[0] = mac(side)
		return source, np.full(count, mac(1 - side))
	pair = packet % np.uint64(traffic.pairs)
	source, known = mac(2 * pair + np.uint64(side)), mac(2 * pair + np.uint64(1 - side))
	if traffic.destination == 'broadcast':
		return source, np.full(count, BROADCAST, dtype=np.uint64)
	if traffic.destination == 'unknown':
		return source, mac((1 << 32) + 2 * pair + np.uint64(side))
	return source, known


def put(frames, column, width, value):
	value = np.asarray(value, dtype=np.uint64)
	for i in range(width):
		frames[:, column + i] = (value >> np.uint64(8 * (width - 1 - i))) & np.uint64(255)


def headers(traffic, count, length):
	"""Ethernet, an optional tag, IPv4 and UDP headers, as an array of rows.

	`length` is each frame's length without tag and FCS.
	"""
	tag = 0 if traffic.vid is None else 4
	frames = np.zeros((count, 42 + tag), dtype=np.uint8)
	source, destination = endpoints(traffic, count)
	flow = np.arange(count, dtype=np.uint64) % np.uint64(max(traffic.flows, traffic.pairs))
	ends = [(0x0A000000 + (flow >> np.uint64(8)), 1024 + (flow & np.uint64(0xFF))),
		(0x0AC00000 + (flow >> np.uint64(12)), 5000 + (flow & np.uint64(0xFFF)))]
	if traffic.reverse:
		ends.reverse()
	put(frames, 0, 6, destination)
	put(frames, 6, 6, source)
	if tag:
		put(frames, 12, 4, 0x81000000 | traffic.vid)
	put(frames, 12 + tag, 2, 0x0800)
	ip = frames[:, 14 + tag:]
	put(ip, 0, 2, 0x4500)
	put(ip, 2, 2, length - 14)
	put(ip, 8, 2, 0x4011)
	put(ip, 12, 4, ends[0][0])
	put(ip, 16, 4, ends[1][0])
	words = ip[:, 0:20].astype(np.uint32)
	total = ((words[:, 0::2] << 8) | words[:, 1::2]).sum(axis=1)
	total = (total & 0xFFFF) + (total >> 16)
	put(ip, 10, 2, ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF)
	put(ip, 20, 2, ends[0][1])
	put(ip, 22, 2, ends[1][1])
	put(ip, 24, 2, length - 34)
	return frames


def write(path, traffic):
	"""Writes the capture file and returns its number of packets."""
	count = traffic.packets()
	sizes = np.resize(np.asarray(traffic.sizes), count) - FCS
	frames = headers(traffic, count, sizes)
	lengths = sizes + frames.shape[1] - 42
	order = np.arange(count)
	if not traffic.new_sources:
		# One seed for both directions, so that a reply's place is its request's.
		np.random.default_rng(SEED).shuffle(order)
	with open(path, 'wb') as file:
		file.write(struct.pack('<IHHiIII', 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
		if len(set(traffic.sizes)) == 1:
			records = np.zeros((count, 16 + lengths[0]), dtype=np.uint8)
			records[:, 8:16] = np.frombuffer(struct.pack('<II', lengths[0], lengths[0]),
				dtype=np.uint8)
			records[:, 16:16 + frames.shape[1]] = frames[order]
			records.tofile(file)
		else:
			for i in order:
				length = int(lengths[i])
				file.write(struct.pack('<IIII', 0, 0, length, length))
				file.write(frames[i].tobytes().ljust(length, b'\0'))
	return count
