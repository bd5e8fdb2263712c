"""What the host's own executor does with a Python plugin, for comparison.

Source: executePythonPlugin of its pluginExecutor.ts, validatePythonOutput of pythonPluginHelper.ts.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

REQUIRED = ("success", "name", "resultType", "resultDescription")


def execute(folder: Path, inputs: dict[str, Any], main: str = "main.py") -> list[dict[str, Any]]:
    """Run the plugin once; return its outputs, or the one that the host puts in their place.

    Args:
        folder: The plugin's.
        inputs: Values by name.
        main: Its program.
    """
    pairs = [
        [name, {"inputName": name, "value": value, "valueType": "any", "args": {}}]
        for name, value in inputs.items()
    ]
    done = subprocess.run(
        [sys.executable, str(folder / main), str(folder)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
        input=json.dumps(pairs),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    if done.returncode:
        return [_failed(f"exited with code {done.returncode}: {done.stderr}")]
    try:
        outputs: list[dict[str, Any]] = json.loads(done.stdout)
    except ValueError as error:
        return [_failed(str(error))]
    if not isinstance(outputs, list) or any(
        key not in output for output in outputs for key in REQUIRED
    ):
        return [_failed("Invalid plugin output format")]
    return outputs


def _failed(error: str) -> dict[str, Any]:
    return {"success": False, "name": "validation_error", "resultType": "error", "error": error}
