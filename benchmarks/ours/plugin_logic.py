"""The same work in every stack: give a text back, after a while if asked to."""

import time
from typing import Any


def execute_plugin(inputs: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """Give `text` back after `seconds`."""
    if inputs["seconds"]:
        time.sleep(inputs["seconds"])
    return {"success": True, "outputs": {"result": inputs["text"]}}
