"""Reports only the first of several wrong inputs."""

from typing import Any

from correct.server import Plugin, Refused

CAUGHT_BY = "errors.all-problems"


class Broken(Plugin):
    def inputs(self, given: dict[str, Any]) -> dict[str, Any]:
        try:
            return super().inputs(given)
        except Refused as refusal:
            raise Refused(422, refusal.error.split(";")[0]) from refusal
