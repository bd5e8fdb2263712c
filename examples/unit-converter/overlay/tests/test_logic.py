"""What Unit Converter converts."""

from typing import Any

import pytest

from plugin_logic import execute_plugin


def run(value: float, source: str, target: str, **more: Any) -> dict[str, Any]:
    inputs = {"value": value, "from_unit": source, "to_unit": target, **more}
    return execute_plugin(inputs, {})


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        (1, "mi", "km", 1.609344),
        (12, "in", "ft", 1),
        (1, "kg", "g", 1000),
        (16, "oz", "lb", 1),
        (0, "C", "F", 32),
        (-40, "F", "C", -40),
        (0, "K", "C", -273.15),
        (5, "m", "m", 5),
    ],
)
def test_conversions(value: float, source: str, target: str, expected: float) -> None:
    outputs = {"result": expected, "unit": target}
    assert run(value, source, target) == {"success": True, "outputs": outputs}


def test_precision_rounds_the_result() -> None:
    assert run(26.2, "mi", "km", precision=1)["outputs"]["result"] == 42.2
    assert run(26.2, "mi", "km", precision=0)["outputs"]["result"] == 42


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((1, "parsec", "km"), "'parsec' is no unit"),
        ((1, "kg", "km"), "no conversion between them"),
        ((-1, "K", "C"), "below absolute zero"),
    ],
)
def test_what_cannot_be_converted_is_told(arguments: tuple[float, str, str], words: str) -> None:
    result = run(*arguments)
    assert result["success"] is False
    assert words in result["error"]


@pytest.mark.parametrize("precision", [-1, 1.5, 16])
def test_a_wrong_precision_is_refused(precision: float) -> None:
    result = run(1, "mi", "km", precision=precision)
    assert result["success"] is False
    assert str(precision) in result["error"]
