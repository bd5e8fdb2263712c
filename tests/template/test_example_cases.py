"""Examples that are written in every language answer one table of cases, each as a process."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from stage7_plugin.spec.languages import LANGUAGES
from tests.support import go, node
from tests.support.example_plugins import WITH_CASES, cases, make_example
from tests.support.plugin_process import PluginProcess


def command(plugin: Path, language: str) -> list[str]:
    """What starts a plugin; compiles it first where its language needs that."""
    if language == "python":
        return [sys.executable, "-E", "-s", str(plugin / "server.py")]
    if language == "typescript":
        return [node.node(), str(plugin / "server.cts")]
    done = go.run(plugin, "go", "build", "-o", "plugin", ".")
    assert done.returncode == 0, done.stdout
    return [str(plugin / "plugin")]


def every_letter() -> dict[str, Any]:
    """A case for the whole of Unicode: each letter that has another case is a word."""
    letters = [
        one
        for one in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(one)[0] in "LN" and {one.lower(), one.upper()} != {one}
    ]
    assert len(letters) > 2500
    # Cherokee is folded to upper case.
    found = Counter(one.casefold().lower() for one in letters)
    ranked = sorted(found, key=lambda word: (-found[word], word))
    text = " ".join(letters)
    return {
        "name": "every letter",
        "inputs": {"text": text, "top": len(letters)},
        "outputs": {
            "characters": len(text),
            "words": len(letters),
            "sentences": 1,
            "most_frequent": [{"word": word, "count": found[word]} for word in ranked],
        },
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", WITH_CASES)
def test_every_case(tmp_path: Path, name: str, language: str) -> None:
    table = cases(name)
    if name == "text-statistics":
        table.append(every_letter())
    plugin = make_example(tmp_path, name, "git_init=no", language=language)
    path = {"PATH": os.environ["PATH"]}
    process = PluginProcess(plugin, path, command=command(plugin, language))
    wrong = {}
    try:
        for case in table:
            status, answer = process.execute(case["inputs"])
            given = status, answer.get("outputs", answer.get("error"))
            if given != (case.get("status", 200), case.get("outputs", case.get("error"))):
                wrong[case["name"]] = given
    finally:
        process.kill()
    assert wrong == {}
