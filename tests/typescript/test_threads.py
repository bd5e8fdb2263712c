"""How a TypeScript plugin's executions get their threads."""

from __future__ import annotations

import shutil
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from tests.support import node
from tests.support.plugin_process import SOON, PluginProcess, write_manifest
from tests.support.servers import Server, starting
from tests.support.steps import execution

AT_ONCE = 4
CROWD = 16
SHORT = 50
PATIENCE_SECONDS = 0.02
"""PATIENCE_MS of threads.cts."""
LONG = 250_000
"""Milliseconds in which so many threads start, however busy the machine is."""


def started(folder: Path, timeout: int, slots: int) -> PluginProcess:
    """A plugin that answers once so many executions run at once; `timeout` in milliseconds."""
    program = node.node()
    shutil.copy(node.SOURCES / "server.cts", folder)
    shutil.copytree(node.SOURCES / "plugin_runtime", folder / "plugin_runtime")
    shutil.copy(node.TESTS / "at_once.ts", folder / "plugin_logic.ts")
    (folder / "package.json").write_text('{"type": "module"}', "utf-8")
    api = {"endpoint": "/execute", "method": "POST", "timeout": timeout}
    write_manifest(folder, {"api": api})
    (folder / "seen").mkdir()
    command = [program, str(folder / "server.cts")]
    return PluginProcess(folder, {"PLUGIN_CONCURRENCY": str(slots)}, command=command)


def test_executions_that_take_long_run_at_the_same_time(tmp_path: Path) -> None:
    settings = {"folder": str(tmp_path / "seen"), "number": AT_ONCE}
    plugin = started(tmp_path, LONG, AT_ONCE)
    try:
        _ = plugin.port
        with ThreadPoolExecutor(AT_ONCE) as pool:
            calls = [
                pool.submit(plugin.execute, {"do": "wait", "settings": settings})
                for _ in range(AT_ONCE)
            ]
            answers = [call.result() for call in calls]
    finally:
        plugin.kill()
    assert [status for status, _ in answers] == [200] * AT_ONCE
    assert len({body["outputs"]["result"] for _, body in answers}) == AT_ONCE


def test_short_executions_do_not_wait_for_the_one_that_their_thread_got_first(
    tmp_path: Path,
) -> None:
    """That one ends only once another thread has run one of those that came with it."""
    settings = {"folder": str(tmp_path / "seen"), "number": 1}
    plugin = started(tmp_path, LONG, CROWD)
    try:
        _ = plugin.port
        for _ in range(SHORT):  # from which the server learns that they are short
            assert plugin.execute({"do": "wait", "settings": settings})[0] == 200
        connections = [plugin.connect() for _ in range(AT_ONCE)]
        assert plugin.get("/health")[0] == 200  # so these are accepted
        plugin.process.send_signal(signal.SIGSTOP)  # so that all come in one turn
        for connection, number in zip(connections, [2, 1, 1, 1], strict=True):
            wanted = {**settings, "number": number}
            connection.sendall(execution(do="wait", settings=wanted))
        plugin.process.send_signal(signal.SIGCONT)
        assert [connection.recv(15) for connection in connections] == [b"HTTP/1.1 200 OK"] * AT_ONCE
    finally:
        plugin.kill()


def test_a_crowd_of_short_executions_starts_one_thread_at_a_time(
    tmp_path: Path, typescript_server: Server
) -> None:
    """Each of them waits longer than the server does before it starts one more thread."""
    with contextmanager(starting)(tmp_path, typescript_server) as start:
        plugin = start(PLUGIN_CONCURRENCY=str(CROWD))
        assert plugin.execute({"do": "sleep", "seconds": 0})[0] == 200
        tasks = Path(f"/proc/{plugin.process.pid}/task")
        before = len(list(tasks.iterdir()))
        begun = time.monotonic()
        with ThreadPoolExecutor(CROWD) as pool:
            calls = [
                pool.submit(plugin.execute, {"do": "sleep", "seconds": 0.04}) for _ in range(CROWD)
            ]
            assert [call.result()[0] for call in calls] == [200] * CROWD
        # A busy machine gives them time for more, but not for all at once.
        paced = (time.monotonic() - begun) / PATIENCE_SECONDS
        assert len(list(tasks.iterdir())) - before < max(CROWD // 2, paced)


def test_the_log_line_of_a_late_execution_has_its_trace_id(tmp_path: Path) -> None:
    settings = {"folder": str(tmp_path / "seen"), "number": 2}
    plugin = started(tmp_path, 1000, 1)
    try:
        late = plugin.execute({"do": "wait", "settings": settings}, {"trace_id": "late one"})
        line = plugin.wait_for_line(lambda line: "past its deadline" in line["message"])
    finally:
        plugin.kill()
    assert (late[0], late[1]["trace_id"], line["trace_id"]) == (504, "late one", "late one")


def test_the_end_does_not_wait_for_a_call_that_cannot_be_interrupted(
    tmp_path: Path, typescript_server: Server
) -> None:
    with contextmanager(starting)(tmp_path, typescript_server) as start:
        plugin = start(PLUGIN_TIMEOUT_MS="500")
        assert plugin.execute({"do": "block", "seconds": 60})[0] == 504
        plugin.terminate()
        assert plugin.wait() < SOON
        assert plugin.process.returncode == 0
        assert plugin.lines[-1]["message"] == "stopped"
