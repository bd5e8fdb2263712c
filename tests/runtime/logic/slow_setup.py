"""Needs a while before it is ready, or never is."""

import os
import time
from typing import Any


def setup() -> None:
    time.sleep(float(os.environ["SETUP_SECONDS"]))
    if "SETUP_FAILS" in os.environ:
        raise ConnectionError(f"no database; token {os.environ['DATABASE_TOKEN']}")


def execute_plugin(inputs: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    return {"success": True, "outputs": {"result": "ready"}}
