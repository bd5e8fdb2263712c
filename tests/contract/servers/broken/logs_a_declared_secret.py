"""Logs an input that the manifest marks as secret."""

from typing import Any

from correct.server import Plugin

CAUGHT_BY = "secrets.declared"


class Broken(Plugin):
    def inputs(self, given: dict[str, Any]) -> dict[str, Any]:
        self.log_lines.add(f"pin {given.get('pin')}")
        return super().inputs(given)
