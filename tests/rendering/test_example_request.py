"""The example request: every input, with a value of its type that could be real."""

from __future__ import annotations

import pytest
from hypothesis import given

from stage7_plugin.rendering.example_request import example_request, example_value
from stage7_plugin.spec.parameter_rules import TYPES, has_type
from stage7_plugin.spec.parameters import Parameter, parse_parameters
from tests.support import hostile
from tests.support.template import ANSWERS


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        (Parameter("a", "number", False, "A", default=3, example=4), 4),
        (Parameter("a", "number", False, "A", default=3), 3),
        (Parameter("a", "boolean", False, "A", default=False), False),
        (Parameter("page_url", "string", True, "A"), "https://example.com/"),
        (Parameter("text_language", "string", True, "A"), "en"),
        (Parameter("anything", "string", True, "A"), "example"),
        (Parameter("url", "number", True, "A"), 1),
    ],
)
def test_values(parameter: Parameter, value: object) -> None:
    assert example_value(parameter) == value


@pytest.mark.parametrize("kind", TYPES)
def test_value_has_the_type(kind: str) -> None:
    assert has_type(example_value(Parameter("text", kind, True, "A")), kind)


@given(hostile.answers())
def test_request_is_one_that_the_host_could_send(answers: dict[str, str]) -> None:
    request = example_request(answers)
    inputs, _ = parse_parameters("inputs", answers["inputs"])
    assert list(request["inputs"]) == [p.name for p in inputs]
    assert all(has_type(request["inputs"][p.name], p.type) for p in inputs)


def test_context() -> None:
    assert example_request(ANSWERS)["context"] == {
        "trace_id": "example-1",
        "plugin_id": "text-echo",
    }
