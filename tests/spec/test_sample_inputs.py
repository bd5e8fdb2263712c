"""Values to try a plugin with: its example, else its default, else one of its type."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from stage7_plugin.spec.plugin_spec import PluginSpec
from stage7_plugin.spec.sample_inputs import sample_inputs, sample_value
from stage7_plugin.spec.value_types import TYPES, has_type
from tests.support import hostile
from tests.support.template import ANSWERS


@pytest.mark.parametrize(
    ("definition", "value"),
    [
        ({"name": "a", "type": "number", "default": 3, "example": 4}, 4),
        ({"name": "a", "type": "number", "default": 3}, 3),
        ({"name": "a", "type": "boolean", "default": False}, False),
        ({"name": "page_url", "type": "string"}, "https://example.com/"),
        ({"name": "text_language", "type": "string"}, "en"),
        ({"name": "anything", "type": "string"}, "example"),
        ({"name": "url", "type": "number"}, 1),
        ({"name": "url", "type": "of another host"}, "example"),
    ],
)
def test_values(definition: dict[str, Any], value: object) -> None:
    assert sample_value(definition) == value


@pytest.mark.parametrize("kind", TYPES)
def test_value_has_the_type(kind: str) -> None:
    assert has_type(sample_value({"name": "text", "type": kind}), kind)


@settings(max_examples=30)
@given(hostile.answers())
def test_request_and_samples_have_the_same_values(answers: dict[str, str]) -> None:
    plugin = PluginSpec.from_answers(answers)
    request = plugin.example_request["inputs"]
    assert list(request) == [p.name for p in plugin.inputs]
    assert all(has_type(request[p.name], p.type) for p in plugin.inputs)
    samples = sample_inputs({"inputDefinitions": plugin.input_definitions})
    assert samples.items() <= request.items()


def test_context() -> None:
    assert PluginSpec.from_answers(ANSWERS).example_request["context"] == {
        "trace_id": "example-1",
        "plugin_id": "text-echo",
    }
