"""The same work in every language: give a text back, after computing for a while if asked to."""

import time
from typing import Any


def execute_plugin(inputs: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """Give `text` back; keep a CPU busy for `seconds` before."""
    until = time.monotonic() + inputs["seconds"]
    while time.monotonic() < until:
        pass
    return {"success": True, "outputs": {"result": inputs["text"]}}
