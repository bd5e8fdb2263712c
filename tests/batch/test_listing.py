"""`stage7-plugin list`: the questions that a fleet is asked, and their answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from stage7_plugin.batch.where import Condition, WhereWrong
from stage7_plugin.cli import main

ONE: dict[str, Any] = {
    "folder": "one", "version": "1.10.0", "owner": "@acme/payments", "labels": {"tier": "gold"},
    "permissions": ["net.fetch"], "packages": {"requests": "2.31.0"}, "stub": False,
    "locked": True, "memory_mb": 256.0, "cpu": 0.5, "template_version": "0.1.0",
    "template_commit": None,
}  # fmt: skip
TWO: dict[str, Any] = {
    **ONE, "folder": "two", "version": "1.9.0", "owner": "", "labels": {}, "permissions": [],
    "packages": {"requests": "2.32.0rc1", "httpx": "0.28.1"}, "stub": True, "locked": False,
    "memory_mb": 1024, "cpu": None, "template_version": "0.2.0",
}  # fmt: skip
THREE: dict[str, Any] = {**TWO, "folder": "three", "packages": {"requests": "2.32"}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "index.json").write_text(json.dumps({"plugins": [ONE, TWO, THREE]}))
    return tmp_path


def listed(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["list", *map(str, arguments)])


@pytest.mark.parametrize(
    ("where", "folders"),
    [
        (["packages.requests < 2.32"], ["one", "two"]),
        (["packages.requests<=2.32.0"], ["one", "two", "three"]),
        (["packages.requests >= 2.32"], ["three"]),
        (["packages.requests != 2.32"], ["one", "two"]),
        (["packages.httpx"], ["two"]),
        (["not packages.httpx"], ["one", "three"]),
        (["packages has httpx"], ["two"]),
        (["permissions has net.fetch"], ["one"]),
        (["not permissions has net.fetch"], ["two", "three"]),
        (["stub"], ["two", "three"]),
        (["stub = true"], ["two", "three"]),
        (["not locked"], ["two", "three"]),
        (["not owner"], ["two", "three"]),
        (["owner = @acme/payments"], ["one"]),
        (["labels.tier=gold"], ["one"]),
        (["template_version < 0.2"], ["one"]),
        (["template_commit = 3f"], []),
        (["version > 1.9"], ["one"]),
        (["memory_mb > 256"], ["two", "three"]),
        (["memory_mb = 256"], ["one"]),
        (["stub", "packages.httpx"], ["two"]),
        ([], ["one", "two", "three"]),
    ],
)
def test_questions(folder: Path, where: list[str], folders: list[str]) -> None:
    options = [part for text in where for part in ("--where", text)]
    result = listed(folder, *options, "--json")
    assert result.exit_code == 0, result.output
    assert [plugin["folder"] for plugin in json.loads(result.output)["plugins"]] == folders


def test_a_table_with_what_was_asked_and_what_they_need(folder: Path) -> None:
    result = listed(folder, "--where", "packages.requests < 2.32")
    assert result.output.splitlines() == [
        "folder  version  owner           packages.requests",
        "one     1.10.0   @acme/payments  2.31.0",
        "two     1.9.0    -               2.32.0rc1",
        "2 of 3 plugins; together 1280 MiB of memory, 0.5 CPU",
        "2 of 3 are not locked, so their packages are unknown: --where 'not locked'",
    ]
    assert listed(folder, "--columns", "folder,labels,stub").output.splitlines()[1:3] == [
        "one     tier=gold  no",
        "two     -          yes",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--where", "__import__('os')"], "must be FIELD, FIELD = VALUE"),
        (["--where", "stub or locked"], "must be FIELD, FIELD = VALUE"),
        (["--where", "version <"], "must be FIELD, FIELD = VALUE"),
        (["--where", "onwer = @a"], "there is no field onwer; did you mean owner?"),
        (["--where", "permissions = net.fetch"], "permissions has several values; use has"),
        (["--where", "owner < 3"], "'@acme/payments' is neither a number nor a version"),
        (["--where", "version < new"], "'new' is neither a number nor a version"),
        (["--columns", "folder,size"], "there is no field size"),
    ],
)
def test_what_cannot_be_asked(folder: Path, arguments: list[str], said: str) -> None:
    result = listed(folder, *arguments)
    assert result.exit_code == 2
    assert said in result.output


@pytest.mark.parametrize("text", [None, "", "[]", '{"plugins": [3]}', '{"plugins": {}}'])
def test_without_an_index_nothing_can_be_asked(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "index.json").write_text(text)
    result = listed(tmp_path, "--where", "stub")
    assert result.exit_code == 2
    assert "index.json" in result.output


def test_an_empty_fleet(tmp_path: Path) -> None:
    (tmp_path / "index.json").write_text('{"plugins": []}')
    result = listed(tmp_path, "--where", "stub")
    assert (result.exit_code, "0 of 0 plugins" in result.output) == (0, True)


def test_versions_with_more_than_numbers() -> None:
    fields = ["version"]
    for text, version in (
        ("version < 2.0", "2.0a1"), ("version >= 2", "2.0.post1"), ("version = 2.0", "2.0"),
    ):  # fmt: skip
        assert Condition.parse(text, fields).holds({"version": version}), text
    with pytest.raises(WhereWrong):
        Condition.parse("version < 2", fields).holds({"version": "latest"})
