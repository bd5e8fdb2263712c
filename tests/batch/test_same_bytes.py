"""What the batch command renders is byte for byte what Cookiecutter renders."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings

from stage7_plugin.batch.template import PluginTemplate
from stage7_plugin.spec.answers import CHOICES
from stage7_plugin.spec.plugin_spec import PluginSpec
from tests.support import hostile
from tests.support.batch import batch, tree, write_fleet
from tests.support.template import generate, render

ANSWERS = {
    "plugin_name": "Pöst Box 3000",
    "description": "Sorts letters & parcels into boxes, and says how many",
    "inputs": "letters:array - What has arrived; limit:number=10 - Per box; note:string?",
    "outputs": "boxes:object - Letters by box; count:number - How many",
    "author": "Ada Lovelace",
    "permissions": "net.fetch, fs.read",
    "memory": "1g",
    "cpu": "0.25",
    "timeout_seconds": "90",
    "image_namespace": "registry.example:5000/team",
    "version": "2.10.3",
    "git_init": "no",
}


@pytest.mark.parametrize("ci", CHOICES["ci"])
def test_the_real_command_writes_the_same(tmp_path: Path, ci: str) -> None:
    answers = {**ANSWERS, "ci": ci, "license": "Apache-2.0", "python_version": "3.13"}
    (tmp_path / "one").mkdir()
    result = generate(tmp_path / "one", **answers)
    assert result.status == 0, result.output
    assert batch(tmp_path, write_fleet(tmp_path, answers)).status == 0
    expected = tree(tmp_path / "one" / "out" / "poest-box-3000")
    assert len(expected) > 35
    assert tree(tmp_path / "out" / "poest-box-3000") == expected


def test_the_real_command_writes_the_same_for_derived_answers(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    generate(tmp_path / "one", plugin_name="3D Print", author="Ada", git_init="no")
    batch(tmp_path, write_fleet(tmp_path, {"plugin_name": "3D Print"}, author="Ada", ci="github"))
    expected = tree(tmp_path / "one" / "out" / "plugin-3d-print")
    assert tree(tmp_path / "out" / "plugin-3d-print") == expected != {}


@pytest.mark.parametrize("prompt", CHOICES)
def test_every_choice_renders_the_same(tmp_path: Path, prompt: str) -> None:
    """Against Cookiecutter's own rendering in this process, which takes answers as data."""
    template = PluginTemplate()
    for choice in CHOICES[prompt]:
        answers = template.answers({**ANSWERS, prompt: choice})
        project = render(tmp_path / choice, **answers)
        rendered = {
            f.path: (f.content, f.mode) for f in template.render(PluginSpec.from_answers(answers))
        }
        expected = {
            path: (content, mode & 0o7777) for path, (content, mode) in tree(project).items()
        }
        assert rendered == expected


@given(hostile.answers())
@settings(max_examples=25, deadline=None)
def test_any_answers_render_the_same(answers: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        expected = tree(render(Path(folder), **answers))
    rendered = {
        file.path: file.content
        for file in PluginTemplate().render(PluginSpec.from_answers(answers))
    }
    assert rendered == {path: content for path, (content, _mode) in expected.items()}


def test_values_of_the_file_are_never_rendered(tmp_path: Path) -> None:
    """What is typed comes out unchanged through every step of the real command."""
    plugins = [
        {"plugin_name": f"P{number}", "author": text.strip(), "description": f"Ten or more {text}"}
        for number, text in enumerate(hostile.TEXTS)
    ]
    result = batch(tmp_path, write_fleet(tmp_path, *plugins))
    assert result.status == 0, result.output
    for number, plugin in enumerate(plugins):
        manifest = json.loads((tmp_path / "out" / f"p{number}" / "manifest.json").read_text())
        assert manifest["author"] == plugin["author"]
        assert manifest["description"] == plugin["description"]
    assert not list(tmp_path.rglob("pwned"))
