"""Listens before anything else is imported, so that the host's first health poll is answered."""

import _socket

listener = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
listener.setsockopt(_socket.SOL_SOCKET, _socket.SO_REUSEADDR, 1)
listener.bind(("0.0.0.0", 8080))  # the manifest's port; parsing JSON would come too late
listener.listen(512)

import server  # noqa: E402

server.main(listener=listener.detach())
