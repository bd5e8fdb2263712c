"""Which inputs the rules send, in which form, and what they make of the outputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from stage7_plugin.contract.context import Context
from stage7_plugin.contract.model import Status
from tests.contract.fakes import (
    GOOD,
    Respond,
    inputs_of,
    judge,
    listening,
    manifest,
    refusal,
    reply,
    success,
)

PASSED, FAILED, WARNED, SKIPPED = Status.PASSED, Status.FAILED, Status.WARNED, Status.SKIPPED
TEXT = {"name": "text", "type": "string", "required": True, "example": "hello"}
UNIT = {"name": "amount", "type": "object", "example": {"amount": 2}}
FAILS = {"failing": {"text": "fail"}}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("execute.raw-inputs", {"text": "hello", "number": 5}),
        ("execute.optional-inputs", {"text": "hello"}),
        ("execute.aliases", {"message": "hello", "number": 5}),
        ("errors.missing-input", {"number": 5}),
        ("errors.mistyped-input", {"text": "hello", "number": "not a number"}),
        (
            "execute.envelope",
            {"text": {"value": "hello", "args": {}}, "number": {"value": 5, "args": {}}},
        ),
        (
            "execute.legacy-envelope",
            {
                name: {"inputName": name, "value": value, "valueType": kind, "args": {}}
                for name, value, kind in (("text", "hello", "string"), ("number", 5, "number"))
            },
        ),
    ],
)
def test_what_is_sent(rule: str, expected: dict[str, Any]) -> None:
    respond, given = listening(lambda inputs: success())
    plugin = inputs_of(
        {**TEXT, "aliases": ["message", "words"]},
        {"name": "number", "type": "number", "example": 5},
    )
    judge(rule, respond, plugin=plugin)
    assert given[0] == expected


def test_the_first_required_input_is_left_out_whatever_its_name() -> None:
    respond, given = listening(lambda inputs: refusal(error="no 'middle'"))
    others = [{"name": name, "type": "string", "example": name} for name in ("a", "z")]
    middle = {"name": "middle", "type": "string", "required": True, "example": "m"}
    plugin = inputs_of(others[0], middle, others[1])
    assert judge("errors.missing-input", respond, plugin=plugin).status is PASSED
    assert given == [{"a": "a", "z": "z"}]


def test_a_type_that_can_be_wrong_is_looked_for_from_the_end() -> None:
    respond, given = listening(lambda inputs: refusal())
    kinds = ("object", "string", "any")
    plugin = inputs_of(*[{"name": kind, "type": kind, "example": kind} for kind in kinds])
    judge("errors.mistyped-input", respond, plugin=plugin)
    assert given == [{"object": "object", "string": {"not": "text"}, "any": "any"}]


@pytest.mark.parametrize("names", [("text", "number"), ("number", "text")])
@pytest.mark.parametrize("named", ["both", "first", "second"])
def test_both_problems_are_sent_at_once(names: tuple[str, str], named: str) -> None:
    first, second = names
    told = {"both": f"'{first}' and '{second}' are wrong", "first": first, "second": second}
    respond, given = listening(lambda inputs: refusal(error=told[named]))
    plugin = inputs_of({**TEXT, "name": first}, {"name": second, "type": "number", "example": 5})
    result = judge("errors.all-problems", respond, plugin=plugin)
    assert result.status is (PASSED if named == "both" else WARNED)
    assert given == [{second: "not a number"}]


@pytest.mark.parametrize(
    ("takes", "status"),
    [({"amount", "value"}, PASSED), ({"amount"}, FAILED), ({"value"}, SKIPPED), (set(), SKIPPED)],
)
def test_an_object_that_has_a_value(takes: set[str], status: Status) -> None:
    respond, given = listening(
        lambda inputs: success() if takes & set(inputs["amount"]) else refusal()
    )
    arrays = {"name": "a", "type": "array", "example": [1]}
    plugin = inputs_of(TEXT, arrays, UNIT, {**UNIT, "name": "b"})
    result = judge("execute.object-with-value", respond, plugin=plugin)
    assert result.status is status
    sent = [inputs["amount"] for inputs in given]
    expected = [{"amount": 1, "unit": "m"}, {"value": 1, "unit": "m"}]
    assert sent == (expected if status is not SKIPPED else expected[:1])
    assert all(inputs["text"] == "hello" for inputs in given)


@pytest.mark.parametrize("kind", ["array", "string", "number", "any", "boolean"])
def test_no_other_type_is_an_object(kind: str) -> None:
    plugin = inputs_of(TEXT, {"name": "x", "type": kind, "example": "x"})
    assert judge("execute.object-with-value", GOOD, plugin=plugin).status is SKIPPED


def test_what_the_host_adds_is_sent_too() -> None:
    respond, given = listening(lambda inputs: success())
    assert judge("execute.undeclared-inputs", respond).status is PASSED
    assert given[0]["text"] == "hello"
    assert given[0]["__auth_token"].startswith("canary-")


@pytest.mark.parametrize(
    ("kind", "value", "fits"),
    [
        ("any", None, True),
        ("any", [1], True),
        ("array", [1], True),
        ("array", {}, False),
        ("array", None, False),
        ("boolean", True, True),
        ("boolean", 1, False),
        ("number", True, False),
        ("string", "x", True),
    ],
)
def test_outputs_of_a_type(kind: str, value: Any, fits: bool) -> None:
    plugin = manifest(outputDefinitions=[{"name": "found", "type": kind}])
    respond = listening(lambda inputs: reply(200, {"success": True, "outputs": {"found": value}}))
    result = judge("execute.outputs-declared", respond[0], plugin=plugin)
    assert result.broken is not fits
    assert fits or f"found is not of type {kind}" in result.wanted


def test_outputs_that_need_not_be_there_and_constraints() -> None:
    plugin = manifest(
        outputDefinitions=[
            {"name": "may", "type": "string", "required": False},
            {"name": "few", "type": "number", "maximum": 3},
            {"name": "must", "type": "string"},
        ]
    )

    def told(**outputs: Any) -> str:
        respond, _ = listening(lambda inputs: reply(200, {"success": True, "outputs": outputs}))
        return judge("execute.outputs-declared", respond, plugin=plugin).wanted

    assert told(few=3, must="x") == ""
    assert "must is missing" in told(few=3)
    assert "few must be at most 3" in told(few=4, must="x")
    assert "more is not declared" in told(few=3, must="x", more=1)


def outputs_by(text: Callable[[str, int], Any]) -> tuple[Respond, list[dict[str, Any]]]:
    """A plugin whose result is made of its text and the number of the execution."""
    count = iter(range(1000))
    return listening(lambda inputs: success(result=text(inputs["text"], next(count))))


def test_executions_that_get_the_values_of_others() -> None:
    """Alone it gives what it is given; from the ninth execution on what it was given first."""
    rule, returned = "execute.no-crosstalk", {"execute.raw-inputs": {"result": "hello"}}
    respond, given = outputs_by(lambda text, count: text if count < 8 else "hello 0")
    result = judge(rule, respond, returned=returned)
    assert (result.status, result.wanted) == (FAILED, "the outputs that each gives on its own")
    assert result.got.count(" gave ") == 2, "two examples are enough"
    assert sorted(inputs["text"] for inputs in given[:8]) == [f"hello {n}" for n in range(8)]
    respond, given = outputs_by(lambda text, count: text)
    assert judge(rule, respond, returned=returned).status is PASSED
    assert len(given) == 8 + 3 * 8


@pytest.mark.parametrize(
    ("text", "returned"),
    [
        (lambda text, count: text, None),
        (lambda text, count: "always", {"result": "always"}),
        (lambda text, count: text if text != "hello 3" else "hello 2", {"result": "hello"}),
    ],
)
def test_outputs_that_say_nothing_of_crosstalk(text: Any, returned: Any) -> None:
    respond, given = outputs_by(text)
    result = judge("execute.no-crosstalk", respond, returned={"execute.raw-inputs": returned})
    assert (result.status, len(given)) == (SKIPPED, 8)


def test_refusals_are_no_crosstalk() -> None:
    count = iter(range(1000))
    respond, _ = listening(
        lambda inputs: success(result=inputs["text"]) if next(count) < 8 else refusal(429)
    )
    returned = {"execute.raw-inputs": {"result": "hello"}}
    assert judge("execute.no-crosstalk", respond, returned=returned).status is PASSED


def test_only_a_text_that_is_sent_can_be_varied() -> None:
    number = {"name": "a", "type": "number", "example": 1}
    plugin = inputs_of(number, {"name": "b", "type": "string", "example": 5}, TEXT)
    respond, given = outputs_by(lambda text, count: text)
    returned = {"execute.raw-inputs": {"result": "hello"}}
    result = judge("execute.no-crosstalk", respond, plugin=plugin, returned=returned)
    assert result.status is PASSED
    assert {(inputs["a"], inputs["b"]) for inputs in given} == {(1, 5)}


@pytest.mark.parametrize("second", ["hello", "another"])
def test_outputs_are_compared_where_they_are_always_the_same(
    monkeypatch: pytest.MonkeyPatch, second: str
) -> None:
    kept: list[Any] = []
    monkeypatch.setattr(Context, "keep", lambda self, rule_id, returned: kept.append(returned))
    respond, _ = outputs_by(lambda text, count: ["hello", second][count])
    judge("execute.raw-inputs", respond)
    assert kept == [{"result": "hello", "echoed": {}} if second == "hello" else None]


def test_the_second_execution_has_to_succeed_too() -> None:
    count = iter(range(10))
    respond, _ = listening(lambda inputs: success() if next(count) == 0 else refusal(500))
    assert judge("execute.raw-inputs", respond).wanted == "2xx, as the first time"
