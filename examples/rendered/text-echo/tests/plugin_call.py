"""Call the plugin as the server does, by the server's own code, but in this process."""

import json
import os
from functools import cache
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from plugin_runtime import configuration, settings
from plugin_runtime.endpoint import Endpoint
from plugin_runtime.execution import Executor
from plugin_runtime.http_request import Request
from plugin_runtime.memory import Budget, Share
from plugin_runtime.metrics import Metrics
from plugin_runtime.plugin import Plugin
from plugin_runtime.redaction import RequestSecrets, of_environment
from plugin_runtime.responses import Response
from plugin_runtime.runtime import Runtime

ROOT = Path(__file__).resolve().parent.parent


def run(inputs: dict[str, Any], context: dict[str, Any] | None = None) -> dict[str, Any]:
    """Execute the plugin; return its answer: `success`, and `outputs` or `error`.

    Inputs are unwrapped, converted and checked, defaults filled in and outputs checked against
    manifest.json. `setup()` runs once, before the first call.

    Args:
        inputs: As the host sends them.
        context: As the host sends it; `plugin_id` and `version` are set as always.

    Raises:
        RuntimeError: the plugin cannot be imported, or its setup() fails.
    """
    plugin, executor, endpoint, budget = _started()
    if plugin.state != "ready":
        raise RuntimeError(plugin.error or "setup() did not finish in time")
    request = Request("POST", "/execute", "1.1", {"content-type": "application/json"})
    request.memory = Share(budget)
    request.body = json.dumps({"inputs": inputs, "context": context or {}}).encode()
    answers: SimpleQueue[Response | None] = SimpleQueue()
    job = executor.start(
        lambda job: answers.put(endpoint.execute(request, job)),
        lambda late: answers.put(endpoint.time_out(late)),
    )
    assert job is not None, "every slot is taken by an execution that does not finish"
    answer = answers.get()
    request.memory.release()
    assert answer is not None
    document: dict[str, Any] = json.loads(answer.body)
    return document


@cache
def _started() -> tuple[Plugin, Executor, Endpoint, Budget]:
    manifest = json.loads((ROOT / "manifest.json").read_text("utf-8"))
    configuration.adopt(manifest, os.environ)
    values = settings.load(manifest, os.environ)
    executor = Executor(values.concurrency, settings.deadline_seconds(values.timeout_ms))
    plugin = Plugin()
    secrets = RequestSecrets(manifest, of_environment(manifest, os.environ))
    counters = Metrics(manifest["id"], manifest["version"])
    runtime = Runtime(manifest, values, plugin, executor, secrets, counters, lambda: False)
    plugin.load()
    plugin.wait(values.start_seconds)
    return plugin, executor, Endpoint(runtime), Budget(values.memory_bytes)
