"""Input values to try a plugin with, from its manifest alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stage7_plugin.errors import UserError
from stage7_plugin.spec.constraints import BOUNDS, FORMATS, faults
from stage7_plugin.spec.value_types import TYPES, VALUE_TYPES

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


_KNOWN = {"example", "examples", "defaultValue", "default", "enum"}


class InputsUnusable(UserError, ValueError):
    """A file holds no inputs to execute with; the text says why."""


def sample_value(definition: Mapping[str, Any]) -> Any:
    """Return an input's first example, else its default, else a value that it allows.

    Args:
        definition: As in manifest.json. A text input with a telling name gets a matching text.
    """
    given = [definition["example"]] if "example" in definition else []
    given += definition.get("examples", [])[:1]
    given += [definition[key] for key in ("defaultValue", "default") if key in definition]
    given += definition.get("enum", [])[:1]
    if given:
        return given[0]
    kind = definition.get("type")
    if kind == "string":
        return _text(definition)
    if kind == "number":
        return _number(definition)
    if kind == "array":
        return _list(definition)
    return VALUE_TYPES[kind if kind in TYPES else "any"].sample


def _text(definition: Mapping[str, Any]) -> str:
    known = FORMATS.get(definition.get("format", ""))
    if known is not None:
        return known.sample
    words = reversed(str(definition.get("name", "")).lower().split("_"))
    text = next((_BY_WORD[word] for word in words if word in _BY_WORD), "example")
    if faults(text, dict(definition)):
        least, most = (definition.get(key) for key in BOUNDS["string"])
        longest = 7 if most is None else min(most, 7)
        text = (text * (1 + (least or 0) // len(text)))[: max(least or 0, longest)]
    return text


def _number(definition: Mapping[str, Any]) -> Any:
    least, most = (definition.get(key) for key in BOUNDS["number"])
    if least is not None and least > 1:
        return least
    return most if most is not None and most < 1 else 1


def _list(definition: Mapping[str, Any]) -> list[Any]:
    least, most = (definition.get(key) for key in BOUNDS["array"])
    items = definition.get("items", {"type": "string"})
    if items["type"] in ("string", "any") and not items.keys() - {"type"}:
        found = list(VALUE_TYPES["array"].sample)
    else:
        found = [sample_value(items)]
    found += [sample_value(items)] * ((least or 0) - len(found))
    return found[: len(found) if most is None else most]


def sample_inputs(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return a raw value for each declared input.

    An optional input of which nothing is known but its type is left out.
    """
    return {
        definition["name"]: sample_value(definition)
        for definition in manifest.get("inputDefinitions", [])
        if definition.get("required", False) or _KNOWN & definition.keys()
    }


def inputs_from_file(path: Path) -> dict[str, Any]:
    """Read the inputs of a request file: `{"inputs": {...}}`, or the inputs alone.

    Raises:
        InputsUnusable: The file cannot be read, or holds something else.
    """
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise InputsUnusable(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise InputsUnusable(f"{path} is not JSON: {error}") from error
    inputs = document.get("inputs", document) if isinstance(document, dict) else None
    if not isinstance(inputs, dict):
        raise InputsUnusable(f'{path} must be like {{"inputs": {{"text": "hello"}}}}')
    return inputs


def example_inputs(project: Path, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Read the inputs of `examples/request.json`; without that file, make them up.

    Raises:
        InputsUnusable: The file is there and holds no inputs.
    """
    request = project / "examples" / "request.json"
    return inputs_from_file(request) if request.is_file() else sample_inputs(manifest)
