"""docs/tutorial.md: what it says, done in its order, in a clone."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.git_template import Workplace
from tests.support.template import TEMPLATE

if TYPE_CHECKING:
    from docker import APIClient

pytestmark = [pytest.mark.engine, pytest.mark.network]

PAGE = (TEMPLATE / "docs" / "tutorial.md").read_text("utf-8")
ADDRESS = "https://github.com/org/template"
IMAGE = "stage7/word-count:1.0.0"


def blocks(language: str) -> list[str]:
    """Return the code of one language, in order."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def typed() -> str:
    """Return a line for each prompt: the answer of the page's table, or nothing for the default."""
    settings = json.loads((TEMPLATE / "cookiecutter.json").read_text("utf-8"))
    answers = dict(re.findall(r"(?m)^\| ([^|`]+) \| `([^`]+)` \|$", PAGE))
    lines = []
    for key in (key for key in settings if not key.startswith("_")):
        prompt = settings["__prompts__"][key]
        label = prompt if isinstance(prompt, str) else prompt["__prompt__"]
        lines.append(next((answers.pop(name) for name in [*answers] if name in label), ""))
    assert not answers, f"no prompt begins like {[*answers]}"
    return "\n".join(lines) + "\n"


def free_port() -> str:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return str(listener.getsockname()[1])


def test_the_tutorial_works_as_written(tmp_path: Path, client: APIClient) -> None:
    place = Workplace(tmp_path)
    with (tmp_path / "home" / "gitconfig").open("a") as file:
        file.write(f'[url "{place.template}"]\n\tinsteadOf = {ADDRESS}\n')
    (tmp_path / "answers").write_text(typed())
    logic, tests = blocks("python")
    (tmp_path / "logic").write_text(logic)
    (tmp_path / "tests").write_text(tests)
    clone, enter, test, start, request, stop = (block.strip() for block in blocks("bash"))
    port = free_port()
    assert clone.endswith("make plugin")
    assert start == "make up"
    script = [
        f"{clone} < ../answers",
        enter,
        "cp ../logic plugin_logic.py; cp ../tests tests/test_logic.py",
        test,
        f"{start} PLUGIN_HOST_PORT={port}",
        f"until curl --silent --fail localhost:{port}/health; do sleep 0.2; done",
        request.replace("18080", port),
        f"echo; {stop}",
    ]
    environment = {**place.environment, "PWD": str(tmp_path), "PATH": os.environ["PATH"]}
    try:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", "\n".join(script)],
            cwd=tmp_path,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=580,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        assert blocks("json")[0] in done.stdout
    finally:
        subprocess.run(["docker", "rm", "--force", "word-count"], capture_output=True)
        if client.images(IMAGE):
            client.remove_image(IMAGE, force=True)
