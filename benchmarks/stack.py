"""One stack: how it starts, what it is built on, and what it is asked."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

PYTHON_BASE = "python:3.11-slim"
TEXT = "hello"


@dataclass(frozen=True)
class Stack:
    """One stack. In `command`, `{bin}` is the folder of its programs and `{port}` its port."""

    name: str
    label: str
    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)
    has_image: bool = False
    base: str = PYTHON_BASE
    """The image that its own is built on; empty for none."""
    health: str = "/health"
    healthy: str = '"healthy"'
    """What a healthy answer holds."""
    endpoint: str = "/execute"
    limit: bool = False
    """A limit is not a stack that anybody would pick."""
    works: bool = True
    """Whether it really executes anything."""
    serves: bool = True
    speaks_to_host: bool = True
    """Whether the host can run it: paths, body and health as the host wants them."""

    def body(self, text: str = TEXT, seconds: float = 0) -> bytes:
        """A request: give `text` back after `seconds`."""
        if self.endpoint == "/predictions":
            return json.dumps({"input": {"text": text, "seconds": seconds}}).encode()
        inputs: dict[str, Any] = {
            "text": {"value": text, "args": {}},
            "seconds": {"value": seconds, "args": {}},
        }
        context = {"trace_id": "trace-1", "plugin_id": "benchmark", "version": "1.0.0"}
        return json.dumps({"inputs": inputs, "context": context}).encode()


PORT = {"BENCHMARK_PORT": "{port}"}
"""What tells a competitor its port."""
