"""What the parts of one plugin process share."""

from collections.abc import Callable
from typing import Any

from plugin_runtime.execution import Executor
from plugin_runtime.metrics import Metrics
from plugin_runtime.plugin import Plugin
from plugin_runtime.redaction import RequestSecrets
from plugin_runtime.settings import Settings


class Runtime:
    """The parts of one process; `stopping` returns True once SIGTERM has come."""

    # Not a NamedTuple, which takes a millisecond of each start to define.
    def __init__(
        self,
        manifest: dict[str, Any],
        settings: Settings,
        plugin: Plugin,
        executor: Executor,
        secrets: RequestSecrets,
        metrics: Metrics,
        stopping: Callable[[], bool],
    ) -> None:
        self.manifest = manifest
        self.settings = settings
        self.plugin = plugin
        self.executor = executor
        self.secrets = secrets
        self.metrics = metrics
        self.stopping = stopping
