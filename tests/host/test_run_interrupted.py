"""A container that the engine is still creating when the check is interrupted goes away too."""

from __future__ import annotations

import json
from typing import Any

import docker
import pytest
import requests

from stage7_plugin.host.run import HostRun, remove_container
from stage7_plugin.host.view import HostView
from tests.support.template import TEMPLATE

MANIFEST = TEMPLATE / "examples" / "rendered" / "text-echo" / "manifest.json"


class SlowEngine:
    """Answers the creation with an interruption, and has the container only a moment later."""

    base_url = "http+docker://localhost"

    def __init__(self, *refusals: Exception) -> None:
        self.refusals = list(refusals)
        self.removed: list[str] = []

    def __getattr__(self, name: str) -> Any:
        raise KeyboardInterrupt  # whatever it is asked first, the person presses Ctrl-C

    def remove_container(self, name: str, **_: object) -> None:
        if self.refusals:
            raise self.refusals.pop(0)
        self.removed.append(name)


def test_it_is_removed_once_it_is_there() -> None:
    engine = SlowEngine(*[docker.errors.NotFound("none")] * 3)
    run = HostRun(engine, HostView.from_manifest(json.loads(MANIFEST.read_text("utf-8"))))  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt), run:
        pass
    assert engine.removed == [run.name]


def test_a_removal_that_has_begun_elsewhere_is_waited_for() -> None:
    conflict = requests.Response()
    conflict.status_code = 409
    removing = docker.errors.APIError("removal is already in progress", response=conflict)
    engine = SlowEngine(removing, removing, docker.errors.NotFound("gone"))
    remove_container(engine, "one")  # type: ignore[arg-type]
    assert (engine.refusals, engine.removed) == ([], [])
    with pytest.raises(docker.errors.APIError):
        remove_container(SlowEngine(docker.errors.APIError("broken")), "one")  # type: ignore[arg-type]
