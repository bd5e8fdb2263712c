"""A request that the author of a plugin made by hand wrote down."""

from __future__ import annotations

import json
import re
from typing import Any

from stage7_plugin.spec import strict_json
from stage7_plugin.spec.parameter_rules import definition_problems
from stage7_plugin.spec.value_types import has_type
from stage7_plugin.wrap.old_manifest import ManifestReader
from stage7_plugin.wrap.old_plugin import OldPlugin


def take_example(old: OldPlugin, manifest: ManifestReader) -> None:
    """Take the values of an example request into the definitions, where they have none."""
    inputs = manifest.definitions.inputs
    renamed = {old: new for new, old in manifest.definitions.input_names.items()}
    for path, line, request in _requests(old):
        given = request["inputs"]
        values = {renamed.get(name, name): _plain(value) for name, value in given.items()}
        used = []
        for one in inputs:
            name = one["name"]
            if {"example", "examples"} & one.keys() or name not in values:
                continue
            candidate = {**one, "example": values[name]}
            if has_type(values[name], one["type"]) and not definition_problems(
                "inputs", candidate, ""
            ):
                one["example"] = values[name]
                used.append(name)
        if used:
            old.tell(path, line, f"the example of {', '.join(used)}: to manifest.json and "
                                   "examples/request.json", "taken")  # fmt: skip
    manifest.answers["inputs"] = json.dumps(inputs, ensure_ascii=False)


def _requests(old: OldPlugin) -> list[tuple[str, int, dict[str, Any]]]:
    """Find requests that the author wrote down: in a file, or in README.md."""
    found = []
    for name in ("examples/request.json", "example.json", "request.json", "README.md"):
        path = old.folder / name
        if not path.is_file():
            continue
        text = old.bytes(name).decode("utf-8-sig", "replace")
        for match in re.finditer(r'\{\s*"inputs"\s*:', text):
            try:
                request, _ = strict_json.decode_at(text, match.start())
            except ValueError:
                continue
            if isinstance(request, dict) and isinstance(request.get("inputs"), dict):
                line = text.count("\n", 0, match.start()) + 1
                found.append((name, line, request))
    return found


def _plain(value: Any) -> Any:
    """Take a value out of the documented envelope."""
    if isinstance(value, dict) and "value" in value and value.keys() <= {"value", "args"}:
        return value["value"]
    return value
