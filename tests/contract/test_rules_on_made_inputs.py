"""What the rules on inputs made from the manifest make of each status and answer."""

from __future__ import annotations

from typing import Any

import pytest

from stage7_plugin.contract.context import Generation
from stage7_plugin.contract.model import Status
from tests.contract.fakes import (
    GOOD,
    Facts,
    Reply,
    Respond,
    inputs_of,
    judge,
    listening,
    refusal,
    reply,
    success,
)

PASSED, FAILED, WARNED, SKIPPED = Status.PASSED, Status.FAILED, Status.WARNED, Status.SKIPPED
FEW, STRICT = Generation(3), Generation(3, strict=True)
TEXT = {"name": "text", "type": "string", "required": True, "example": "hello"}
PLUGIN = inputs_of(TEXT)
BUSY = (408, 413, 429, 503)


def made(rule: str, answer: Reply, generation: Generation = FEW, plugin: Any = PLUGIN) -> Any:
    respond, _ = listening(lambda inputs: answer)
    return judge(f"generated.{rule}", respond, plugin=plugin, generation=generation)


BARE: Reply = (500, {}, b"Internal Server Error")


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (success(), PASSED),
        (refusal(499), PASSED),
        (refusal(500), PASSED),
        (BARE, FAILED),
        ((499, {}, b""), PASSED),
        (reply(500, {"success": False}), FAILED),
        (reply(500, {"success": False, "error": 5}), FAILED),
        (reply(500, {"success": True, "error": "no"}), FAILED),
        (reply(500, ["success", "error"]), FAILED),
    ],
)
def test_what_is_no_answer_to_allowed_inputs(answer: Reply, status: Status) -> None:
    assert made("valid", answer).status is status


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (200, PASSED),
        (399, PASSED),
        (400, WARNED),
        (422, WARNED),
        (499, WARNED),
        (500, PASSED),
        *((busy, PASSED) for busy in BUSY),
    ],
)
def test_allowed_inputs_are_not_refused(code: int, status: Status) -> None:
    assert made("accepted", refusal(code)).status is status


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (success(), ""),
        (success(more=1), "more is not declared"),
        (refusal(500), ""),
        (reply(422, {"success": True, "outputs": {}}), ""),
        (reply(201, {"success": True, "outputs": {}}), "result is missing; echoed is missing"),
    ],
)
def test_the_outputs_of_allowed_inputs(answer: Reply, told: str) -> None:
    result = made("outputs", answer)
    assert (result.broken, told in result.wanted) == (bool(told), True)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (200, FAILED),
        (400, PASSED),
        (401, FAILED),
        (422, PASSED),
        (500, FAILED),
        *((busy, PASSED) for busy in BUSY),
    ],
)
def test_forbidden_inputs_are_refused(code: int, status: Status) -> None:
    result = made("invalid", refusal(code))
    assert result.status is status
    assert status is PASSED or result.wanted == "422, because of input text"


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (refusal(422, "no 'text'"), PASSED),
        (refusal(400, "no 'text'"), PASSED),
        (refusal(422, "no"), FAILED),
        (refusal(400, "no"), FAILED),
        (refusal(500, "no"), PASSED),
        (success(), PASSED),
    ],
)
def test_refusals_name_the_input(answer: Reply, status: Status) -> None:
    result = made("named", answer)
    assert result.status is status
    assert status is PASSED or result.wanted == "an error that names text"


@pytest.mark.parametrize(
    ("answer", "generation", "status", "got"),
    [
        (success(), FEW, PASSED, "string converted"),
        (success(), STRICT, FAILED, ""),
        (refusal(422, "no 'text'"), FEW, PASSED, "string refused"),
        (refusal(400, "no 'text'"), STRICT, PASSED, "string refused"),
        (refusal(422, "no"), FEW, FAILED, ""),
        (refusal(400, "no"), FEW, FAILED, ""),
        (refusal(500, "no such city"), FEW, PASSED, "string converted"),
        (BARE, FEW, FAILED, ""),
        *((refusal(busy), STRICT, PASSED, "") for busy in BUSY),
    ],
)
def test_convertible_inputs_are_converted_or_refused(
    answer: Reply, generation: Generation, status: Status, got: str
) -> None:
    result = made("convertible", answer, generation)
    assert (result.status, result.got if status is PASSED else "") == (status, got)


