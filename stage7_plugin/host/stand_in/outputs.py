"""What the CapabilitiesManager makes of a plugin's outputs."""

from __future__ import annotations

from typing import Any

FINISHED = "Container execution completed successfully"
"""The output of an execution that answered 2xx without outputs."""


def handed_on(document: Any) -> list[dict[str, Any]]:
    """Return the outputs as the host hands them on to the next step.

    Args:
        document: The plugin's answer, decoded.
    """
    outputs = document.get("outputs") if isinstance(document, dict) else None
    return [
        {
            "success": True,
            "name": name,
            "resultType": result_type(value),
            "result": value,
            "resultDescription": f"Container plugin output: {name}",
            "mimeType": "application/json",
        }
        for name, value in (outputs.items() if isinstance(outputs, dict) else ())
    ] or [
        {
            "success": True,
            "name": "result",
            "resultType": "string",
            "result": FINISHED,
            "resultDescription": "Container plugin execution result",
        }
    ]


def result_type(value: Any) -> str:
    """Return the type that the host infers from a value."""
    if isinstance(value, bool):
        return "boolean"
    kinds = {str: "string", int: "number", float: "number", list: "array", dict: "object"}
    return kinds.get(type(value), "any")
