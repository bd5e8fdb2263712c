"""What a hostile or broken client does to a plugin, with a bounded effort for each attack."""

from __future__ import annotations

import json
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

HEAD = b"POST /execute HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
MIB = 1024 * 1024
PREFIX, SUFFIX = b'{"inputs":{"text":"a","more":', b"}}"

SHAPES: dict[str, tuple[bytes, bytes, bytes]] = {
    "empty lists": (b"[", b"[],", b"0]"),
    "empty objects": (b"[", b"{},", b"0]"),
    "short strings": (b"[", b'"ab",', b"0]"),
    "short objects": (b"[", b'{"a":1},', b"0]"),
    "nested lists": (b"[", b"[[[]]],", b"0]"),
    "nested objects": (b"[", b'{"k":{"k":{}}},', b"0]"),
    "rows": (b"[", b'{"id":12345,"name":"row number 12345","tags":["a","b","c"]},', b"0]"),
    "integers": (b"[", b"1234567,", b"0]"),
    "floats": (b"[", b"1.5,", b"0]"),
    "one text": (b'"', b"x", b'"'),
    "a text with one emoji": (b'"\xf0\x9f\x98\x80', b"x", b'"'),
    "strings of one emoji": (b"[", b'"\xf0\x9f\x98\x80",', b"0]"),
    "distinct keys": (b"{", b'"%07x":0,', b'"":0}'),
}
"""What stands before, what is repeated, and what stands behind."""


