"""Your plugin implementation."""

from typing import Any, Dict  # noqa: UP035


def execute_plugin(inputs: Dict[str, Any], context: Dict[str, Any]) -> Dict[str, Any]:  # noqa: UP006
    example_input = inputs.get("example_input", {}).get("value")
    if not example_input:
        return {"success": False, "error": "example_input is required"}
    return {"success": True, "outputs": {"result": f"Processed: {example_input}"}}
