"""A container that the engine is still creating when the check is interrupted goes away too."""

from __future__ import annotations

import json
from typing import Any

import docker
import pytest

from stage7_plugin.host.run import HostRun
from stage7_plugin.host.view import HostView
from tests.support.template import TEMPLATE

MANIFEST = TEMPLATE / "examples" / "rendered" / "text-echo" / "manifest.json"


class SlowEngine:
    """Answers the creation with an interruption, and has the container only a moment later."""

    base_url = "http+docker://localhost"

    def __init__(self) -> None:
        self.refusals = 3
        self.removed: list[str] = []

    def __getattr__(self, name: str) -> Any:
        raise KeyboardInterrupt  # whatever it is asked first, the person presses Ctrl-C

    def remove_container(self, name: str, **_: object) -> None:
        if self.refusals:
            self.refusals -= 1
            raise docker.errors.NotFound(name)
        self.removed.append(name)


def test_it_is_removed_once_it_is_there() -> None:
    engine = SlowEngine()
    run = HostRun(engine, HostView.from_manifest(json.loads(MANIFEST.read_text("utf-8"))))  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt), run:
        pass
    assert engine.removed == [run.name]
