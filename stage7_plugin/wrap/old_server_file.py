"""The server of a plugin made by hand: whether it is kept aside, and how it calls the logic."""

from __future__ import annotations

import ast
import json
from collections.abc import Sequence

from stage7_plugin.wrap.model import CannotWrap
from stage7_plugin.wrap.old_files import KEPT
from stage7_plugin.wrap.old_manifest import ENDPOINT, HEALTH
from stage7_plugin.wrap.old_plugin import OldPlugin
from stage7_plugin.wrap.old_server import Call, Route, call_of, routes


def take_servers(old: OldPlugin, servers: Sequence[str], module: str) -> Call:
    """Look at the old server; keep it aside if it has routes of its own.

    Args:
        old: The plugin.
        servers: The file that it starts, and those with routes.
        module: The last part of the logic's name.

    Returns:
        What it calls of the logic.
    """
    calls = [_take(old, server, module) for server in servers]
    if not calls:
        old.tell("server.py", None, "there is none; the template's server is used",
                   "changed")  # fmt: skip
    return next((call for call in calls if call.name), Call())


def _take(old: OldPlugin, server: str, module: str) -> Call:
    content = old.bytes(server)
    try:
        tree = parsed(content, server)
    except CannotWrap as error:
        old.tell(server, error.line, f"{error.found}; the template's server replaces it",
                   "dropped")  # fmt: skip
        return Call()
    manifest = json.loads(old.manifest_text)
    api, container = manifest.get("api"), manifest.get("container")
    health = container.get("healthCheck") if isinstance(container, dict) else None
    usual = {HEALTH, ENDPOINT, "/", "/healthz", "/ready", "/metrics"}
    usual |= {str(one.get(key)) for one, key in ((api, "endpoint"), (health, "path"))
              if isinstance(one, dict)}  # fmt: skip
    own: list[Route] = [route for route in routes(tree) if route.path not in usual]
    if own:
        old.files[f"{KEPT}/{server}.txt"] = content
        listed = ", ".join(dict.fromkeys(route.path for route in own))
        where = f"it is {KEPT}/{server}.txt, because the template's server does not have them"
        old.tell(server, own[0].line, f"it has its own routes ({listed}); {where}", "kept aside")
    else:
        old.tell(server, None, "the template's server replaces it", "dropped")
    return call_of(tree, module)


def parsed(content: bytes, name: str) -> ast.Module:
    """Parse a module. Raises CannotWrap with the line."""
    try:
        return ast.parse(content, name)
    except SyntaxError as error:
        raise CannotWrap(
            name, error.lineno, f"it is not valid Python: {error.msg}",
            "Python 3 of the version that runs stage7-plugin, or older",
        ) from None  # fmt: skip
    except ValueError as error:
        raise CannotWrap(name, None, f"it is not valid Python: {error}", "a text") from None
