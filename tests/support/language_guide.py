"""A guide of docs/guides about a language: its code and commands, run as they are written."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from stage7_plugin.contract.targets.process import free_port
from tests.support.running import wait_healthy
from tests.support.template import TEMPLATE


def run(
    name: str,
    folder: Path,
    files: tuple[str, ...],
    environment: Mapping[str, str],
    prepare: Callable[[Path], object] = lambda plugin: None,
) -> None:
    """Make the plugin of the guide `name` in `folder`, write its `files`, test, start and call it.

    The guide has, in this order: commands that make it, the content of each file, commands that
    test and start it, one that calls it, and the answer. `prepare` gets the plugin's folder.
    """
    page = (TEMPLATE / "docs" / "guides" / f"{name}.md").read_text("utf-8")
    (_, make), *code, (_, start), (_, call), (_, answer) = re.findall(
        r"```(\w+)\n(.*?)```", page, re.DOTALL
    )
    template = f"{shlex.quote(sys.executable)} -m cookiecutter {shlex.quote(str(TEMPLATE))}"
    make = make.replace("uvx cookiecutter gh:org/template", template)
    port = str(free_port())
    settings = {**environment, "GIT_CONFIG_GLOBAL": os.devnull, "PLUGIN_HOST_PORT": port}
    subprocess.run(["sh", "-ec", make], cwd=folder, env=settings, check=True)
    (plugin,) = folder.iterdir()
    for (_, content), file in zip(code, files, strict=True):
        (plugin / file).write_text(content, "utf-8")
    prepare(plugin)
    test, serve = map(shlex.split, start.splitlines())
    done = subprocess.run(test, cwd=plugin, env=settings, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    server = subprocess.Popen(serve, cwd=plugin, env=settings, start_new_session=True)
    try:
        wait_healthy(int(port))
        called = subprocess.run(
            ["sh", "-ec", call.replace("18080", port)], capture_output=True, check=True
        )
        assert json.loads(called.stdout) == json.loads(answer)
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
