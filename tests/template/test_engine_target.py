"""What make says, in each language, where a target has nothing to work with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import go, node
from tests.support.template import render

# Notes what it is asked; there is no container.
FAKE = """#!/bin/sh
echo "$1" >> "$CALLS"
case "$1" in version) exit ${ENGINE:-0} ;; *) exit 1 ;; esac
"""


class Plugin:
    """A plugin whose Docker client only notes what it is asked."""

    def __init__(self, place: Path, language: str) -> None:
        self.folder = render(place, language=language)
        program = place / "programs" / "docker"
        program.parent.mkdir()
        program.write_text(FAKE, "utf-8")
        program.chmod(0o755)
        self._calls = place / "calls"
        variables = go.environment() if language == "go" else dict(os.environ)
        path = f"{program.parent}{os.pathsep}{variables['PATH']}"
        self._variables = {**variables, "PATH": path, "CALLS": str(self._calls), "ENV_FILE": ""}
        self._variables.pop("MAKELEVEL", None)  # else make says make[1]
        self._programs = [f"PYTHON={sys.executable}"]
        if language == "typescript":
            self._programs.append(f"NODE={node.node()}")

    def make(self, target: str, **variables: str) -> tuple[list[str], list[str]]:
        """What `make` printed, which must fail, and what the Docker client was asked."""
        self._calls.write_text("")
        done = subprocess.run(
            ["make", "--no-print-directory", *self._programs, target],
            cwd=self.folder,
            env={**self._variables, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        assert done.returncode == 2, done.stdout
        return done.stdout.splitlines(), self._calls.read_text("utf-8").split()


@pytest.fixture(scope="module", params=["python", "typescript", "go"])
def plugin(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Plugin:
    return Plugin(tmp_path_factory.mktemp(request.param), request.param)


def test_a_manifest_that_is_not_json_is_named_once_and_nothing_is_built(plugin: Plugin) -> None:
    path = plugin.folder / "manifest.json"
    text = path.read_text("utf-8")
    path.write_text(text.replace('"verb"', "verb"), "utf-8")
    said, calls = plugin.make("up")
    path.write_text(text, "utf-8")
    assert said[0].startswith("manifest.json cannot be read: ")
    assert "line 5" in said[0]
    assert len(said) == 2
    assert said[1].startswith("make: ")
    assert set(calls) <= {"version"}


def test_without_an_engine_the_way_out_is_named(plugin: Plugin) -> None:
    for target in ("build", "up", "down", "logs", "push"):
        said, calls = plugin.make(target, ENGINE="1")
        assert said[0].startswith("No Docker engine answers: ")
        assert "make run" in said[1]
        assert calls == ["version"]


def test_logs_say_how_to_start_the_container(plugin: Plugin) -> None:
    said, calls = plugin.make("logs")
    assert said[0] == "No container text-echo: make up starts it."
    assert calls == ["version", "container"]


@pytest.mark.parametrize("plugin", ["typescript", "go"], indirect=True)
def test_a_type_that_is_none_is_named(plugin: Plugin) -> None:
    """Their tests have no validator for the schema, and the types of the code come from it."""
    path = plugin.folder / "manifest.json"
    text = path.read_text("utf-8")
    manifest = json.loads(text)
    manifest["inputDefinitions"][0]["type"] = "array"
    manifest["inputDefinitions"][0]["items"] = {"type": "int"}
    path.write_text(json.dumps(manifest), "utf-8")
    said, _ = plugin.make("sync")
    path.write_text(text, "utf-8")
    assert said[0] == (
        'manifest.json: text[] has the type "int"; it must be string, number, boolean, array, '
        'object or any, such as "type": "string"'
    )
