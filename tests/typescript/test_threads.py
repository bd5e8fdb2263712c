"""How a TypeScript plugin's executions get their threads."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.runtime.plugin_process import PluginProcess, write_manifest
from tests.support import node

AT_ONCE = 4


def test_executions_that_take_long_run_at_the_same_time(tmp_path: Path) -> None:
    program = node.node()
    shutil.copy(node.SOURCES / "server.cts", tmp_path)
    shutil.copytree(node.SOURCES / "plugin_runtime", tmp_path / "plugin_runtime")
    shutil.copy(node.TESTS / "at_once.ts", tmp_path / "plugin_logic.ts")
    (tmp_path / "package.json").write_text('{"type": "module"}', "utf-8")
    write_manifest(tmp_path, {"api": {"endpoint": "/execute", "method": "POST", "timeout": 60000}})
    seen = tmp_path / "seen"
    seen.mkdir()
    settings = {"folder": str(seen), "number": AT_ONCE}
    command = [program, str(tmp_path / "server.cts")]
    plugin = PluginProcess(tmp_path, {"PLUGIN_CONCURRENCY": str(AT_ONCE)}, command=command)
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
