"""Stands in for a plugin's logic while the contract suite checks what surrounds it.

It is never imported by the suite: its text takes the place of `plugin_logic.py` in a container.
What to do comes in an input named `probe`, which no manifest declares.
"""

import json
import logging
import os
import sys
import time
from pathlib import Path
from typing import Any

_VALUES = {"string": "probe", "number": 1, "boolean": True, "array": [], "object": {}}


def execute_plugin(inputs: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """Does what `probe` says, then returns a value of its type for every declared output."""
    host_inputs = context.get("host_inputs", {})
    probe = host_inputs.get("probe", {})
    time.sleep(probe.get("sleep", 0))
    if "raise" in probe:
        raise RuntimeError(probe["raise"])
    if "exit" in probe:
        sys.exit(probe["exit"])
    if "leak" in probe:
        secrets = [str(host_inputs.get(name, os.environ.get(name))) for name in probe["leak"]]
        print("printed", *secrets)
        logging.getLogger("probe").warning("logged %s", " ".join(secrets))
        raise RuntimeError("raised " + " ".join(secrets))
    manifest = json.loads(Path(__file__).with_name("manifest.json").read_text(encoding="utf-8"))
    outputs = {
        definition["name"]: _VALUES.get(definition["type"], "probe")
        for definition in manifest["outputDefinitions"]
    }
    return {"success": True, "outputs": outputs}
