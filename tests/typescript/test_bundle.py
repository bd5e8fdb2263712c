"""The bundles that an image starts from."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tests.support import node
from tests.support.plugin_process import PluginProcess, write_manifest


def test_a_plugin_starts_from_its_bundles_where_there_is_a_compile_cache(tmp_path: Path) -> None:
    program = node.node()
    shutil.copy(node.SOURCES / "server.cts", tmp_path)
    shutil.copytree(node.SOURCES / "plugin_runtime", tmp_path / "plugin_runtime")
    shutil.copy(node.TESTS / "http_cases.ts", tmp_path / "plugin_logic.ts")
    (tmp_path / "package.json").write_text('{"type": "module"}', "utf-8")
    write_manifest(tmp_path, {})
    cache = {"NODE_COMPILE_CACHE": str(tmp_path / ".cache")}
    command = [program, str(tmp_path / "server.cts")]
    done = subprocess.run([*command, "--compile"], env={**os.environ, **cache}, check=False)
    assert done.returncode == 0
    shutil.rmtree(tmp_path / "plugin_runtime")  # nothing else is needed
    plugin = PluginProcess(tmp_path, cache, command=command)
    try:
        status, body = plugin.execute({"do": "echo", "text": "in one file"})
    finally:
        plugin.kill()
    assert status == 200, body
    # Elsewhere a bundle may be older than the code, and is left alone.
    environment = {name: os.environ[name] for name in ("PATH",)}
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert done.returncode != 0
    assert b"service.cts" in done.stderr
