"""Stands in for a plugin's logic while the contract suite checks what surrounds it.

It is never imported by the suite: its text takes the place of `plugin_logic.py` in a container. The
same exists for every language; all of them answer to the scenarios of `scenarios.py`.
What to do comes in an input named `scenario`, which no manifest declares.
"""

import json
import logging
import os
import sys
import time
from pathlib import Path
from typing import Any

_VALUES = {"string": "scenario", "number": 1, "boolean": True, "array": [], "object": {}}


def execute_plugin(inputs: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """Does what `scenario` says, then returns a value of its type for every declared output."""
    host_inputs = context.get("host_inputs", {})
    scenario = host_inputs.get("scenario", {})
    time.sleep(scenario.get("sleep", 0))
    if "raise" in scenario:
        raise RuntimeError(scenario["raise"])
    if "exit" in scenario:
        sys.exit(scenario["exit"])
    for number in range(scenario.get("write", 0)):
        print(f"line {number} of 100 bytes, for a standard output that nobody reads".ljust(99, "."))
    if "leak" in scenario:
        secrets = [str(host_inputs.get(name, os.environ.get(name))) for name in scenario["leak"]]
        print("printed", *secrets)
        logging.getLogger("scenario").warning("logged %s", " ".join(secrets))
        raise RuntimeError("raised " + " ".join(secrets))
    manifest = json.loads(Path(__file__).with_name("manifest.json").read_text(encoding="utf-8"))
    outputs = {
        definition["name"]: _VALUES.get(definition["type"], "scenario")
        for definition in manifest["outputDefinitions"]
    }
    return {"success": True, "outputs": outputs}
