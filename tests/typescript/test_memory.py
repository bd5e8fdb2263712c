"""The memory that a crowd of large requests takes of a TypeScript plugin."""

from __future__ import annotations

import http.client
import json
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from benchmarks.attacks import SHAPES, body_of
from tests.support import node
from tests.support.plugin_process import PluginProcess, write_manifest
from tests.support.servers import Server, Start, starting

MIB = 1024 * 1024
LIMIT = 256 * MIB
LEAST = 160 * MIB
CROWD = 8


def status_of(plugin: PluginProcess, body: bytes) -> int:
    """The status of an execution, which may be refused before all of its body has been sent."""
    connection = http.client.HTTPConnection("127.0.0.1", plugin.port, timeout=60)
    with suppress(BrokenPipeError, ConnectionResetError):
        connection.request("POST", "/execute", body)
    with connection.getresponse() as answer:
        return answer.status


@pytest.fixture
def start(tmp_path: Path, typescript_server: Server) -> Iterator[Start]:
    """Starts the server."""
    yield from starting(tmp_path, typescript_server)


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_a_crowd_of_large_bodies_stays_below_the_limit(tmp_path: Path) -> None:
    """Those that do not fit are refused; undecoded they would have half of the limit together."""
    shutil.copy(node.SOURCES / "server.cts", tmp_path)
    shutil.copytree(node.SOURCES / "plugin_runtime", tmp_path / "plugin_runtime")
    shutil.copy(node.TESTS / "http_cases.ts", tmp_path / "plugin_logic.ts")
    (tmp_path / "package.json").write_text('{"type": "module"}', "utf-8")
    write_manifest(tmp_path, {"api": {"endpoint": "/execute", "method": "POST", "timeout": 60000}})
    command = [node.node(), "--max-semi-space-size=2", str(tmp_path / "server.cts")]
    environ = {"PLUGIN_MEMORY_BYTES": str(LIMIT), "MALLOC_MMAP_THRESHOLD_": "262144"}
    body = json.dumps({"inputs": {"do": "context", "value": "x" * (16 * MIB - 100)}}).encode()
    plugin = PluginProcess(tmp_path, environ, command=command)
    try:
        _ = plugin.port
        with ThreadPoolExecutor(CROWD) as pool:
            found = list(pool.map(lambda _: status_of(plugin, body), range(24)))
        status = Path(f"/proc/{plugin.process.pid}/status").read_text("utf-8")
    finally:
        plugin.kill()
    peak = 1024 * int(status.partition("VmHWM:")[2].split()[0])
    assert set(found) <= {200, 429}
    assert 200 in found
    assert peak < LIMIT


def test_no_shape_of_json_takes_more_than_the_least_memory(start: Start) -> None:
    environ = {"MALLOC_MMAP_THRESHOLD_": "262144", "NODE_OPTIONS": "--max-semi-space-size=2"}
    plugin = start(PLUGIN_MEMORY_BYTES=str(LEAST), PLUGIN_TIMEOUT_MS="20000", **environ)
    _ = plugin.port
    seen: set[int] = set()
    with ThreadPoolExecutor(4) as pool:
        for shape in SHAPES:
            for size, clients in ((5 * MIB, 2), (MIB // 2, 4)):
                body = body_of(shape, size).replace(b'"text":"a"', b'"do":"return value"', 1)
                seen.update(pool.map(lambda _, body=body: status_of(plugin, body), range(clients)))
    assert seen <= {200, 413, 429}
    assert plugin.own_memory() < LEAST
