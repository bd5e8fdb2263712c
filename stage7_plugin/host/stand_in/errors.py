"""What the CapabilitiesManager answers when something fails."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from typing import Any

EXECUTION_FAILED = "CM002_PLUGIN_EXECUTION_FAILED"
NOT_FOUND = "CM005_PLUGIN_NOT_FOUND"
INVALID_REQUEST = "CM011_INVALID_REQUEST_GENERIC"
UNKNOWN_VERB = "CM012_UNKNOWN_VERB_HANDLING_FAILED"
STORE_FAILED = "CM013_PLUGIN_STORE_FAILED"
INTERNAL = "CM015_INTERNAL_ERROR_CM"
INVALID_INPUTS = "V004_INPUT_VALIDATION_FAILED"


class Failure(Exception):
    """A request that fails.

    Attributes:
        status: The HTTP status.
        code: The host's code for the error.
        details: What the host adds as `contextual_info`.
    """

    def __init__(
        self, status: int, code: str, message: str, details: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.details = dict(details or {})

    def body(self, trace_id: str) -> list[dict[str, Any]]:
        """Return the host's answer: a list with one output that says what failed."""
        message = str(self)
        now = datetime.datetime.now(tz=datetime.timezone.utc).isoformat(timespec="milliseconds")
        return [
            {
                "success": False,
                "name": self.code,
                "resultType": "error",
                "resultDescription": message,
                "result": {
                    "error_id": str(uuid.uuid4()),
                    "trace_id": trace_id,
                    "timestamp_utc": now.replace("+00:00", "Z"),
                    "error_code": self.code,
                    "severity": "ERROR",
                    "message_human_readable": message,
                    "source_component": "CapabilitiesManager",
                    "contextual_info": self.details,
                },
                "error": message,
            }
        ]


class Unauthorized(Exception):
    """A request without a valid token; the message is the host's."""

    def __init__(self, message: str, status: int = 401) -> None:
        super().__init__(message)
        self.status = status
