"""What YAML values weigh, how deep they are, and their text and JSON value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stage7_plugin.batch.yaml_nodes import Mapping, Scalar, Sequence
from tests.support.batch import faults, read

TEXT = Scalar(1, "abc", plain=True)
LIST = Sequence(1, [TEXT, TEXT])
MAP = Mapping(1, {"key": (1, LIST), "k": (1, TEXT)})


def test_weight_and_height() -> None:
    assert (TEXT.weight, TEXT.height) == (23, 0)
    assert (Scalar(1, "x" * 24, plain=False).weight) == 44
    assert (LIST.weight, LIST.height) == (20 + 46, 1)
    assert (MAP.weight, MAP.height) == (20 + 20 + 3 + 66 + 20 + 1 + 23, 2)
    assert (Sequence(1, []).weight, Sequence(1, []).height) == (20, 1)
    assert (Mapping(1, {}).weight, Mapping(1, {}).height) == (20, 1)


def test_an_alias_is_the_same_object() -> None:
    assert MAP.json == {"key": ["abc", "abc"], "k": "abc"}
    assert MAP.json is MAP.json
    assert MAP.json["key"] is LIST.json is LIST.typed


@pytest.mark.parametrize(
    ("text", "plain", "json", "typed"),
    [
        ("", True, None, ""),
        ("", False, "", ""),
        ("~", True, None, None),
        ("Null", True, None, None),
        ("~", False, "~", "~"),
        ("TRUE", True, True, "TRUE"),
        ("false", True, False, "false"),
        ("no", True, "no", "no"),
        ("1.50", True, 1.5, "1.50"),
        ("-0", True, 0, "-0"),
        ("01", True, "01", "01"),
        ("1e999", True, "1e999", "1e999"),
        ("1", False, "1", "1"),
    ],
)
def test_scalars(text: str, plain: bool, json: Any, typed: Any) -> None:
    node = Scalar(1, text, plain)
    assert (node.json, node.typed) == (json, typed)
    assert type(node.json) is type(json)


@pytest.mark.parametrize(("aliases", "fits"), [(20, True), (21, False)])
def test_what_aliases_may_stand_for(tmp_path: Path, aliases: int, fits: bool) -> None:
    text = f"plugins: [{{plugin_name: A}}]\nx-a: &a {'w' * 999_980}\nx-b:\n" + "- *a\n" * aliases
    found = faults(read(tmp_path, "fleet.yaml", text))
    assert [line for line, _ in found] == ([] if fits else [24])
