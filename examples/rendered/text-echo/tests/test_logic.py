"""The plugin's own code. This file is yours: add what your plugin must do."""

import asyncio
import inspect
from typing import Any

from plugin_logic import execute_plugin


def run(inputs: dict[str, Any]) -> dict[str, Any]:
    """Call execute_plugin as the server does."""
    context = {"trace_id": "test", "args": {}, "host_inputs": {}}
    result: Any = execute_plugin(inputs, context)
    if inspect.isawaitable(result):

        async def wait() -> Any:
            return await result

        result = asyncio.run(wait())
    assert isinstance(result, dict)
    return result


def test_the_example_gives_every_declared_output(
    manifest: dict[str, Any], request_body: dict[str, Any]
) -> None:
    result = run(request_body["inputs"])
    assert result["success"] is True
    assert set(result["outputs"]) == {output["name"] for output in manifest["outputDefinitions"]}
