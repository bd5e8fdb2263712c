"""The signature of a function as Python has it: for `--import`, in a process of its own.

Decorators may change it, and defaults may be computed, which nobody can read off the text.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from stage7_plugin.wrap.model import CannotWrap
from stage7_plugin.wrap.python.modules import Modules
from stage7_plugin.wrap.python.place import Place
from stage7_plugin.wrap.python.target import Target

_SECONDS = 120
_PROGRAM = """
import enum, importlib, inspect, json, sys
root, module, name, answer = sys.argv[1:]
sys.path.insert(0, root)
found = importlib.import_module(module)
for part in name.replace("()", "").split("."):
    found = getattr(found, part)
def text(hint):
    if hint is inspect.Parameter.empty or isinstance(hint, str):
        return None if hint is inspect.Parameter.empty else hint
    if isinstance(hint, type) and not getattr(hint, "__args__", ()):
        return hint.__qualname__ if hint.__module__ == "builtins" else (
            hint.__module__ + "." + hint.__qualname__)
    return str(hint)
def default(value):
    value = value.value if isinstance(value, enum.Enum) else value
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        return "..."
    return repr(value)
signature = inspect.signature(found)
parameters = [
    [one.name, one.kind.description, text(one.annotation),
     None if one.default is one.empty else default(one.default)]
    for one in signature.parameters.values()
]
with open(answer, "w") as file:
    json.dump(parameters, file)
"""


def as_imported(modules: Modules, place: Place, target: Target) -> Target:
    """Return a function with the parameters that it really has.

    A type hint that is written stays as it is written, because its names are known there.

    Raises:
        CannotWrap: The module cannot be imported.
    """
    import griffe

    parameters = _asked(modules, place, target)
    written = {one.name: one for one in target.parameters}
    found = []
    for name, kind, hint, default in parameters[_skipped(target) :]:
        was = written.get(name)
        annotation = was.annotation if was is not None and was.annotation is not None else hint
        known = was.default if was is not None and default == "..." else default
        found.append(
            griffe.Parameter(
                name, kind=griffe.ParameterKind(kind), annotation=annotation, default=known
            )
        )
    return replace(target, parameters=tuple(found), decorators=())


def _skipped(target: Target) -> int:
    # A method of a class that was not made an object of yet has its self.
    return 1 if "()." in target.call else 0


def _asked(modules: Modules, place: Place, target: Target) -> list[Any]:
    shown = modules.shown(target.module)
    with tempfile.TemporaryDirectory() as scratch:
        answer = Path(scratch) / "signature.json"
        command = [sys.executable, "-c", _PROGRAM, str(place.root), place.module, target.call]
        try:
            done = subprocess.run(
                [*command, str(answer)],
                cwd=scratch,
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                encoding="utf-8",
                errors="replace",
                timeout=_SECONDS,
            )
        except subprocess.TimeoutExpired as error:
            expected = f"a module that is imported within {_SECONDS} s"
            problem = "importing it took too long"
            example = f"time python -c 'import {place.module}' in {place.root}"
            raise CannotWrap(shown, None, problem, expected, example) from error
        if done.returncode != 0 or not answer.exists():
            last = (done.stderr.strip().splitlines() or ["it exited without an answer"])[-1]
            expected = "a module that can be imported here; without --import it is only read"
            example = f"python -c 'import {place.module}' in {place.root}"
            raise CannotWrap(shown, None, f"importing it failed: {last}", expected, example)
        found: list[Any] = json.loads(answer.read_text("utf-8"))
    return found
