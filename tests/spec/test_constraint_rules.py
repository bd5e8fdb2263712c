"""Constraints that are wrong in themselves, in an answer and in a manifest."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stage7_plugin.rendering.readme_tables import input_rows
from stage7_plugin.spec.constraints import faults
from stage7_plugin.spec.manifest import manifest_problems
from stage7_plugin.spec.parameters import parse_parameters
from stage7_plugin.spec.pattern_rules import pattern_faults
from stage7_plugin.spec.planner_texts import input_guidance
from stage7_plugin.spec.sample_inputs import sample_value
from tests.support.template import TEMPLATE

RENDERED = TEMPLATE / "examples" / "rendered" / "text-echo" / "manifest.json"
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"type": "boolean", "enum": [True]}, "enum is for string and number, not for boolean"),
    ({"type": "string", "minimum": 1}, "minimum is for number, not for string"),
    ({"type": "number", "items": {"type": "string"}}, "items is for array, not for number"),
    ({"type": "string", "enum": []}, "the enum of a must be a list of 1 to 1000 values"),
    ({"type": "string", "enum": ["a", "a"]}, "the enum of a must not contain a value twice"),
    ({"type": "string", "enum": ["a", 1]}, "the enum of a must contain only values of type string"),
    ({"type": "string", "enum": ["a"], "minLength": 1}, "lists every value: leave out minLength"),
    ({"type": "number", "minimum": 2, "maximum": 1}, "the minimum of a must not be above its"),
    ({"type": "array", "minItems": 2, "maxItems": 1}, "the minItems of a must not be above its"),
    ({"type": "string", "minLength": -1}, "the minLength of a must be a whole number, 0 or more"),
    ({"type": "string", "maxLength": 1.5}, "the maxLength of a must be a whole number, 0 or more"),
    ({"type": "string", "pattern": "(", "example": "x"}, "must be a regular expression"),
    ({"type": "string", "pattern": "(?i)a", "example": "a"}, "must not use (?"),
    ({"type": "string", "pattern": "(?=a)", "example": "a"}, "must not use (?"),
    ({"type": "string", "pattern": r"(a)\1", "example": "aa"}, r"must not use \1"),
    ({"type": "string", "pattern": "(a+)+", "example": "a"}, "must not repeat a group that can"),
    ({"type": "string", "pattern": "a", "maxLength": 3000, "example": "a"}, "must be at most 2000"),
    ({"type": "string", "format": "url"}, "must be one of uri, email, date, date-time, base64"),
    ({"type": "string", "format": "uri", "pattern": "a", "example": "a:a"}, "leave out one of"),
    ({"type": "string", "contentMediaType": "image/png"}, "needs the format base64"),
    ({"type": "string", "format": "base64", "contentMediaType": "png"}, "must be a media type"),
    ({"type": "array", "items": "string"}, "the items of a must be an object with a type"),
    ({"type": "array", "items": {"type": "string", "default": "a"}}, "must not have default"),
    ({"type": "array", "items": {"type": "string", "minimum": 1}}, "minimum is for number"),
    ({"type": "string", "enum": ["a"], "default": "b"}, "the default of a must be one of a"),
    ({"type": "number", "maximum": 5, "example": 6}, "the example of a must be at most 5"),
    ({"type": "string", "maxLength": 1, "examples": ["a", "bb"]}, "must have at most 1 character"),
    ({"type": "string", "example": "a", "examples": ["b"]}, "leave out example or examples"),
    ({"type": "string", "examples": [1]}, "the examples of a must be a JSON string"),
    ({"type": "string", "pattern": "a"}, "needs an example, which test requests use"),
]  # fmt: skip


@pytest.mark.parametrize(("definition", "rule"), WRONG)
def test_what_is_not_accepted(definition: dict[str, Any], rule: str) -> None:
    _, problems = parse_parameters("inputs", json.dumps([{"name": "a", **definition}]))
    assert [rule in problem.rule for problem in problems] == [True], problems


GOOD = [
    "^[a-z]+$", r"^(\d{2}-)*x$", "(ab)+", "[*+?(]+", r"\(a+\)+", "(?:a|b)*", "(ab?)+",
    "(abc|xbc)*", "^[a-z]+(-[a-z0-9]+)*$", "([a-z]+,)*", r"(\.\d+)+", "(x(a|b*)y)*", "(a+)?",
    "(a+|b){1}", "(a|)b",
    "^[$]?[0-9]{1,3}(,[0-9]{3})*$",
]  # fmt: skip
SLOW = [
    "(a+)+", "(a*)*", "(a|a)*", "(a|ab)*", r"(\w|\d)+", "(a?a?)*", "(a{1,2})*", "((a+))+",
    "(a+){2,}",
    r"(\s*\w+\s*)*", "(-[a-z-]+)*", "(.a+)*", "(ab|ac)+", "(x(a+)+y)?", "(a+){5}", "(?:a+)*?",
    "([^,]+)*", "(a|b+)*",
]  # fmt: skip


NOT_UNIVERSAL = [
    (r"\N{BULLET}", r"\N"), (r"[\u0041]", r"\u"), (r"[\N{BULLET}]", r"\N"), (r"[a\b]", r"\b"),
    (r"[\1]", r"\1"), ("[[:alpha:]]", "[:"), (r"\é", r"\é"), (r"[\é]", r"\é"), ("a{,3}", "{,"),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "part"), NOT_UNIVERSAL)
def test_what_languages_read_differently(pattern: str, part: str) -> None:
    (rule,) = pattern_faults(pattern)
    assert rule.startswith(f"must not use {part}: its meaning depends on the plugin's language")


@pytest.mark.parametrize(
    "pattern", ["a{1001}", "(?:a{40}){40}", "(?:(?:a{10}b){11}){10}", "a{1,1001}"]
)
def test_what_no_language_but_python_counts(pattern: str) -> None:
    (rule,) = pattern_faults(pattern)
    assert rule.startswith("must not repeat anything more than 1000 times")


@pytest.mark.parametrize("pattern", ["a{1000}", "(?:a{30}){33}", r"\{,", "[{,]", r"[\\]u", r"\[:a"])
def test_what_only_looks_like_it_is_accepted(pattern: str) -> None:
    assert list(pattern_faults(pattern)) == []


@pytest.mark.parametrize("pattern", GOOD)
def test_patterns_that_are_accepted(pattern: str) -> None:
    assert list(pattern_faults(pattern)) == []


@pytest.mark.parametrize("pattern", SLOW)
def test_patterns_that_could_take_for_ever(pattern: str) -> None:
    (rule,) = pattern_faults(pattern)
    assert rule.startswith("must not repeat a group that can match a text in several ways")


@pytest.mark.parametrize("pattern", GOOD)
@pytest.mark.parametrize("text", ["a", "-a", "ab", "1", "x", ",", ".1", "xb"])
def test_what_is_accepted_ends_soon(pattern: str, text: str) -> None:
    """A pattern that takes exponential time would not end before the end of the universe."""
    faults(text * (2000 // len(text) - 1) + "!", {"type": "string", "pattern": f"^(?:{pattern})$"})


@pytest.mark.parametrize(
    ("definition", "rule"),
    [(one, rule) for one, rule in WRONG if "examples" not in one and "needs an ex" not in rule],
)
def test_a_manifest_is_held_to_the_same(definition: dict[str, Any], rule: str) -> None:
    manifest = json.loads(RENDERED.read_text("utf-8"))
    definition = {**definition, "name": "a", "required": False}
    manifest["inputDefinitions"].append(definition)
    assert manifest_problems(manifest) != []
    manifest["inputDefinitions"][-1] = {"name": "a", "required": False, "type": "string"}
    assert manifest_problems(manifest) == []


@pytest.mark.parametrize(
    "line",
    [
        "a:string(km|mi)", "a:number(5..9)", "a:number(..0)", "a:number(-5..-1)",
        "a:string(20..21)", "a:string(..3)", "a:string(9..)", "a:string(0..0)", "text:string(5..9)",
        "a:string(uri)", "a:string(email)", "a:string(date)", "a:string(date-time)",
        "a:string(base64)", "a:array(3..)", "a:array(..1)", "a:array<number(2..3)>(4..4)",
        "a:array<array<string(x|y)>>", "a:array<object>", "a:number(0..1)=0.5",
        "a:string(/b/, e.g. abc)", "a:array<string(email)>(1..1)",
    ],
)  # fmt: skip
def test_a_made_up_value_meets_the_constraints(line: str) -> None:
    (parameter,), problems = parse_parameters("inputs", line)
    assert problems == []
    definition = parameter.definition()
    assert faults(sample_value(definition), definition) == []


def test_constraints_in_words() -> None:
    line = (
        "unit:string(km|mi)=km - Unit; n:number(1..9) - N; t:array<string(..5)>(2..2) - T; "
        "p:string(base64 image/png)!secret - P; c:string(/^a|b$/, e.g. ab) - C"
    )
    parameters, problems = parse_parameters("inputs", line)
    assert problems == []
    assert input_guidance(parameters).split(" Input ") == [
        'Input unit (string, default "km", one of km, mi): Unit.',
        "n (number, required, 1 to 9): N.",
        "t (array, required, 2 items, each item: string, at most 5 characters): T.",
        "p (string, required, base64 of image/png, secret): P.",
        "c (string, required, matches ^a|b$): C.",
    ]
    assert "| Unit (one of km, mi) |" in input_rows(parameters)
