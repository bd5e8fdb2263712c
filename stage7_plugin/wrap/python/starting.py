"""What runs when a module is imported: a plugin imports it once, when it starts."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from stage7_plugin.wrap.model import CannotWrap, Note
from stage7_plugin.wrap.python.modules import Module, Modules
from stage7_plugin.wrap.python.reach import Reached

_ENDS = ("exit", "quit", "sys.exit", "os._exit", "os.abort")


def look_at_start(modules: Modules, reached: Reached) -> Iterator[Note]:
    """Yield a note for each module that calls something while it is imported.

    Raises:
        CannotWrap: A module ends the program, or fails, wherever it is imported.
    """
    for module in reached.modules.values():
        called = [
            node.value
            for node in module.tree.body
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
        ]
        shown = modules.shown(module)
        _refuse_end(module, called, shown)
        if called:
            text = f"{_name(called[0])}() runs when the plugin starts, not for each execution"
            yield Note(shown, called[0].lineno, text, "taken")


def _refuse_end(module: Module, called: list[ast.Call], shown: str) -> None:
    lines = [node.lineno for node in module.tree.body if isinstance(node, ast.Raise)]
    lines += [call.lineno for call in called if _name(call) in _ENDS]
    if lines:
        raise CannotWrap(
            shown,
            min(lines),
            "importing this module ends the program",
            "a module that can be imported: put command-line code below a guard",
            'if __name__ == "__main__": main()',
        )


def _name(call: ast.Call) -> str:
    return ast.unparse(call.func)
