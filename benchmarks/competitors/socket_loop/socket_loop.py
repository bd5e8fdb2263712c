"""The limit for anything in Python: a loop over one socket that reads nothing and checks nothing.

It serves one connection at a time and answers every request with the same bytes.
"""

import os
import socket

BODY = b'{"status":"healthy","success":true,"outputs":{"result":"hello"}}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (
    len(BODY),
    BODY,
)

listener = socket.create_server(
    ("0.0.0.0", int(os.environ.get("BENCHMARK_PORT", "8080"))), backlog=1024
)
while True:
    connection, _ = listener.accept()
    with connection:
        while connection.recv(65536):
            connection.sendall(ANSWER)
