"""The server of a plugin made by hand: which file it is, and whether it is kept aside."""

from __future__ import annotations

import ast
import json
import posixpath

from stage7_plugin.wrap.dockerfile_facts import DockerfileFacts
from stage7_plugin.wrap.model import CannotWrap
from stage7_plugin.wrap.old_files import KEPT
from stage7_plugin.wrap.old_manifest import ENDPOINT, HEALTH
from stage7_plugin.wrap.old_plugin import OldPlugin
from stage7_plugin.wrap.old_server import Call, Route, call_of, routes

_LOGIC = "plugin_logic.py"


def server_file(old: OldPlugin, facts: DockerfileFacts | None) -> str:
    """Find the file of the old server: server.py, or what the Dockerfile starts."""
    if (old.folder / "server.py").exists():
        return "server.py"
    for word in facts.command if facts else ():
        names = (posixpath.basename(word), f"{word.partition(':')[0].replace('.', '/')}.py")
        for name in names:
            if name.endswith(".py") and name != _LOGIC and (old.folder / name).is_file():
                return name
    return ""


def take_server(old: OldPlugin, server: str) -> Call:
    """Look at the old server; keep it aside if it has routes of its own."""
    if not server:
        old.tell("server.py", None, "there is none; the template's server takes its place",
                   "changed")  # fmt: skip
        return Call()
    content = old.bytes(server)
    try:
        tree = parsed(content, server)
    except CannotWrap as error:
        old.tell(server, error.line, f"{error.found}; the template's server takes its place",
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
        old.tell(server, own[0].line, f"it has routes of its own ({listed}); {where}", "kept aside")
    else:
        old.tell(server, None, "the template's server takes its place", "dropped")
    return call_of(tree, _LOGIC[:-3])


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
