"""Returns which modules the server has imported."""

import sys
from typing import Any


def execute_plugin(inputs: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    return {"success": True, "outputs": {"result": sorted(sys.modules)}}
