"""Modules of the rendered server, imported from the template without leaving byte code there."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

TEMPLATE = Path(__file__).parents[2] / "languages" / "python"


def runtime_module(name: str) -> Any:
    """Import `plugin_runtime.<name>`."""
    written, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    sys.path.insert(0, str(TEMPLATE))
    try:
        return importlib.import_module(f"plugin_runtime.{name}")
    finally:
        sys.path.remove(str(TEMPLATE))
        sys.dont_write_bytecode = written
