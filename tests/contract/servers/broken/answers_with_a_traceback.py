"""Puts the traceback into the answer."""

import traceback
from typing import Any

from correct.server import Plugin

CAUGHT_BY = "errors.one-sentence"


class Broken(Plugin):
    def failed(self, error: str) -> tuple[int, Any]:
        return 500, {"success": False, "error": self.redact(traceback.format_exc())}
