"""What Unit Converter answers: the cases of cases.json, which are the same in every language."""

import json
from pathlib import Path
from typing import Any

import pytest
from plugin_call import run

CASES = json.loads((Path(__file__).parent / "cases.json").read_text("utf-8"))["cases"]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_case(case: dict[str, Any]) -> None:
    answer = run(case["inputs"])
    assert answer.get("outputs") == case.get("outputs"), answer
    assert answer.get("error") == case.get("error")


def test_the_example(example: dict[str, Any]) -> None:
    answer = run(example)
    assert answer["success"], answer["error"]
