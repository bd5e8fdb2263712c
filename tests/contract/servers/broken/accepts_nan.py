"""Takes NaN and Infinity, as Python's parser does by itself."""

from typing import Any

from correct.server import Handler, Plugin

CAUGHT_BY = "errors.nan"


class Broken(Plugin):
    def constant(self, name: str) -> Any:
        return float(name)


class BrokenHandler(Handler):
    def reply(self, status: int, document: Any, **headers: str) -> None:
        super().reply(
            200 if status == 422 and "NaN" in str(document) else status, document, **headers
        )
