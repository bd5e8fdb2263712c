"""Each kind of change between two manifests, breaking and harmless, and the step it needs."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from stage7_plugin.spec.compatibility import (
    changes,
    is_enough,
    lines,
    lowest_version,
    step_needed,
)

OLD: dict[str, Any] = {
    "id": "echo",
    "verb": "ECHO",
    "version": "1.2.3",
    "inputDefinitions": [
        {"name": "text", "type": "string", "required": True, "aliases": ["txt"]},
        {
            "name": "unit", "type": "string", "required": False, "enum": ["km", "mi"],
            "defaultValue": "km",
        },
        {"name": "count", "type": "number", "required": False, "minimum": 1, "maximum": 9},
        {"name": "tags", "type": "array", "required": False, "items": {"type": "string"}},
        {"name": "code", "type": "string", "required": False, "pattern": "^a", "maxLength": 5},
        {"name": "key", "type": "string", "required": False, "secret": True, "default": "x"},
    ],
    "outputDefinitions": [
        {"name": "result", "type": "string", "required": True, "enum": ["a", "b"]},
        {"name": "total", "type": "number", "required": False, "maximum": 9},
        {"name": "page", "type": "string", "required": False, "format": "uri"},
    ],
    "security": {"permissions": ["net.fetch"]},
    "container": {"resources": {"memory": "256m", "cpu": "0.5"}},
    "api": {"timeout": 30000},
    "configuration": [{"key": "MAILBOX", "required": False, "type": "string"}],
}  # fmt: skip
DELETE = object()


def with_change(path: str, value: Any) -> dict[str, Any]:
    """Return OLD with one thing changed; `inputs.text.type` finds definitions by name."""
    manifest = copy.deepcopy(OLD)
    at: Any = manifest
    *way, last = path.split("/")
    for part in way:
        if isinstance(at, list):
            at = next(one for one in at if one.get("name", one.get("key")) == part)
        else:
            at = at[part]
    if isinstance(at, list):
        if last == "+":
            at.append(value)
        elif last == "first":
            at.insert(0, value)
        else:
            at[:] = [one for one in at if one["name"] != last]
    elif value is DELETE:
        del at[last]
    else:
        at[last] = value
    return manifest


I, O = "inputDefinitions", "outputDefinitions"  # noqa: E741
CASES: list[tuple[str, Any, str, str]] = [
    ("id", "other", "major", "id: echo became other"),
    ("verb", "OTHER", "major", "verb: ECHO became OTHER"),
    ("description", "Another text", "none", ""),
    # inputs
    (f"{I}/count", DELETE, "major", "input count: removed"),
    (f"{I}/+", {"name": "new", "type": "any", "required": True}, "major", "added, and required"),
    (f"{I}/+", {"name": "new", "type": "any", "required": False}, "minor", "input new: added"),
    (f"{I}/count/required", True, "major", "input count: required now"),
    (f"{I}/text/required", False, "minor", "input text: optional now"),
    (f"{I}/text/type", "number", "major", "the type was string and is number"),
    (f"{I}/text/type", "any", "minor", "the type was string and is any"),
    (f"{I}/unit/enum", ["km"], "major", "input unit: mi not allowed any more"),
    (f"{I}/unit/enum", ["km", "mi", "m"], "minor", "input unit: m allowed now"),
    (f"{I}/unit/enum", DELETE, "minor", "any value now, not only km, mi"),
    (f"{I}/text/enum", ["a"], "major", "input text: only a now"),
    (f"{I}/count/minimum", 2, "major", "the minimum was 1 and is 2"),
    (f"{I}/count/minimum", 0, "minor", "the minimum was 1 and is 0"),
    (f"{I}/count/minimum", DELETE, "minor", "the minimum was 1 and is not set"),
    (f"{I}/count/maximum", 8, "major", "the maximum was 9 and is 8"),
    (f"{I}/count/maximum", 10, "minor", "the maximum was 9 and is 10"),
    (f"{I}/text/minLength", 1, "major", "the minLength was not set and is 1"),
    (f"{I}/code/maxLength", 4, "major", "the maxLength was 5 and is 4"),
    (f"{I}/tags/minItems", 1, "major", "the minItems was not set and is 1"),
    (f"{I}/code/pattern", "^b", "major", "the pattern was ^a and is ^b"),
    (f"{I}/code/pattern", DELETE, "minor", "the pattern was ^a and is not set"),
    (f"{I}/text/format", "uri", "major", "the format was not set and is uri"),
    (f"{I}/tags/items/type", "number", "major", "of the items: the type was string and is number"),
    (f"{I}/tags/items", DELETE, "minor", "of the items: the type was string and is any"),
    (f"{I}/tags/items/enum", ["a"], "major", "of the items: only a now"),
    (f"{I}/unit/defaultValue", "mi", "major", "the default was 'km' and is 'mi'"),
    (f"{I}/unit/defaultValue", DELETE, "major", "has no default any more; it was 'km'"),
    (f"{I}/count/defaultValue", 5, "minor", "has the default 5 now"),
    (f"{I}/key/default", "another", "none", ""),
    (f"{I}/text/aliases", [], "major", "the alias txt was removed"),
    (f"{I}/text/aliases", ["txt", "body"], "minor", "the alias body was added"),
    (f"{I}/text/secret", True, "minor", "is secret now"),
    (f"{I}/text/description", "New", "none", ""),
    (f"{I}/text/example", "New", "none", ""),
    # outputs: the other way round
    (f"{O}/total", DELETE, "major", "output total: removed"),
    (f"{O}/+", {"name": "new", "type": "any", "required": True}, "minor", "output new: added"),
    (f"{O}/first", {"name": "new", "type": "any"}, "major", "new comes first now"),
    (f"{O}/result/required", False, "major", "not always there any more"),
    (f"{O}/total/required", True, "minor", "always there now"),
    (f"{O}/total/type", "string", "major", "the type was number and is string"),
    (f"{O}/result/type", "any", "major", "the type was string and is any"),
    (f"{O}/result/enum", ["a"], "minor", "b not allowed any more"),
    (f"{O}/result/enum", ["a", "b", "c"], "major", "c allowed now"),
    (f"{O}/total/maximum", 10, "major", "the maximum was 9 and is 10"),
    (f"{O}/total/maximum", 8, "minor", "the maximum was 9 and is 8"),
    (f"{O}/total/minimum", 0, "minor", "the minimum was not set and is 0"),
    (f"{O}/page/format", DELETE, "major", "the format was uri and is not set"),
    (f"{O}/page/pattern", "^https", "minor", "the pattern was not set and is ^https"),
    # the rest
    ("security/permissions", ["net.fetch", "fs.read"], "major", "permissions: fs.read was added"),
    ("security/permissions", [], "patch", "permissions: net.fetch was removed"),
    ("container/resources/memory", "128m", "major", "memory: lowered from 256m to 128m"),
    ("container/resources/memory", "1g", "minor", "memory: raised from 256m to 1g"),
    ("container/resources/memory", "262144k", "none", ""),
    ("container/resources/cpu", "0.25", "minor", "cpu: lowered from 0.5 to 0.25"),
    ("api/timeout", 10000, "major", "api.timeout: lowered from 30000 to 10000"),
    ("api/timeout", 60000, "minor", "api.timeout: raised from 30000 to 60000"),
    ("configuration/+", {"key": "N", "required": True}, "major", "N: added, and required"),
    ("configuration/+", {"key": "N", "required": False}, "minor", "configuration N: added"),
    ("configuration/MAILBOX/required", True, "major", "configuration MAILBOX: required now"),
]


@pytest.mark.parametrize(("path", "value", "step", "text"), CASES)
def test_each_kind_of_change(path: str, value: Any, step: str, text: str) -> None:
    found = changes(OLD, with_change(path, value))
    assert step_needed(found) == step, found
    assert any(text in line for line in lines(found)) or not text
    assert bool(found) == (step != "none")


def test_nothing_has_changed() -> None:
    assert changes(OLD, copy.deepcopy(OLD)) == []


def test_a_renamed_input_whose_old_name_is_an_alias_is_harmless() -> None:
    new = copy.deepcopy(OLD)
    new["inputDefinitions"][2] |= {"name": "number", "aliases": ["count"]}
    assert lines(changes(OLD, new)) == [
        "minor  input count: renamed to number; the old name is an alias"
    ]


def test_the_largest_comes_first_and_secrets_are_not_shown() -> None:
    new = with_change("security/permissions", [])
    new["inputDefinitions"][5]["default"] = "hunter2"
    new["outputDefinitions"].pop()
    assert lines(changes(OLD, new)) == [
        "major  output page: removed",
        "patch  permissions: net.fetch was removed",
    ]


@pytest.mark.parametrize(
    ("old", "step", "lowest", "too_small"),
    [
        ("1.2.3", "major", "2.0.0", "1.99.0"),
        ("1.2.3", "minor", "1.3.0", "1.2.99"),
        ("1.2.3", "patch", "1.2.4", "1.2.3"),
        ("1.2.3", "none", "1.2.3", "1.2.2"),
        ("0.2.3", "major", "0.3.0", "0.2.9"),
        ("0.2.3", "minor", "0.2.4", "0.2.3"),
    ],
)
def test_the_version_that_a_step_needs(old: str, step: str, lowest: str, too_small: str) -> None:
    assert lowest_version(old, step) == lowest
    assert is_enough(old, lowest, step)
    assert not is_enough(old, too_small, step)
    assert is_enough(old, "10.0.0", step)


def test_what_is_no_version() -> None:
    with pytest.raises(ValueError, match=r"1\.2 is no version such as 1\.2\.0"):
        is_enough("1.2.3", "1.2", "patch")
