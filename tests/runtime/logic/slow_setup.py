"""Needs a while before it is ready, or never is."""

import os
import time
from pathlib import Path
from typing import Any


def setup() -> None:
    time.sleep(float(os.environ.get("SETUP_SECONDS", "0")))
    while "SETUP_WAITS_FOR" in os.environ and not Path(os.environ["SETUP_WAITS_FOR"]).exists():
        time.sleep(0.01)
    if "SETUP_FAILS" in os.environ:
        raise ConnectionError(f"no database; token {os.environ['DATABASE_TOKEN']}")


def execute_plugin(inputs: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    return {"success": True, "outputs": {"result": "ready"}}
