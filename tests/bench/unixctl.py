# SPDX-License-Identifier: Apache-2.0
"""Client of a daemon's control socket: JSON-RPC 1.0, one command per connection."""
import json
import socket

from host import BenchError


def call(path, command, *arguments, seconds=30):
	"""Returns the command's text; BenchError when the daemon refuses or does not answer."""
	request = {'method': command, 'params': list(arguments), 'id': 0}
	decoder = json.JSONDecoder()
	text = ''
	try:
		with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
			connection.settimeout(seconds)
			connection.connect(str(path))
			connection.sendall(json.dumps(request).encode())
			while True:
				data = connection.recv(1 << 16)
				if not data:
					raise BenchError(f'{command}: the daemon hung up')
				text += data.decode()
				try:
					reply, _ = decoder.raw_decode(text)
					break
				except json.JSONDecodeError:
					continue
	except OSError as error:
		raise BenchError(f'{command} on {path}: {error}') from error
	if reply.get('error') is not None:
		raise BenchError(f'{command}: {str(reply["error"]).strip()}')
	return reply['result']


def listens(path):
	try:
		with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
			connection.connect(str(path))
		return True
	except OSError:
		return False
