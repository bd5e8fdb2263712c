"""Questions that mean nothing in the chosen language are not asked by `stage7-plugin new`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cookiecutter import prompt

from stage7_plugin.generate.new import run_new


@pytest.mark.parametrize(
    ("language", "is_asked"), [("python", True), ("typescript", False), ("go", False)]
)
def test_the_version_of_python_is_asked_for_python_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, is_asked: bool
) -> None:
    asked = []

    def choose(name: str, options: list[str], *_: Any) -> str:
        asked.append(name)
        chosen = {"language": language, "git_init": "no", "python_version": options[-1]}
        return chosen.get(name, options[0])

    monkeypatch.setattr(prompt, "read_user_choice", choose)
    monkeypatch.setattr(prompt, "read_user_variable", lambda name, default, *_: default)
    settings = tmp_path / "settings.yaml"
    folders = {"cookiecutters_dir": str(tmp_path / "a"), "replay_dir": str(tmp_path / "b")}
    settings.write_text(json.dumps(folders), "utf-8")
    options = ["--config-file", str(settings), "--output-dir", str(tmp_path / "out")]
    assert run_new([*options, "build_image=no"]) == 0
    assert ("python_version" in asked) is is_asked
    assert {"language", "license", "kubernetes"} <= set(asked)
    made = json.loads((tmp_path / "out/text-echo/.stage7-template.json").read_text("utf-8"))
    assert made["answers"]["python_version"] == ("3.14" if is_asked else "3.11")
    assert prompt.read_user_choice is choose
