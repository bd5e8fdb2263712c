"""Inputs and outputs of a manifest made by hand: lines of notes, aliases, types, secrets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stage7_plugin.generate.sync import _hints, read_manifest
from stage7_plugin.wrap.model import Wrapping
from tests.support.hand_made import MANIFEST, PLAIN, has_note, notes, read, with_manifest
from tests.wrap.conftest import wrap


def with_inputs(folder: Path, *inputs: dict[str, Any]) -> Wrapping:
    given = [{"type": "string", "required": False, **one} for one in inputs]
    return with_manifest(folder, inputDefinitions=[*MANIFEST["inputDefinitions"], *given])


def inputs_of(found: Wrapping) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in json.loads(found.answers["inputs"])}


def line_of(text: str, words: str, which: int = 0) -> int:
    lines = [number for number, line in enumerate(text.splitlines(), 1) if words in line]
    return lines[which]


def test_a_note_has_the_line_of_its_own_definition(tmp_path: Path) -> None:
    same = {"type": "string", "required": True, "colour": "red"}
    keys = {
        "inputDefinitions": [{"name": name, **same} for name in ("text", "type")],
        "outputDefinitions": [{"name": "name", **same}, 5],
        "configuration": [{"key": "type", "required": False, "type": "string"}],
        "security": {"permissions": ["fs.read", "type"]},
    }
    found = with_manifest(tmp_path, **keys)
    text = (tmp_path / "manifest.json").read_text("utf-8")
    opening = [number for number, line in enumerate(text.splitlines(), 1) if line == "    {"]
    first, second, output, setting = opening[:4]
    told = notes(found, "manifest.json")
    assert f"{first}: colour of text: nothing reads it" in told
    assert f"{second}: colour of type: nothing reads it" in told
    assert f"{output}: colour of name: nothing reads it" in told
    five = line_of(text, "    5")
    assert f"{five}: outputDefinitions has 5, which has no name" in told
    assert any(one.startswith(f"{setting}: configuration type: description") for one in told)
    refused = text.splitlines().index('      "type"') + 1
    assert any(one.startswith(f"{refused}: the permission type") for one in told)


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("container.resources.memory", {"resources": {"memory": "lots", "cpu": "1"}}),
        ("container.resources.cpu", {"resources": {"memory": "64m", "cpu": "fast"}}),
        ("container.healthCheck.path", {"healthCheck": {"path": "/ok", "timeout": "10s"}}),
        ("container.image", {"image": "memory/cpu"}),
        ("container.environment.memory", {"environment": {"memory": 5}}),
        ("container.labels", {"labels": {"memory": "1"}}),
    ],
)
def test_a_note_has_the_line_of_its_own_value(
    tmp_path: Path, path: str, keys: dict[str, Any]
) -> None:
    """The same words stand further up, where a search would find them first."""
    names = ("memory", "cpu", "path", "image", "labels", "environment", "container", "healthCheck")
    given = {"keywords": dict.fromkeys(names, "x"), **MANIFEST}
    given["container"] = {**MANIFEST["container"], **keys}
    text = json.dumps(given, indent=2)
    found = read(tmp_path, **{"manifest.json": text})
    key = path.rpartition(".")[2]
    line = line_of(text, f'"{key}": ', -1)
    assert [one for one in notes(found, "manifest.json") if one.startswith(f"{line}: ")], path


def test_an_alias_is_no_other_name(tmp_path: Path) -> None:
    found = with_inputs(
        tmp_path,
        {"name": "max-words", "aliases": ["limit", "text", "limit", "later", "most"]},
        {"name": "later", "aliases": ["limit", "max-words", "last"]},
    )
    inputs = inputs_of(found)
    assert inputs["max_words"]["aliases"] == ["max-words", "limit", "most"]
    assert inputs["later"]["aliases"] == ["last"]
    for alias, name in (("text", "max_words"), ("later", "max_words"), ("limit", "later")):
        assert has_note(found, "manifest.json", "dropped", f"the alias {alias} of {name}: "), alias


def test_a_long_name_is_no_alias(tmp_path: Path) -> None:
    name = "n" * 80
    (inputs, *_) = [inputs_of(with_inputs(tmp_path, {"name": name}))]
    assert "aliases" not in inputs["n" * 60]


RETURNED = [
    *((f"{name}(text)", kind) for name, kind in (
        ("len", "number"), ("int", "number"), ("float", "number"), ("str", "string"),
        ("bool", "boolean"), ("list", "array"), ("sorted", "array"), ("dict", "object"),
        ("other", "any"), ("text.count", "any"),
    )),
    ("True", "boolean"), ("1", "number"), ("1.5", "number"), ("'a'", "string"), ("None", "any"),
    ("f'{text}'", "string"), ("[text]", "array"), ("[c for c in text]", "array"),
    ("{'a': text}", "object"), ("{c: c for c in text}", "object"), ("text == 'a'", "boolean"),
    ("text", "any"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "kind"), RETURNED)
def test_an_output_that_is_not_declared_has_the_type_of_its_value(
    tmp_path: Path, value: str, kind: str
) -> None:
    logic = PLAIN.replace('"result": inputs["text"]', f'"result": text, "extra": {value}')
    logic = logic.replace("    return", '    text = inputs["text"]\n    return')
    found = read(tmp_path, **{"plugin_logic.py": logic})
    outputs = {one["name"]: one for one in json.loads(found.answers["outputs"])}
    assert outputs["extra"] == {"name": "extra", "type": kind, "required": False}
    assert has_note(found, "plugin_logic.py", "changed", f"3: the output extra is not in "
                    f"manifest.json; it is now declared as extra:{kind}")  # fmt: skip


def test_no_secret_is_in_the_sum_of_what_the_host_refuses(tmp_path: Path) -> None:
    keys = {"container": {**MANIFEST["container"], "environment": {"API_TOKEN": 87654321}}}
    found = with_manifest(tmp_path, **keys)
    (told,) = [text for text in notes(found, "manifest.json") if "would refuse these" in text]
    assert "container.environment.API_TOKEN is ...: must be of type string" in told
    assert not any("87654321" in text for text in notes(found))


@pytest.mark.parametrize("name", ["a b", "1A", "A-B", ""])
@pytest.mark.parametrize("value", ["text"])
def test_a_variable_needs_a_name(tmp_path: Path, name: str, value: str) -> None:
    keys = {"container": {**MANIFEST["container"], "environment": {name: value, "GOOD": "1"}}}
    found = with_manifest(tmp_path, **keys)
    assert found.manifest is not None
    assert found.manifest["container"]["environment"] == {"GOOD": "1"}
    assert has_note(found, "manifest.json", "dropped", "has no name or text")


@pytest.mark.parametrize("value", [None, [], {}])
def test_a_variable_needs_a_text(tmp_path: Path, value: object) -> None:
    keys = {"container": {**MANIFEST["container"], "environment": {"ODD": value}}}
    assert has_note(with_manifest(tmp_path, **keys), "manifest.json", "dropped", "variable ODD has")


def test_code_that_was_wrapped_counts_as_the_plugins_own(tmp_path: Path) -> None:
    """`make sync` does not say that an adapter ignores the inputs, which the old code reads."""
    made = wrap(tmp_path, "greeter").folder
    manifest = read_manifest(made)
    assert _hints(made, manifest) == []
    (made / "original_logic.py").write_text("")
    assert any("who" in hint for hint in _hints(made, manifest))
