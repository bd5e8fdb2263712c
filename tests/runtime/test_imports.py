"""The modules of the server import each other in one direction, type checks included."""

from __future__ import annotations

import ast
import graphlib

from tests.runtime.runtime_modules import TEMPLATE

PACKAGE = TEMPLATE / "plugin_runtime"
NAMES = {file.stem for file in PACKAGE.glob("*.py")}


def imported_by(name: str) -> set[str]:
    """Modules of the package that a module imports anywhere in its code."""
    found = set()
    for node in ast.walk(ast.parse((PACKAGE / f"{name}.py").read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "plugin_runtime":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("plugin_runtime."):
            found.add(str(node.module).removeprefix("plugin_runtime."))
    return found & NAMES


def test_there_is_no_import_cycle() -> None:
    graph = {name: imported_by(name) for name in NAMES}
    assert "logs" in graph["service"]
    order = list(graphlib.TopologicalSorter(graph).static_order())
    assert order.index("redaction") < order.index("logs") < order.index("service")