def body_of(shape: str, size: int) -> bytes:
    """A request body of nearly `size` bytes with a value of this shape."""
    before, unit, after = SHAPES[shape]
    if b"%" in unit:
        repeated = b"".join(unit % number for number in range(size // len(unit % 0)))
    else:
        repeated = unit * (size // len(unit))
    return PREFIX + before + repeated + after + SUFFIX


def request_of(body: bytes) -> bytes:
    """A complete request to the endpoint."""
    return HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body


@dataclass
class Target:
    """The server that is attacked, and how long and how hard."""

    host: str
    port: int
    seconds: float
    largest: int
    """Bytes of the largest body and answer that are tried."""

    def connect(self) -> socket.socket:
        """A connection of which nothing is waited for longer than the attack lasts."""
        return socket.create_connection((self.host, self.port), timeout=max(10.0, self.seconds))

    def status_of(self, request: bytes) -> int:
        """The status of the answer; 0 if there is none."""
        try:
            with self.connect() as connection:
                with suppress(OSError):  # it may be refused before all of it is sent
                    connection.sendall(request)
                line = connection.makefile("rb").readline()
            return int(line.split()[1])
        except (OSError, IndexError, ValueError):
            return 0


UNREAD_OUTPUT = "standard output that nobody reads"
"""The attack that needs a container whose output is attached to and not read."""

Attack = Callable[[Target], Counter[int]]


def at_once(number: int, client: Callable[[int], int]) -> Counter[int]:
    """Run a client in that many threads; count what they return, statuses mostly."""
    statuses: Counter[int] = Counter()

    def run(index: int) -> None:
        try:
            status = client(index)
        except OSError:  # it was refused, cut off or kept waiting
            status = 0
        statuses[status] += 1

    threads = [threading.Thread(target=run, args=(index,)) for index in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


def send(target: Target, body: bytes, clients: int) -> Counter[int]:
    """Send one body from that many clients at once."""
    request = request_of(body)
    return at_once(clients, lambda _: target.status_of(request))


def large_json(shape: str) -> Attack:
    """Bodies of one shape, four at once: the largest, and smaller ones of which some fit."""

    def attack(target: Target) -> Counter[int]:
        statuses: Counter[int] = Counter()
        for share in (1, 2, 4, 6, 16):
            statuses += send(target, body_of(shape, target.largest // share - 200), clients=4)
        return statuses

    return attack


def texts_at_once(target: Target) -> Counter[int]:
    """Eight long texts at once, of 4 MiB and, where that is too much, of 2.5 MiB."""
    statuses: Counter[int] = Counter()
    for size in (4 * MIB, 5 * MIB // 2):
        statuses += send(target, body_of("one text", size), clients=8)
    return statuses


def stalled_uploads(target: Target) -> Counter[int]:
    """Fifteen bodies of which the last bytes never come; some are too large for little memory."""
    sizes = [target.largest // share - 200 for share in (1, 3, 6)]
    requests = [request_of(body_of("one text", size))[:-100] for size in sizes]

    def client(index: int) -> int:
        with target.connect() as connection:
            with suppress(OSError):
                connection.sendall(requests[index % 3])
            connection.settimeout(target.seconds)
            line = connection.makefile("rb").readline()
            return int(line.split()[1]) if line else 0

    return at_once(15, client)


def unread_answers(target: Target) -> Counter[int]:
    """Sixteen large answers, asked for one after another, of which nothing is read."""
    size = json.dumps({"inputs": {"text": "a", "size": target.largest}}).encode()
    connections = []
    for _ in range(16):
        with suppress(OSError):
            connections.append(target.connect())
            connections[-1].sendall(request_of(size))
            connections[-1].recv(1, socket.MSG_PEEK)  # it has begun
    time.sleep(target.seconds)
    for connection in connections:
        connection.close()
    return Counter({0: len(connections)})


def slow_readers(target: Target) -> Counter[int]:
    """Sixteen clients that read a large answer at 1 KiB a second."""
    size = json.dumps({"inputs": {"text": "a", "size": target.largest}}).encode()
    until = time.monotonic() + target.seconds

    def client(index: int) -> int:
        time.sleep(index / 10)
        with target.connect() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall(request_of(size))
            while time.monotonic() < until and connection.recv(512):
                time.sleep(0.5)
        return 0

    return at_once(16, client)


def noise(target: Target) -> Counter[int]:
    """Executions that print 250 kB each, four at once."""
    request = request_of(json.dumps({"inputs": {"text": "a", "lines": 250}}).encode())
    until = time.monotonic() + target.seconds
    statuses: Counter[int] = Counter()

    def client(_: int) -> int:
        while time.monotonic() < until:
            statuses[target.status_of(request)] += 1
        return 0

    at_once(4, client)
    return statuses


def chunks(data: bytes, clients: int = 32) -> Attack:
    """Endless bodies in chunks of this size."""
    chunk = b"%x\r\n%b\r\n" % (len(data), data) * 2000

    def attack(target: Target) -> Counter[int]:
        until = time.monotonic() + target.seconds

        def client(_: int) -> int:
            while time.monotonic() < until:
                with target.connect() as connection, suppress(OSError):
                    connection.sendall(CHUNKED)
                    while time.monotonic() < until:
                        connection.sendall(chunk)
            return 0

        return at_once(clients, client)

    return attack


def half_open(target: Target) -> Counter[int]:
    """Six hundred connections that begin a request and say no more."""
    connections = []
    for _ in range(600):
        with suppress(OSError):
            connections.append(target.connect())
            connections[-1].sendall(HEAD + b"Content-Length: 100\r\n\r\n{")
    time.sleep(target.seconds)
    for connection in connections:
        connection.close()
    return Counter({0: len(connections)})


def dripping(target: Target) -> Counter[int]:
    """Eighty clients that send a header byte by byte, ten a second each."""
    until = time.monotonic() + target.seconds

    def client(_: int) -> int:
        with target.connect() as connection:
            connection.sendall(HEAD + b"X: ")
            while time.monotonic() < until:
                connection.sendall(b"x")
                time.sleep(0.1)
        return 0

    return at_once(80, client)


def fuzz(target: Target) -> Counter[int]:
    """Requests with bytes changed, removed, doubled, or random throughout."""
    until = time.monotonic() + target.seconds
    statuses: Counter[int] = Counter()

    def client(index: int) -> int:
        for request in mutations(random.Random(index)):
            if time.monotonic() > until:
                return 0
            with suppress(OSError, ValueError, IndexError), target.connect() as connection:
                connection.sendall(request)
                connection.shutdown(socket.SHUT_WR)
                statuses[int(connection.makefile("rb").readline().split()[1])] += 1
        return 0

    at_once(8, client)
    return statuses


def mutations(chance: random.Random) -> Iterator[bytes]:
    """Endless requests that are nearly right."""
    seeds = (
        request_of(b'{"inputs":{"text":"a"}}'),
        CHUNKED + b"5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n" * 3,
    )
    while True:
        data = bytearray(chance.choice(seeds))
        for _ in range(chance.randint(1, 6)):
            place = chance.randrange(len(data))
            match chance.randrange(4):
                case 0:
                    data[place] = chance.randrange(256)
                case 1:
                    del data[place : place + chance.randint(1, 8)]
                case 2:
                    data[place:place] = data[place : place + chance.randint(1, 40)]
                case _:
                    data[place:place] = chance.randbytes(chance.randint(1, 8))
        yield bytes(data)


ATTACKS: dict[str, Attack] = {
    **{f"large JSON: {shape}": large_json(shape) for shape in SHAPES},
    "eight texts of 4 MiB": texts_at_once,
    "fifteen stalled uploads": stalled_uploads,
    "sixteen unread answers": unread_answers,
    "sixteen readers of 1 KiB/s": slow_readers,
    "chunks of one byte": chunks(b"1"),
    "chunks of six bytes": chunks(b"123456"),
    "six hundred half-open": half_open,
    "eighty dripping": dripping,
    "fuzz": fuzz,
    UNREAD_OUTPUT: noise,
}
