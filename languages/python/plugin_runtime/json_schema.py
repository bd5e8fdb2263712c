"""The JSON Schema (draft 2020-12) of a plugin's inputs and outputs, from its manifest alone.

This file is also in every plugin, for GET /openapi.json: `make schema` copies it.
"""

from __future__ import annotations

from typing import Any

from plugin_runtime.constraints import APPLIES_TO, LONGEST_MATCHED

DRAFT = "https://json-schema.org/draft/2020-12/schema"

_BASE64 = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"


def plugin_schema(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an object with the `inputs` and `outputs` of one execution."""
    return {
        "$schema": DRAFT,
        "title": manifest.get("name", manifest["id"]),
        "description": manifest["description"],
        "type": "object",
        "properties": {"inputs": input_schema(manifest), "outputs": output_schema(manifest)},
    }


def input_schema(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of `inputs` in a request, for plain values.

    The server also takes envelopes, aliases and what can be converted in only one way. An optional
    input may be null, which counts as not given; undeclared inputs are allowed.
    """
    definitions = manifest["inputDefinitions"]
    return {
        "type": "object",
        "properties": {
            definition["name"]: _input(definition, definition.get("required", False))
            for definition in definitions
        },
        "required": _required(definitions),
        "additionalProperties": True,
    }


def output_schema(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of `outputs` in a successful answer."""
    definitions = manifest["outputDefinitions"]
    return {
        "type": "object",
        "properties": {definition["name"]: _value(definition) for definition in definitions},
        "required": _required(definitions),
        "additionalProperties": False,
    }


def _required(definitions: list[dict[str, Any]]) -> list[str]:
    return [definition["name"] for definition in definitions if definition.get("required", False)]


def _input(definition: dict[str, Any], required: bool) -> dict[str, Any]:
    schema = _value(definition)
    if not required and "type" in schema:
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    if definition.get("secret"):
        schema["writeOnly"] = True
        if definition["type"] == "string":
            schema.setdefault("format", "password")
    else:
        schema |= _values(definition)
    if definition.get("aliases"):
        schema["x-aliases"] = definition["aliases"]
    return schema


def _values(definition: dict[str, Any]) -> dict[str, Any]:
    """Return the default and the examples, which a secret does not show."""
    found: dict[str, Any] = {}
    for key in ("defaultValue", "default"):
        if key in definition:
            found["default"] = definition[key]
            break
    if "example" in definition:
        found["examples"] = [definition["example"]]
    elif "examples" in definition:
        found["examples"] = definition["examples"]
    return found


def _value(definition: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of one value, or of the items of a list."""
    schema: dict[str, Any] = {}
    if definition["type"] != "any":
        schema["type"] = definition["type"]
    if definition.get("description"):
        schema["description"] = definition["description"]
    schema |= {key: definition[key] for key in APPLIES_TO if key in definition}
    if "pattern" in schema:  # as the server does
        schema["maxLength"] = min(schema.get("maxLength", LONGEST_MATCHED), LONGEST_MATCHED)
    if schema.get("format") == "base64":
        # Two keywords of JSON Schema, of which the first asserts nothing; the pattern does.
        del schema["format"]
        schema |= {"contentEncoding": "base64", "pattern": _BASE64}
    if "items" in schema:
        schema["items"] = _value(schema["items"])
    return schema
