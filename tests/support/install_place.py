"""A place with a plugin's repository, its remote, and a host that plugins are installed in."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from stage7_plugin.host.http_client import Address, call
from stage7_plugin.host.stand_in.execution import Executor
from stage7_plugin.host.stand_in.server import StandIn
from tests.support.git_template import ADDRESS as TEMPLATE_ADDRESS
from tests.support.git_template import Workplace
from tests.support.template import TEMPLATE, render

ADDRESS = "https://git.example.com/team/plugins.git"
"""Nothing is there: git is told to take a bare repository instead."""


class NoEngine(Executor):
    """Answers for every plugin that is executed, without an engine.

    Attributes:
        executed: The id of each plugin that was executed.
        outputs: What every plugin gives.
    """

    def __init__(self, strict: bool = False) -> None:
        super().__init__(strict)
        self.executed: list[str] = []
        self.outputs: dict[str, Any] = {"result": "done"}

    def execute(
        self, manifest: Mapping[str, Any], folder: Path, inputs: Mapping[str, Any], trace_id: str
    ) -> list[dict[str, Any]]:
        self.executed.append(str(manifest["id"]))
        return [
            {"success": True, "name": name, "resultType": "string", "result": value}
            for name, value in self.outputs.items()
        ]


class InstallPlace(Workplace):
    """A repository with a remote, and how plugins in it are released and installed.

    Attributes:
        repository: The work tree; plugins are in it, or one plugin is it.
        bare: The remote.
    """

    seconds = 900  # a fleet is built in one command

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, with_template: bool = False
    ) -> None:
        super().__init__(folder, with_template)
        self.bare = folder / "remote.git"
        self.repository = folder / "repository"
        configuration = folder / "home" / "gitconfig"
        with configuration.open("a", encoding="utf-8") as file:
            file.write(f'[url "{self.bare}"]\n\tinsteadOf = {ADDRESS}\n')
        # The host that runs in this process clones, too.
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(configuration))
        monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        self.set("PYTHONPATH", str(TEMPLATE))
        self.git(folder, "init", "--quiet", "--bare", str(self.bare))

    def set(self, name: str, value: str) -> None:
        """Set an environment variable of the commands."""
        self.environment[name] = value

    def use(self, host: StandIn) -> None:
        """Install in this host from now on."""
        self.set("STAGE7_URL", host.url)
        self.set("STAGE7_TOKEN", host.token)

    def one_plugin(self, **answers: str) -> Path:
        """Make a plugin that has the repository for itself, with its remote; return its folder."""
        render(self.repository.parent / "rendered", **answers)
        rendered = next((self.repository.parent / "rendered").iterdir())
        rendered.rename(self.repository)
        self.start()
        return self.repository

    def linked_plugin(self, **answers: str) -> Path:
        """Make a plugin that its template can update, in the place of the repository."""
        folder = self.repository.parent
        given = ("--extra-context", json.dumps(answers))
        self.run(folder, "cruft", "create", TEMPLATE_ADDRESS, "--no-input", *given)
        (folder / "text-echo").rename(self.repository)
        self.start()
        return self.repository

    def start(self) -> None:
        """Make the repository of what is in its folder, with its remote."""
        self.git(self.repository, "init", "--quiet")
        self.git(self.repository, "remote", "add", "origin", ADDRESS)
        self.commit(self.repository, "Start")

    def release(self, plugin: Path, version: str, *arguments: str) -> None:
        """Release a version of a plugin and push it."""
        settings = (f"PYTHON={sys.executable}", f"VERSION={version}", *arguments)
        self.must(plugin, "make", "release", *settings)
        self.git(plugin, "push", "--quiet", "--follow-tags", "origin", "HEAD")

    def note(self, plugin: Path, text: str) -> None:
        """Write a line under Unreleased and commit everything."""
        path = plugin / "CHANGELOG.md"
        changed = path.read_text("utf-8").replace(
            "## Unreleased\n", f"## Unreleased\n\n- {text}\n", 1
        )
        path.write_text(changed, "utf-8")
        self.commit(plugin, text)

    def install(self, *arguments: object) -> tuple[int, str]:
        """Run `stage7-plugin install`; return its exit status and what it printed."""
        return self.stage7("install", *arguments)

    def stage7(self, *arguments: object) -> tuple[int, str]:
        """Run `stage7-plugin`; return its exit status and what it printed."""
        command = [sys.executable, "-m", "stage7_plugin", *map(str, arguments)]
        return self.call(self.repository, *command)

    def must(self, folder: Path, *command: str) -> str:
        """Run a command that has to succeed; return what it printed."""
        return self._must_succeed(folder, *command)


def execute(host: StandIn, verb: str, kind: str = "any", **values: Any) -> tuple[int, Any]:
    """Execute a step in the host; return its status and the outputs by their names.

    Args:
        host: Where the plugin is installed.
        verb: The plugin's.
        kind: The type that each value is sent with; "declared" for that in its name, `a_number`.
        values: By the names of the inputs.
    """
    records = {
        name: {
            "inputName": name,
            "value": value,
            "valueType": name.removeprefix("a_") if kind == "declared" else kind,
            "args": {},
        }
        for name, value in values.items()
    }
    step = {"actionVerb": verb, "inputValues": records, "id": "step-1"}
    answer = call(Address.from_url(host.url), "POST", "/executeAction", payload=step, timeout=300)
    outputs = {one["name"]: one["result"] for one in answer.document}
    return answer.status, outputs


def edit_manifest(plugin: Path, **fields: Any) -> dict[str, Any]:
    """Set keys of a manifest; return it."""
    path = plugin / "manifest.json"
    manifest: dict[str, Any] = json.loads(path.read_text("utf-8"))
    manifest.update(fields)
    path.write_text(json.dumps(manifest, indent=2), "utf-8")
    return manifest
