"""The logic of the plugin that is attacked: an answer, and output, as large as the request says."""

from typing import Any


def execute_plugin(inputs: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """Print `lines` lines of 1,000 characters, return `size` characters; both are undeclared."""
    asked = context["host_inputs"]
    for _ in range(int(asked.get("lines", 0))):
        print("x" * 1000)
    return {"success": True, "outputs": {"result": "x" * int(asked.get("size", 0))}}
