"""Input values to try a plugin with, from its manifest alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_BY_TYPE: Mapping[str, Any] = {
    "string": "example text",
    "number": 1,
    "boolean": True,
    "array": ["example"],
    "object": {"example": "text"},
    "any": "example text",
}


def sample_inputs(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """One raw value for each declared input: its `example`, else its default, else by its type.

    An optional input of which nothing is known but its type is left out.
    """
    values: dict[str, Any] = {}
    for definition in manifest.get("inputDefinitions", []):
        name = definition["name"]
        if "example" in definition:
            values[name] = definition["example"]
        elif "defaultValue" in definition or "default" in definition:
            values[name] = definition.get("defaultValue", definition.get("default"))
        elif definition.get("required", False):
            values[name] = _BY_TYPE.get(definition.get("type", "any"), "example text")
    return values


def inputs_from_file(path: Path) -> dict[str, Any]:
    """The inputs in a request file: `{"inputs": {...}}`, or the inputs alone. Raises ValueError."""
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ValueError(f"{path} is not JSON: {error}") from error
    inputs = document.get("inputs", document) if isinstance(document, dict) else None
    if not isinstance(inputs, dict):
        raise ValueError(f'{path} must be like {{"inputs": {{"text": "hello"}}}}')
    return inputs


def example_inputs(project: Path, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs of `examples/request.json`; without that file, made from the manifest."""
    request = project / "examples" / "request.json"
    return inputs_from_file(request) if request.is_file() else sample_inputs(manifest)
