"""Steps that several tests of the runtime take: start, wait, ask, read."""

from __future__ import annotations

import http.client
import json
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.support.plugin_process import SOON, PluginProcess


def in_background(call: Callable[[], Any]) -> Callable[[], Any]:
    """Start a call in a thread; returns a function that waits for its result."""
    pool = ThreadPoolExecutor(1)
    future = pool.submit(call)
    return lambda: future.result(60)


def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def busy(plugin: PluginProcess, number: int, **inputs: Any) -> list[Callable[[], Any]]:
    """Start so many executions and wait until all of them hold a slot."""
    waiting = [in_background(lambda: plugin.execute(inputs)) for _ in range(number)]
    until(lambda: plugin.metric("plugin_executions_in_flight") == number)
    return waiting


def still_works(plugin: PluginProcess) -> None:
    status, answer = plugin.execute({"do": "return value", "value": 1})
    assert (status, answer["outputs"]) == (200, {"result": 1})


def quick(plugin: PluginProcess) -> None:
    """Health is answered, and soon."""
    started = time.monotonic()
    assert plugin.get("/health")[0] == 200
    assert time.monotonic() - started < SOON


def execution(**inputs: object) -> bytes:
    body = json.dumps({"inputs": inputs}).encode()
    return b"POST /execute HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


def answer_on(connection: socket.socket) -> tuple[int, bytes]:
    """Status and body of the next answer; raises IncompleteRead if it is cut off."""
    response = http.client.HTTPResponse(connection)
    response.begin()
    return response.status, response.read()
