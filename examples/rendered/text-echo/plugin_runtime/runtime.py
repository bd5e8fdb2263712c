"""What the parts of one plugin process share."""

from collections.abc import Callable
from typing import Any, NamedTuple

from plugin_runtime.execution import Executor
from plugin_runtime.metrics import Metrics
from plugin_runtime.plugin import Plugin
from plugin_runtime.redaction import RequestSecrets
from plugin_runtime.settings import Settings


class Runtime(NamedTuple):
    """The parts of one process; `stopping` returns True once SIGTERM has come."""

    manifest: dict[str, Any]
    settings: Settings
    plugin: Plugin
    executor: Executor
    secrets: RequestSecrets
    metrics: Metrics
    stopping: Callable[[], bool]
