"""Tokens as the host hands them out, made up for one session, and kept out of everything shown."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any, TypeVar

from stage7_plugin.host.view import host_environment, host_inputs

MASK = "[token of the host]"
# Where the host's own machine keeps things: a process needs this machine's own instead.
_PLACES = ("PATH", "HOME", "PYTHONPATH", "PYTHONHOME")

Document = TypeVar("Document")


class Tokens:
    """The tokens of one session."""

    def __init__(self) -> None:
        self._environment = {name: _new() for name in ("S7_CM_TOKEN", "S7_BRAIN_TOKEN")}
        self._inputs = {name: _new() for name in ("__auth_token", "__brain_auth_token")}

    def environment(self, container: bool = False) -> dict[str, str]:
        """Return the host's variables; its PATH, HOME and the like only for a container."""
        variables = host_environment(self._environment)
        return {n: v for n, v in variables.items() if container or n not in _PLACES}

    def inputs(self, manifest: Mapping[str, Any]) -> dict[str, Any]:
        """Return the inputs that always come along; `availablePlugins` names this plugin too."""
        always = host_inputs(self._inputs)
        known = [*json.loads(always["availablePlugins"]), manifest]
        return {**always, "availablePlugins": json.dumps(known)}

    def masked(self, text: str) -> str:
        """Return a text without tokens."""
        for token in (*self._environment.values(), *self._inputs.values()):
            text = text.replace(token, MASK)
        return text

    def masked_json(self, document: Document) -> Document:
        """Return a JSON document without tokens."""
        masked: Document = json.loads(self.masked(json.dumps(document)))
        return masked


def _new() -> str:
    return f"dev-{uuid.uuid4().hex}"
