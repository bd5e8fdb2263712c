"""What Bootstrap Interval estimates."""

from typing import Any

import pytest
from plugin_call import run

VALUES = [float(value) for value in range(1, 102)]


def test_the_example(example: dict[str, Any]) -> None:
    outputs = run(example)["outputs"]
    assert outputs["estimate"] == pytest.approx(11.15)
    assert outputs["lower"] <= outputs["estimate"] <= outputs["upper"]
    assert outputs["drawn"] == 2000


def test_a_mean_lies_where_the_central_limit_theorem_says() -> None:
    outputs = run({"values": VALUES, "statistic": "mean", "draws": 4000})["outputs"]
    error = 29.155 / 101**0.5  # standard deviation over the root of their number
    assert outputs["estimate"] == 51
    assert outputs["lower"] == pytest.approx(51 - 1.96 * error, abs=0.6)
    assert outputs["upper"] == pytest.approx(51 + 1.96 * error, abs=0.6)


def test_a_seed_gives_the_same_interval_each_time() -> None:
    first, again, other = (run({"values": VALUES, "seed": seed}) for seed in (1, 1, 2))
    assert first == again
    assert first != other


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({"values": [1]}, "at least two numbers"),
        ({"values": [1, "two"]}, "at least two numbers"),
        ({"values": [1, True]}, "at least two numbers"),
        ({"values": VALUES, "statistic": "mode"}, "mean or median, but is 'mode'"),
        ({"values": VALUES, "confidence": 1}, "between 0 and 1"),
        ({"values": VALUES, "draws": 10}, "from 100 to 19801 for 101 values, but is 10"),
        ({"values": VALUES, "draws": 20000}, "from 100 to 19801"),
    ],
)
def test_what_cannot_be_estimated_is_told(inputs: dict[str, Any], words: str) -> None:
    answer = run(inputs)
    assert answer["success"] is False
    assert words in answer["error"]
