"""Counts executions by caller, and names the callers in /metrics."""

from typing import Any

from correct.server import Plugin

CAUGHT_BY = "secrets.token-in-metrics"


class Broken(Plugin):
    def inputs(self, given: dict[str, Any]) -> dict[str, Any]:
        self.caller = given.get("__auth_token")
        return super().inputs(given)

    def metrics(self) -> str:
        return f'plugin_executions_total{{caller="{self.caller}"}} {self.executions}\n'