@pytest.mark.parametrize("takes_numbers", [True, False])
@pytest.mark.parametrize("least", [1, 2])
def test_items_may_be_converted_or_refused(takes_numbers: bool, least: int) -> None:
    """And what is converted must still keep to the constraints."""
    kinds = (str, int, float) if takes_numbers else (str,)

    def by_items(inputs: dict[str, Any]) -> Reply:
        tags = inputs.get("tags")
        right = isinstance(tags, list) and all(
            isinstance(tag, kinds) and len(str(tag)) >= least for tag in tags
        )
        return success() if right else refusal(error="'tags' are wrong")

    items = {"type": "string", "minLength": least}
    tags = {"name": "tags", "type": "array", "items": items, "required": True, "example": ["aa"]}
    respond, given = listening(by_items)
    plugin = inputs_of(tags)
    result = judge("generated.invalid", respond, plugin=plugin, generation=Generation(60))
    assert result.status is PASSED, result.sent
    assert {"tags": ["aa", None]} in given
    assert ({"tags": ["aa", 1]} in given) is (least == 2)  # "1" is too short


def test_where_no_other_type_fits_nothing_is_converted() -> None:
    day = {"name": "day", "type": "string", "format": "date", "required": True}
    result = made("convertible", refusal(error="no 'day'"), plugin=inputs_of(day))
    assert result.status is SKIPPED
    assert result.reason == "no such inputs can be made from the manifest"
    both = inputs_of(day, TEXT)
    assert made("convertible", refusal(error="no 'text'"), plugin=both).status is PASSED


def test_what_became_of_each_type_is_reported() -> None:
    def by_type(inputs: dict[str, Any]) -> Reply:
        return success() if isinstance(inputs["text"], str) else refusal(error="no 'text'")

    number = {"name": "number", "type": "number", "required": True, "example": 1}
    respond, _ = listening(by_type)
    plugin = inputs_of(TEXT, number)
    result = judge("generated.convertible", respond, plugin=plugin, generation=Generation(30))
    assert result.got == "number converted, string refused"


@pytest.mark.parametrize("rule", ["invalid", "named", "convertible"])
def test_where_everything_is_allowed_nothing_can_be_forbidden(rule: str) -> None:
    anything = {"name": "x", "type": "any", "example": 1}
    result = made(rule, refusal(), plugin=inputs_of(anything, {**anything, "name": "y"}))
    assert (result.status, result.reason) == (SKIPPED, "every value of every input is allowed")
    named = refusal(error="'x' and 'text'")
    assert made(rule, named, plugin=inputs_of(anything, TEXT)).status is PASSED


@pytest.mark.parametrize("rule", ["invalid", "named"])
def test_what_must_not_be_left_out_can_be_forbidden(rule: str) -> None:
    plugin = inputs_of({"name": "x", "type": "any", "example": 1, "required": True})
    assert made(rule, refusal(error="no 'x'"), plugin=plugin).status is PASSED


@pytest.mark.parametrize(
    "rule", ["valid", "accepted", "outputs", "invalid", "named", "convertible"]
)
def test_a_plugin_that_dies_is_started_again(rule: str) -> None:
    starts = 0
    facts = Facts()

    def start(options: object) -> bool:
        nonlocal starts
        facts.ended = None
        starts += 1
        return True

    facts.starts_with = start

    def dies(method: str, path: str, body: bytes) -> Reply:
        if path == "/execute":
            facts.ended = "exit code 7"
            raise ConnectionAbortedError
        return GOOD(method, path, body)

    result = judge(f"generated.{rule}", dies, plugin=PLUGIN, facts=facts, generation=FEW)
    assert result.broken
    assert "; the plugin died: exit code 7" in result.got
    # The first two begin with inputs that are small already.
    assert (starts > 1) == (rule not in ("invalid", "named"))


def test_a_plugin_that_only_breaks_a_rule_is_not_started_again() -> None:
    starts: list[object] = []

    def start(options: object) -> bool:
        starts.append(options)
        return True

    respond: Respond
    respond, _ = listening(lambda inputs: BARE)
    result = judge(
        "generated.valid",
        respond,
        plugin=PLUGIN,
        facts=Facts(starts_with=start),
        generation=FEW,
    )
    assert (result.broken, len(starts)) == (True, 1)
    assert "died" not in result.got
