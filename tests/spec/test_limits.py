"""Values that the plugin itself would refuse, and names that Python takes as equal."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stage7_plugin.spec.answers import check
from stage7_plugin.spec.manifest import manifest_problems
from stage7_plugin.spec.parameter_rules import DEEPEST_VALUE
from stage7_plugin.spec.problems import shown

KELVIN = "\N{KELVIN SIGN}"


def nested(levels: int, of: Any = 0) -> Any:
    for _ in range(levels):
        of = [of]
    return of


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        (nested(DEEPEST_VALUE), ""),
        (nested(DEEPEST_VALUE + 1), "of text must be nested at most 97 levels deep"),
        ({"a": nested(DEEPEST_VALUE)}, "of text must be nested at most 97 levels deep"),
        (2**1023, ""),
        (-(2**1025), "is too large"),
        ({"a": [{"b": 10**400}]}, "is too large"),
        ("x" * 200_000, ""),
        ("x" * 300_000, "must have at most 262144 bytes of JSON in all"),
        ({"x" * 150_000: "y" * 150_000}, "must have at most 262144 bytes of JSON in all"),
        ([True] * 60_000, "must have at most 262144 bytes of JSON in all"),
        ([True, None, 1.5, "x"], ""),
    ],
)
@pytest.mark.parametrize("key", ["default", "example"])
def test_a_value_beyond_the_plugins_own_limits(key: str, value: Any, rule: str) -> None:
    inputs = json.dumps([{"name": "text", "type": "any", key: value}])
    found = check({"inputs": inputs})
    if rule:
        (problem,) = found
        assert rule in problem.rule
    else:
        assert found == []


def test_the_notation_is_held_to_the_same_limits() -> None:
    (problem,) = check({"inputs": f"text:any={json.dumps(nested(98))}"})
    assert "nested at most" in problem.rule


@pytest.mark.parametrize(
    ("inputs", "outputs"),
    [
        (f"K:string; {KELVIN}:string", "result:string"),
        ("K:string", f"{KELVIN}:string"),
        ('[{"name": "a", "type": "any", "aliases": ["K", "\u212a"]}]', "result:string"),
        ("ﬁt:string", "fit:string"),
    ],
)
def test_names_that_are_equal_for_python(inputs: str, outputs: str) -> None:
    (problem,) = check({"inputs": inputs, "outputs": outputs})
    assert "may occur twice" in problem.rule


def test_names_of_a_manifest_that_are_equal_for_python() -> None:
    names = [{"name": name, "type": "any"} for name in ("K", KELVIN)]
    told = manifest_problems({"inputDefinitions": names})
    (clash,) = [one for one in told if "occurs 2 times" in one]
    assert clash.startswith("inputDefinitions, outputDefinitions: the name ")


@pytest.mark.parametrize(
    "value",
    [
        [], {}, (), "", None, 1.5, True, "it's", [1, "a", None], {"a": [1, {"b": 2}]}, (1, [2]),
        "x" * 118, ["x" * 114],
    ],
)  # fmt: skip
def test_a_short_value_is_shown_as_repr_has_it(value: Any) -> None:
    text = repr(value).replace("(1, [2])", "(1, [2])")
    assert shown(value) == text


def test_only_the_start_of_a_long_value_is_shown() -> None:
    class Unshown:
        def __repr__(self) -> str:
            raise AssertionError("what is behind the start is not asked for")

    many = [["x" * 50] * 3, Unshown()]
    assert shown(many) == repr(many[0]).join(["[", ""])[:120] + "..."
    assert shown({"key": many}) == ("{'key': [" + repr(many[0]))[:120] + "..."
    assert shown("x" * 500) == "'" + "x" * 119 + "... (500 characters)"
    assert shown(nested(1000)) == "[" * 120 + "..."
    assert shown([[]] * 10**6).endswith("...")
