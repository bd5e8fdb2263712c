"""The logic of the plugin that is attacked: an answer of the size that the request names."""

from typing import Any


def execute_plugin(inputs: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """Return as many characters as the undeclared input `size` says."""
    size = context["host_inputs"].get("size", 0)
    return {"success": True, "outputs": {"result": "x" * int(size)}}
