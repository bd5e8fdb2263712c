"""Constraints: the table of cases, what each says, and the JSON Schema that means the same."""

from __future__ import annotations

import json
import random
import re
import warnings
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from stage7_plugin.spec.constraints import LONGEST_MATCHED, compiled, faults
from stage7_plugin.spec.json_schema import input_schema, output_schema, plugin_schema
from stage7_plugin.spec.value_types import has_type

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "cases" / "constraints.json").read_text("utf-8")
)["cases"]
IDS = [json.dumps(case["definition"]) for case in CASES]


def manifest(*definitions: dict[str, Any], outputs: Any = ()) -> dict[str, Any]:
    """The parts of a manifest that its schema is made from."""
    return {
        "id": "text-echo",
        "description": "Echoes a text",
        "inputDefinitions": list(definitions),
        "outputDefinitions": list(outputs),
    }


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_the_table_of_constraints(case: dict[str, Any]) -> None:
    for value in case["valid"]:
        assert faults(value, case["definition"]) == []
    for message, values in case["invalid"].items():
        for value in values:
            assert any(message in fault for fault in faults(value, case["definition"])), value


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_the_json_schema_means_the_same(case: dict[str, Any]) -> None:
    definition = {"name": "a", "required": True, **case["definition"]}
    documents = [input_schema(manifest(definition)), output_schema(manifest(outputs=[definition]))]
    for schema in documents:
        Draft202012Validator.check_schema(schema)
        validator = Draft202012Validator(schema)
        for value in case["valid"]:
            assert validator.is_valid({"a": value}), value
        for message, values in case["invalid"].items():
            for value in values:
                # JSON Schema lets a validator take formats as remarks, and Python's $ is laxer.
                if "format" in case or (isinstance(value, str) and value.endswith("\n")):
                    continue
                if "\u0665" not in str(value):  # Python's \d
                    assert not validator.is_valid({"a": value}), (message, value)


def test_every_problem_is_named_at_once() -> None:
    definition = {"type": "string", "minLength": 3, "enum": ["abc"], "pattern": "^[a-z]+$"}
    assert faults("A", definition) == [
        "must be one of abc",
        "must have at least 3 characters",
        "must match the pattern ^[a-z]+$",
    ]


def test_of_many_wrong_items_ten_are_named() -> None:
    found = faults(["x"] * 100_000, {"type": "array", "items": {"type": "number"}})
    assert len(found) == 10


def test_a_pattern_sees_no_text_that_could_take_it_minutes() -> None:
    definition = {"type": "string", "pattern": r"\s+$"}
    assert faults(" " * LONGEST_MATCHED + "x", definition) == ["must have at most 2000 characters"]
    schema = input_schema(manifest({"name": "a", **definition}))["properties"]["a"]
    assert schema["maxLength"] == LONGEST_MATCHED
    assert faults("x" * 3000, {**definition, "maxLength": 5}) == ["must have at most 5 characters"]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_no_message_holds_the_value(case: dict[str, Any]) -> None:
    secret = "canary 0123456789"
    for value in (secret, [secret], [[secret]]):
        if has_type(value, case["definition"]["type"]):
            assert secret not in " ".join(faults(value, case["definition"]))


def test_a_dollar_in_brackets_or_after_a_backslash_is_literal() -> None:
    assert compiled(r"^[$x]\$$").pattern == r"^[$x]\$\Z"
    assert compiled("^[]$]$").pattern.endswith(r"\Z")
    with pytest.raises(re.error):
        compiled("(")


def test_a_class_of_characters_means_what_it_means_to_python_and_warns_of_nothing() -> None:
    parts = [*"[]-&~|^az+9:\n", r"\-", r"\]", r"\d", r"\x41", r"\0"]
    chosen = random.Random(1)
    compared = 0
    for _ in range(3000):
        pattern = f"[{''.join(chosen.choices(parts, k=chosen.randint(1, 6)))}]"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            try:
                expected = re.compile(pattern, re.ASCII)
            except re.error:
                continue
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = compiled(pattern)
        text = "".join(map(chr, range(128)))
        assert found.findall(text) == expected.findall(text), pattern
        compared += 1
    assert compared > 1000


def test_the_schema_of_a_plugin() -> None:
    made = plugin_schema(
        manifest(
            {"name": "text", "type": "string", "required": True, "description": "Text"},
            {"name": "unit", "type": "string", "enum": ["km", "mi"], "defaultValue": "km"},
            {"name": "key", "type": "string", "required": True, "secret": True, "aliases": ["k"]},
            {"name": "any", "type": "any", "required": False, "examples": [1, "a"]},
            {"name": "old", "type": "number", "default": 1, "example": 2},
            outputs=[
                {"name": "tags", "type": "array", "required": True, "items": {"type": "string"}},
                {"name": "image", "type": "string", "format": "base64",
                 "contentMediaType": "image/png"},
            ],
        )
    )  # fmt: skip
    Draft202012Validator.check_schema(made)
    inputs, outputs = made["properties"]["inputs"], made["properties"]["outputs"]
    assert inputs == {
        "type": "object",
        "properties": {
            "text": {"type": "string", "description": "Text"},
            "unit": {"type": ["string", "null"], "enum": ["km", "mi", None], "default": "km"},
            "key": {"type": "string", "writeOnly": True, "format": "password", "x-aliases": ["k"]},
            "any": {"examples": [1, "a"]},
            "old": {"type": ["number", "null"], "default": 1, "examples": [2]},
        },
        "required": ["text", "key"],
        "additionalProperties": True,
    }
    assert outputs["required"] == ["tags"]
    assert outputs["additionalProperties"] is False
    assert outputs["properties"]["tags"] == {"type": "array", "items": {"type": "string"}}
    assert outputs["properties"]["image"]["contentMediaType"] == "image/png"
    assert outputs["properties"]["image"]["contentEncoding"] == "base64"


def test_the_types_of_the_table_are_right() -> None:
    for case in CASES:
        kind = case["definition"]["type"]
        assert all(has_type(value, kind) for value in case["valid"])
