"""A start that a later save overtakes leaves nothing running."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stage7_plugin.dev.events import Events
from stage7_plugin.dev.generation import Generation
from stage7_plugin.dev.instance import Instance
from stage7_plugin.dev.launch import Launch
from stage7_plugin.dev.tokens import Tokens
from tests.support.dev_plugin import make_plugin


class _Built(Instance):
    """What a build gives after the next save."""

    stopped = 0

    def ended(self) -> str | None:
        return None

    def stop(self) -> None:
        self.stopped += 1


def test_what_was_built_for_an_older_save_is_stopped(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    built = _Built()
    launch = Launch(make_plugin(tmp_path / "plugin"), Tokens())
    generation = Generation(1, launch, Events(), {}, "start")

    def build(*_: Any) -> Instance:
        generation.stop()  # the next save, while this one is still being built
        return built

    monkeypatch.setattr(Launch, "start", build)
    generation.start()
    assert built.stopped == 1
