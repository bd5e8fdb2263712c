"""Examples that are written in every language answer one table of cases, each as a process."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from stage7_plugin.spec.languages import LANGUAGES
from tests.runtime.plugin_process import PluginProcess
from tests.support import go, node
from tests.support.example_plugins import WITH_CASES, cases, make_example


def command(plugin: Path, language: str) -> list[str]:
    """What starts a plugin; compiles it first where its language needs that."""
    if language == "python":
        return [sys.executable, "-E", "-s", str(plugin / "server.py")]
    if language == "typescript":
        return [node.node(), str(plugin / "server.cts")]
    done = go.run(plugin, "go", "build", "-o", "plugin", ".")
    assert done.returncode == 0, done.stdout
    return [str(plugin / "plugin")]


@pytest.fixture(scope="module", params=LANGUAGES)
def servers(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, PluginProcess]]:
    """The examples of a language, each running."""
    folder = tmp_path_factory.mktemp(request.param)
    running: dict[str, PluginProcess] = {}
    try:
        for name in WITH_CASES:
            plugin = make_example(folder, name, "git_init=no", language=request.param)
            path = {"PATH": os.environ["PATH"]}
            running[name] = PluginProcess(plugin, path, command=command(plugin, request.param))
        yield running
    finally:
        for process in running.values():
            process.kill()


@pytest.mark.parametrize("name", WITH_CASES)
def test_every_case(servers: dict[str, PluginProcess], name: str) -> None:
    wrong = {}
    for case in cases(name):
        status, answer = servers[name].execute(case["inputs"])
        given = status, answer.get("outputs", answer.get("error"))
        if given != (case.get("status", 200), case.get("outputs", case.get("error"))):
            wrong[case["name"]] = given
    assert wrong == {}


def test_every_letter_is_folded_alike(servers: dict[str, PluginProcess]) -> None:
    """Also those that a table of cases is too short for."""
    letters = [
        one
        for one in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(one)[0] in "LN" and {one.lower(), one.upper()} != {one}
    ]
    assert len(letters) > 2500
    wanted: dict[str, int] = {}
    for one in letters:
        folded = one.casefold().lower()
        wanted[folded] = wanted.get(folded, 0) + 1
    inputs = {"text": " ".join(letters), "top": len(letters)}
    status, answer = servers["text-statistics"].execute(inputs)
    assert status == 200, answer
    found = {one["word"]: one["count"] for one in answer["outputs"]["most_frequent"]}
    assert found == wanted
    assert list(found) == sorted(wanted, key=lambda word: (-wanted[word], word))
