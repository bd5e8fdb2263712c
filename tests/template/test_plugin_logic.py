"""The rendered stub: clean for ruff and mypy whatever the answers, and honest."""

from __future__ import annotations

import importlib.util
import json
import logging
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from stage7_plugin.spec.value_types import TYPES, has_type
from tests.support import hostile
from tests.support.template import render_file
from tests.template.conftest import Bake

EVERY_TYPE = "; ".join(f"{kind}_1:{kind}; {kind}_2:{kind}?" for kind in TYPES)


def load(project: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("plugin_logic", project / "plugin_logic.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def check_style(source: str, settings_folder: Path) -> None:
    """Ruff's opinion, with the rendered pyproject.toml in that folder."""
    ruff = Path(sys.executable).with_name("ruff")
    for arguments in (["check", "--quiet"], ["format", "--check", "--diff", "--quiet"]):
        done = subprocess.run(
            [ruff, *arguments, "--no-cache", "--stdin-filename", "plugin_logic.py", "-"],
            input=source,
            cwd=settings_folder,
            capture_output=True,
            encoding="utf-8",
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def settings_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the rendered pyproject.toml, and nothing else."""
    folder = tmp_path_factory.mktemp("style")
    text = render_file("pyproject.toml")
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    return folder


def mypy(file: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file", "", str(file)],
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout


@given(hostile.answers())
@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
def test_style(settings_folder: Path, answers: dict[str, str]) -> None:
    check_style(render_file("plugin_logic.py", **answers), settings_folder)


@pytest.mark.parametrize("text", hostile.TEXTS)
def test_style_of_known_tricks(settings_folder: Path, text: str) -> None:
    definition = json.dumps([{"name": "x", "type": "string", "description": text, "default": text}])
    answers = {"plugin_name": text, "description": text, "inputs": definition}
    check_style(render_file("plugin_logic.py", **answers), settings_folder)


@pytest.mark.parametrize(
    "inputs",
    [
        EVERY_TYPE,
        "; ".join(f"{name}:{TYPES[n % 6]}{'?' * (n % 2)}" for n, name in enumerate(hostile.NAMES)),
        "list:array; dict:object; str:string; float:number; bool:boolean; Any:any; int:array?",
        f'text:string="{"long words " * 100}" - {"and more " * 20}',
    ],
)
def test_types_and_style_of_difficult_names(
    tmp_path: Path, settings_folder: Path, inputs: str
) -> None:
    source = render_file("plugin_logic.py", inputs=inputs)
    check_style(source, settings_folder)
    file = tmp_path / "plugin_logic.py"
    file.write_text(source, encoding="utf-8")
    mypy(file)


def test_every_declared_output_has_its_type(caplog: pytest.LogCaptureFixture, bake: Bake) -> None:
    outputs = "; ".join(f"out_{kind}:{kind}" for kind in TYPES)
    project = bake(inputs=EVERY_TYPE, outputs=outputs)
    request = json.loads((project / "examples" / "request.json").read_text(encoding="utf-8"))
    with caplog.at_level(logging.WARNING):
        answer: dict[str, Any] = load(project).execute_plugin(request["inputs"], {})
    assert answer["success"] is True
    assert list(answer["outputs"]) == [f"out_{kind}" for kind in TYPES]
    for kind in TYPES:
        assert has_type(answer["outputs"][f"out_{kind}"], kind)
    assert "stub" in answer["outputs"]["out_string"]
    assert "still a stub; it was given 12 input(s)" in caplog.text


def test_optional_inputs_may_be_missing(bake: Bake) -> None:
    module = load(bake(inputs="a:string; b:array?"))
    assert module.execute_plugin({"a": "x"}, {})["success"] is True
    with pytest.raises(KeyError):
        module.execute_plugin({}, {})


def test_documentation_names_every_parameter(bake: Bake) -> None:
    text = "city:string - Where to look; days:number=3 - How far; units:string?"
    module = load(bake(inputs=text, outputs="sky:object - What is seen"))
    documentation = module.execute_plugin.__doc__
    assert "city (str): Where to look" in documentation
    assert "days (float, default 3): How far" in documentation
    assert "units (str, optional): Units" in documentation
    assert "sky (dict[str, Any]): What is seen" in documentation
    assert '{"success": False, "error":' in documentation
    assert "stub" in (module.__doc__ or "")
