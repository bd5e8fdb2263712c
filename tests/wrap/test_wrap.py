"""`stage7-plugin wrap`: what it makes, what it refuses, and that it leaves nothing behind."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from stage7_plugin.cli import main
from stage7_plugin.spec.manifest import manifest_problems
from stage7_plugin.wrap.model import digest_of
from tests.support.batch import tree
from tests.support.template import render

SOURCES = Path(__file__).parent / "sources"
SLUGIFY = f"{SOURCES / 'slugs.py'}:slugify"


def wrap(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["wrap", *map(str, arguments)])


def test_a_function_becomes_a_plugin(tmp_path: Path) -> None:
    result = wrap(SLUGIFY, "git_init=no", "plugin_name=Address Name", "-o", tmp_path)
    assert result.exit_code == 0, result.output
    assert [path.name for path in tmp_path.iterdir()] == ["address-name"]
    folder = tmp_path / "address-name"
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert manifest_problems(manifest) == []
    assert manifest["description"] == "Turn a text into a name for an address"
    kinds = {
        one["name"]: (one["type"], one.get("defaultValue")) for one in manifest["inputDefinitions"]
    }
    assert kinds == {
        "text": ("string", None),
        "separator": ("string", "-"),
        "lower": ("boolean", True),
    }
    assert [one["type"] for one in manifest["outputDefinitions"]] == ["string"]
    assert (folder / "wrapped" / "slugs.py").read_bytes() == (SOURCES / "slugs.py").read_bytes()
    assert "still a stub" not in result.output


def test_it_remembers_what_it_was_wrapped_from(tmp_path: Path) -> None:
    shutil.copy(SOURCES / "slugs.py", tmp_path)
    out = tmp_path / "plugins"
    assert wrap(f"{tmp_path / 'slugs.py'}:slugify", "git_init=no", "-o", out).exit_code == 0
    recorded = json.loads((out / "slugify" / ".stage7-template.json").read_text("utf-8"))["wrapped"]
    names = ("examples/request.json", "plugin_logic.py", "requirements.in", "wrapped/slugs.py")
    source = (tmp_path / "slugs.py").read_bytes()
    assert recorded == {
        "kind": "function",
        "source": "../../slugs.py:slugify",
        "sources": {"slugs.py": digest_of(source)},
        "files": {name: digest_of((out / "slugify" / name).read_bytes()) for name in names},
        "manifest": {"description": "Turn a text into a name for an address"},
    }


def test_without_packages_the_requirements_are_the_templates(tmp_path: Path) -> None:
    assert wrap(SLUGIFY, "git_init=no", "-o", tmp_path).exit_code == 0
    assert (tmp_path / "slugify" / "requirements.in").read_bytes() == (
        render(tmp_path) / "requirements.in"
    ).read_bytes()


def test_check_writes_nothing(tmp_path: Path) -> None:
    result = wrap(SLUGIFY, "--check", "-o", tmp_path / "out")
    assert result.exit_code == 0, result.output
    for said in ("verb SLUGIFY", "separator: string = '-'", "wrapped/slugs.py", "result: string"):
        assert said in result.output
    assert list(tmp_path.iterdir()) == []


def test_nothing_but_the_plugin_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, source, out = tmp_path / "home", tmp_path / "source", tmp_path / "out"
    for folder in (home, source):
        folder.mkdir()
    monkeypatch.setenv("HOME", str(home))
    shutil.copy(SOURCES / "slugs.py", source)
    before = tree(source)
    assert wrap(f"{source / 'slugs.py'}:slugify", "git_init=no", "-o", out).exit_code == 0
    assert tree(source) == before
    assert list(home.iterdir()) == []
    assert [path.name for path in out.iterdir()] == ["slugify"]


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["missing.py:run"], 2, ["missing.py", "no such file", "FILE.py:NAME"]),
        (["nothing"], 2, ["nothing", "cannot be detected", "tools/text.py:summarise"]),
        ([f"{SOURCES / 'slugs.py'}:slug"], 2, ["slugs.py", "no function slug", "slugify"]),
        ([SLUGIFY, "inputs=a:string"], 1, ["inputs", "come from what is wrapped"]),
        ([SLUGIFY, "version=one"], 1, ["version", "MAJOR.MINOR.PATCH"]),
        ([SLUGIFY, "python_version=2.7"], 1, ["python_version", "3.11"]),
        ([SLUGIFY, "plugin_nam=X"], 1, ["plugin_nam", "did you mean plugin_name"]),
        ([SLUGIFY, "plugin_name"], 2, ["plugin_name", "KEY=VALUE"]),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_left(
    tmp_path: Path, arguments: list[str], status: int, said: list[str]
) -> None:
    result = wrap(*arguments, "-o", tmp_path)
    assert result.exit_code == status, result.output
    for words in said:
        assert words in result.output
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / "slugify").mkdir()
    (tmp_path / "slugify" / "mine.txt").write_text("mine")
    result = wrap(SLUGIFY, "-o", tmp_path)
    assert result.exit_code == 1
    assert "already exists" in result.output
    assert [path.name for path in (tmp_path / "slugify").iterdir()] == ["mine.txt"]


def test_answers_stay_text(tmp_path: Path) -> None:
    name = "Seven {{ 7 * 7 }}"
    result = wrap(
        SLUGIFY, "git_init=no", f"plugin_name={name}", "plugin_slug=seven", "-o", tmp_path
    )
    assert result.exit_code == 0, result.output
    recorded = json.loads((tmp_path / "seven" / ".stage7-template.json").read_text("utf-8"))
    assert recorded["answers"]["plugin_name"] == name


def test_existing_code_is_made_a_plugin_in_python_alone(tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = wrap(SLUGIFY, "language=typescript", "-o", out)
    assert result.exit_code == 1
    assert "language=typescript: a plugin around existing code" in result.output
    assert "leave out language" in result.output
    assert not out.exists() or list(out.iterdir()) == []
    assert wrap(SLUGIFY, "language=python", "git_init=no", "-o", out).exit_code == 0
