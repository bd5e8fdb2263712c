"""The same for `async def`."""

import asyncio
import logging
import sys
from typing import Any

ready: list[asyncio.AbstractEventLoop] = []


async def setup() -> None:
    ready.append(asyncio.get_running_loop())


async def execute_plugin(inputs: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    match inputs["do"]:
        case "same loop":
            result: Any = ready == [asyncio.get_running_loop()]
        case "sleep":
            try:
                await asyncio.sleep(inputs["seconds"])
            except asyncio.CancelledError:
                logging.getLogger("author").warning("cancelled for real")
                raise
            result = context["trace_id"]
        case "exit":
            sys.exit(3)
        case _:
            raise ValueError("unknown")
    return {"success": True, "outputs": {"result": result}}
