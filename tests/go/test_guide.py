"""docs/guides/go.md: its code and commands, in its order; the image is tested elsewhere."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from stage7_plugin.contract.targets.process import free_port
from tests.support import go
from tests.support.running import wait_healthy
from tests.support.template import TEMPLATE

PAGE = (TEMPLATE / "docs" / "guides" / "go.md").read_text("utf-8")

pytestmark = pytest.mark.slow


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_the_guide_works_as_written(tmp_path: Path) -> None:
    logic, tests = blocks("go")
    render, start, request = blocks("bash")
    template = f"{shlex.quote(sys.executable)} -m cookiecutter {shlex.quote(str(TEMPLATE))}"
    render = render.replace("uvx cookiecutter gh:org/template", template)
    environment = {**go.environment(), "GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(["sh", "-ec", render], cwd=tmp_path, env=environment, check=True)
    project = tmp_path / "word-count"
    (project / "plugin_logic.go").write_text(logic, "utf-8")
    (project / "plugin_logic_test.go").write_text(tests, "utf-8")
    port = str(free_port())
    environment["PLUGIN_HOST_PORT"] = port
    test, run = start.splitlines()
    done = subprocess.run(
        shlex.split(test), cwd=project, env=environment, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    server = subprocess.Popen(
        shlex.split(run), cwd=project, env=environment, start_new_session=True
    )
    try:
        wait_healthy(int(port))
        answer = subprocess.run(
            ["sh", "-ec", request.replace("18080", port)], capture_output=True, check=True
        )
        assert json.loads(answer.stdout) == json.loads(blocks("json")[0])
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
