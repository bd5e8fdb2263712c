"""What the CapabilitiesManager does with a step's inputs before the plugin gets them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from stage7_plugin.host.stand_in.errors import INVALID_INPUTS, Failure

_NUMERIC = re.compile(r"-?\d*\.?\d+")
_JSON_TEXT = re.compile(r"\s*[{\[].*[}\]]\s*")


def converted(
    manifest: Mapping[str, Any], given: Mapping[str, Any], strict: bool
) -> dict[str, Any]:
    """Return the values that the plugin gets: renamed, with defaults, undeclared ones included.

    Args:
        manifest: Its `inputDefinitions` are read.
        given: Name -> the host's record, `{"inputName", "value", "valueType", "args"}`.
        strict: Whether empty values of required inputs are let through.

    Raises:
        Failure: An input is missing, empty or of another type, with the host's status and text.
    """
    rest = {name: _by_value_type(record) for name, record in given.items()}
    verb = manifest.get("verb")
    definitions = manifest.get("inputDefinitions") or []
    values: dict[str, Any] = {}
    for definition in definitions:
        name = definition["name"]
        key = name if name in rest else _similar(definition, rest)
        if key is not None:
            values[name] = rest.pop(key)
        elif "defaultValue" in definition:
            values[name] = definition["defaultValue"]
    for definition in definitions:
        name, kind = definition["name"], definition.get("type")
        if name not in values:
            if definition.get("required"):
                there = f" Available fields: {', '.join(values)}." if values else ""
                raise _invalid(
                    manifest,
                    f"Missing required input field: '{name}' (type: {kind}). This field is "
                    f"mandatory for plugin '{verb}'.{there or ' No input fields provided.'}",
                )
            continue
        if definition.get("required") and not strict and _empty(values[name]):
            raise _invalid(
                manifest,
                f"Empty value for required input field: '{name}' (type: {kind}). Plugin '{verb}' "
                "requires a non-empty value for this field.",
            )
        _check_type(manifest, name, kind, values[name])
    return {**values, **{name: value for name, value in rest.items() if name not in values}}


def _by_value_type(record: Any) -> Any:
    """The value of a record, made to fit the type that the record itself names."""
    if not isinstance(record, dict):
        return None  # JavaScript reads `.value` of anything else as undefined
    value, kind = record.get("value"), record.get("valueType")
    if kind == "string":
        return (value if isinstance(value, str) else _text(value)).replace("\0", "")
    if not isinstance(value, str):
        return value
    if kind == "number" and _NUMERIC.fullmatch(value):
        return float(value) if "." in value else int(value)
    if kind == "boolean":
        return value.lower() == "true"
    if kind in ("object", "array"):
        return _from_json_text(value, kind)
    return value


def _from_json_text(value: str, kind: str) -> Any:
    document: Any = None
    if _JSON_TEXT.fullmatch(value):
        try:
            document = json.loads(value)
        except ValueError:
            return [value] if kind == "array" else value
        return document if kind == "object" or isinstance(document, list) else [document]
    if kind == "object":
        return value
    parts = [part.strip() for part in re.split(r"[,;\n]", value)]
    return [part for part in parts if part] if len(parts) > 1 else [value]


def _text(value: Any) -> str:
    return _json(value) if value is not None else "null"


def _similar(definition: Mapping[str, Any], given: Mapping[str, Any]) -> str | None:
    """The given name that the host takes for a declared one: alias, case, plural, underscores."""
    name = definition["name"].lower()
    aliases = {str(alias).lower() for alias in definition.get("aliases") or []}
    for key in given:
        low = key.lower()
        plural = low == name + "s" or (name.endswith("s") and low + "s" == name)
        if low == name or low in aliases or plural:
            return key
        if low.replace("_", "") == name.replace("_", ""):
            return key
    return None


def _empty(value: Any) -> bool:
    return not value or (isinstance(value, str) and not value.strip())


def _check_type(manifest: Mapping[str, Any], name: str, kind: Any, value: Any) -> None:
    if value is None:
        return
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    fits = {"number": number, "boolean": isinstance(value, bool), "array": isinstance(value, list)}
    if not fits.get(kind, True):
        raise _invalid(
            manifest,
            f"Type mismatch for input field '{name}'. Expected: {kind}, "
            f"Received: {_type_of(value)}. Value: {_json(value)}",
        )


def _type_of(value: Any) -> str:
    """What JavaScript calls the type of a JSON value."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "string"
    return "number" if isinstance(value, (int, float)) else "object"


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _invalid(manifest: Mapping[str, Any], message: str) -> Failure:
    keys = {"plugin_id": "id", "version": "version", "verb": "verb"}
    return Failure(
        400, INVALID_INPUTS, message, {name: manifest.get(key) for name, key in keys.items()}
    )
