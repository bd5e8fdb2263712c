"""Gives undeclared inputs back in an output."""

from typing import Any

from correct.server import Plugin

CAUGHT_BY = "secrets.token-in-answer"


class Broken(Plugin):
    def inputs(self, given: dict[str, Any]) -> dict[str, Any]:
        values = super().inputs(given)
        if "__auth_token" in given:
            values["options"] = given
        return values
