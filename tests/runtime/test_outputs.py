"""What leaves: in the manifest's order, and what JSON cannot carry is told with its remedy."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.servers import Start

THREE = {
    "outputDefinitions": [
        {"name": "first", "type": "any", "required": False},
        {"name": "second", "type": "string", "required": False},
        {"name": "third", "type": "number", "required": False},
    ]
}


def test_outputs_come_in_the_order_of_the_manifest_without_optional_nulls(running: Start) -> None:
    raw = {"success": True, "outputs": {"third": 3, "second": None, "first": 1}}
    status, answer = running(manifest=THREE).execute({"do": "return raw", "value": raw})
    assert status == 200
    assert list(answer["outputs"].items()) == [("first", 1), ("third", 3)]


def test_an_integer_that_the_host_would_round_is_sent_as_text_where_that_is_declared(
    running: Start,
) -> None:
    plugin = running(manifest=THREE)
    raw = {"success": True, "outputs": {"second": -(2**53) - 1}}
    status, answer = plugin.execute({"do": "return raw", "value": raw})
    assert (status, answer["outputs"]) == (200, {"second": "-9007199254740993"})
    raw = {"success": True, "outputs": {"second": 2**53}}
    assert plugin.execute({"do": "return raw", "value": raw})[0] == 500


@pytest.mark.parametrize(
    ("value", "warned"),
    [
        (2**53, False),
        (-(2**53), False),
        (2**53 + 1, True),
        ({"rows": [{"id": -(2**53) - 1}]}, True),
        ([[2**60]], True),
        ("9007199254740993", False),
        (1e300, False),
    ],
)
def test_an_integer_that_the_host_rounds_is_named_in_a_warning(
    running: Start, value: Any, warned: bool
) -> None:
    plugin = running()
    status, answer = plugin.execute({"do": "return value", "value": value})
    assert (status, answer["outputs"]) == (200, {"result": value})
    warnings = [line for line in plugin.lines if "above 2**53" in line["message"]]
    assert [("Output 'result' holds" in line["message"]) for line in warnings] == [True] * warned


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("2**1024", "an integer of 309 digits, which no double can hold; write str(value)"),
        ("[-(2**1024)]", "an integer of 309 digits"),
        ("10**5000", "result is an integer of too many digits; write hex(value)"),
        ("{1: 'a', '1': 'b'}", "has the keys 1 and '1' in one object, which are both \"1\""),
        ("[{'x': {None: 1, 'null': 2}}]", "has the keys None and 'null' in one object"),
        ("{True: 1, 'true': 2}", "has the keys True and 'true'"),
        ("{(1, 2): 3}", "has a key of type array; write str(key)"),
        ("float('nan')", "result is nan, which JSON does not have; write None"),
        ("[{'a': float('-inf')}]", "result[0]['a'] is -inf, which JSON does not have"),
        ("decimal.Decimal('1.5')", "result is decimal.Decimal; write float(value), or str(value)"),
        ("fractions.Fraction(1, 2)", "write float(value)"),
        ("[datetime.datetime(2026, 1, 31)]", "result[0] is datetime.datetime; write value.iso"),
        ("datetime.date(2026, 1, 31)", "write value.isoformat()"),
        ("datetime.timedelta(1)", "write value.total_seconds()"),
        ("pathlib.Path('x')", "write str(value)"),
        ("b'x'", "result is bytes; write value.decode() for text, or base64.b64encode(value)"),
        ("bytearray(b'x')", "base64"),
        ("memoryview(b'x')", "base64"),
        ("Point(1)", "write dataclasses.asdict(value)"),
        ("Colour.RED", "write value.value"),
        ("Model()", 'write value.model_dump(mode="json")'),
        ("uuid.UUID(int=1)", "write str(value)"),
        ("{1, 2}", "result is set; write sorted(value)"),
        ("(n for n in 'ab')", "result is generator; write list(value)"),
        ("{}.keys()", "write sorted(value)"),
        ("1j", "write [value.real, value.imag]"),
        ("ValueError('x')", "result is ValueError; write str(value)"),
        ("numpy_scalar(7)", "result is numpy.int64; write int(value)"),
        ("[numpy_scalar(True)]", "result[0] is numpy.int64; write bool(value)"),
        ("numpy_scalar(1.5)", "write float(value)"),
        ("numpy_scalar([1, 2])", "write value.tolist()"),
        ("'\\ud800'", "has half of a surrogate pair"),
        ("loop()", "result[0][0] contains itself"),
        ("deep(100000)", "is nested too deeply"),
    ],
)
def test_what_json_cannot_carry_is_reported_with_what_to_write(
    running: Start, expression: str, told: str
) -> None:
    plugin = running("unusual_outputs.py")
    status, answer = plugin.execute({"do": expression})
    assert status == 500
    (error,) = answer["errors"]
    assert error.startswith("Output 'result'")
    assert told in error
    assert json.dumps(told)[1:-1] in plugin.log
    assert plugin.execute({"do": "1"})[0] == 200


def test_a_declared_type_is_reported_with_what_to_write(running: Start) -> None:
    plugin = running("unusual_outputs.py")
    status, answer = plugin.execute({"do": "count", "value": "numpy_scalar(7)"})
    assert status == 500
    assert answer["errors"] == [
        "Output 'count' must be of type number, but is numpy.int64; write int(value)."
    ]


def test_success_of_numpy_is_reported_with_what_to_write(running: Start) -> None:
    status, answer = running("unusual_outputs.py").execute({"do": "success"})
    assert status == 500
    assert "'success' is numpy.int64; write bool(value)." in answer["error"]
