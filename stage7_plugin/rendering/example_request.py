"""A request that shows a plugin's inputs with values that could be real."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stage7_plugin.spec.parameters import Parameter, parse_parameters

_BY_TYPE: dict[str, Any] = {
    "string": "example",
    "number": 1,
    "boolean": True,
    "array": ["first", "second"],
    "object": {"key": "value"},
    "any": "example",
}

# Words in the name of a text input, and a value that says more than "example".
_BY_WORD = {
    "url": "https://example.com/",
    "email": "ada@example.com",
    "text": "The quick brown fox jumps over the lazy dog.",
    "date": "2026-01-31",
    "path": "folder/file.txt",
    "language": "en",
    "name": "Ada Lovelace",
}


def example_value(parameter: Parameter) -> Any:
    """A value of the parameter's type: its example, its default, or one that fits its name."""
    if parameter.example is not None:
        return parameter.example
    if parameter.default is not None:
        return parameter.default
    if parameter.type == "string":
        for word in reversed(parameter.name.lower().split("_")):
            if word in _BY_WORD:
                return _BY_WORD[word]
    return _BY_TYPE[parameter.type]


def example_request(answers: Mapping[str, str]) -> dict[str, Any]:
    """The body of an execution as the host sends it, with every declared input."""
    inputs, _ = parse_parameters("inputs", answers["inputs"])
    return {
        "inputs": {parameter.name: example_value(parameter) for parameter in inputs},
        "context": {
            "trace_id": "example-1",
            "plugin_id": answers["plugin_slug"],
        },
    }
