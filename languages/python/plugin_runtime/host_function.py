"""Calls a function of a Python plugin of the host whose program reads no inputs itself.

Usage:
    python host_function.py MAIN FOLDER            only import the program, not as `__main__`
    python host_function.py MAIN FOLDER FUNCTION   call the function; inputs on standard input

A function of one argument gets the plain values of all inputs, by name; one of several gets each by
its name, and its `**name` the object that is called so.
"""

import sys

if __name__ == "__main__":  # the folder of this file would hide modules of other packages
    sys.path[0] = sys.argv[2]

import inspect
import json
import runpy
from collections.abc import Callable
from typing import Any


def arguments(
    function: Callable[..., Any], inputs: dict[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """Return what a function is called with: arguments, and those by keyword."""
    parameters = list(inspect.signature(function).parameters.values())
    values = {name: given["value"] for name, given in inputs.items()}
    if len(parameters) < 2:
        return [values], {}
    given: list[Any] = []
    keywords: dict[str, Any] = {}
    for parameter in parameters:
        value = values.get(parameter.name)
        if parameter.kind is parameter.VAR_KEYWORD:
            keywords = value or {}
        elif parameter.kind is not parameter.VAR_POSITIONAL:
            default = None if parameter.default is parameter.empty else parameter.default
            given.append(default if value is None else value)
    return given, keywords


def main() -> None:
    """Import the program; with a function, call it and print its answer."""
    program, folder, *names = sys.argv[1:]
    sys.argv[1:] = [folder]
    found = runpy.run_path(program)
    for name in names:
        function = found[name]
        given, keywords = arguments(function, dict(json.load(sys.stdin)))
        result = function(*given, **keywords)
        if hasattr(result, "__await__"):
            import asyncio

            result = asyncio.run(result)
        print("\n" + json.dumps(result, default=lambda value: value.to_dict()))


if __name__ == "__main__":
    main()
