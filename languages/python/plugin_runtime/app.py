"""The pages of the server: health, metrics, and which request goes to the endpoint."""

from collections.abc import Callable

from plugin_runtime import metrics, outputs
from plugin_runtime.endpoint import Endpoint
from plugin_runtime.execution import Job
from plugin_runtime.http_request import Request
from plugin_runtime.responses import Response, failure
from plugin_runtime.runtime import Runtime

ALL_STUCK = "Every execution slot is past its deadline."


class App:
    """Routes requests."""

    def __init__(self, runtime: Runtime) -> None:
        manifest = runtime.manifest
        self._manifest = manifest
        self._plugin = runtime.plugin
        self._executor = runtime.executor
        self._endpoint = Endpoint(runtime)
        self._secrets = runtime.secrets
        self._metrics = runtime.metrics
        self.stopping = runtime.stopping
        self._stuck_seconds = runtime.settings.stuck_seconds
        self._path: str = manifest["api"]["endpoint"]
        self._method: str = manifest["api"]["method"]
        health_path: str = manifest["container"].get("healthCheck", {}).get("path", "/health")
        self._document = b""
        self._pages: dict[str, Callable[[], Response]] = {
            "/health/live": self._live,
            "/health/ready": self._ready,
            "/metrics": self._metrics_page,
            "/openapi.json": self._openapi,
            health_path: self._health,
        }

    def answer(self, request: Request, job: Job | None) -> Response | None:
        """Answer one request; None if it is an execution whose deadline came first.

        Args:
            request: the request.
            job: the slot that an execution was given; None if all are taken.
        """
        path, method = request.path, request.method
        if self.is_execution(method, path):
            return self._endpoint.execute(request, job)
        page = self._pages.get(path)
        if page is not None and method in ("GET", "HEAD"):
            return page()
        allowed = ["GET", "HEAD"] if page is not None else []
        allowed += [self._method] if path == self._path else []
        if allowed:
            allow = ", ".join(allowed)
            error = f"{path} takes {allow}, not {method[:20]}."
            return failure(405, self._redacted(error), headers=(("Allow", allow),))
        known = ", ".join([f"{self._method} {self._path}", *(f"GET {p}" for p in self._pages)])
        return failure(
            404, self._redacted(f"There is no {path[:200]!a} here; the paths are {known}.")
        )

    def is_execution(self, method: str, path: str) -> bool:
        """Whether a request is one for the plugin's own code."""
        return path == self._path and method == self._method

    def time_out(self, job: Job) -> Response:
        """The answer to an execution whose deadline has come."""
        return self._endpoint.time_out(job)

    def _state(self, status: int, word: str, error: str = "") -> Response:
        document = {
            "status": word,
            "plugin_id": self._manifest["id"],
            "version": self._manifest["version"],
            "in_flight": self._executor.in_flight,
            "stuck": self._executor.stuck,
        }
        if error:
            document["error"] = self._redacted(error)
        return Response(status, outputs.encode(document))

    def _live(self) -> Response:
        # Nothing here can end a thread that hangs: only a new container helps.
        if self._executor.all_stuck_for(self._stuck_seconds):
            return self._state(503, "stuck", ALL_STUCK)
        return self._state(200, "healthy")

    def _redacted(self, error: str) -> str:
        text: str
        text, count = self._secrets.environment.redact(error)
        self._metrics.count_redactions(count)
        return text

    def _health(self) -> Response:
        if self.stopping():
            return self._state(503, "stopping")
        if self._executor.all_stuck_for(self._stuck_seconds):
            return self._state(503, "stuck", ALL_STUCK)
        if self._plugin.state != "ready":
            return self._state(503, self._plugin.state, self._plugin.error)
        return self._state(200, "healthy")

    def _ready(self) -> Response:
        if self._executor.stuck >= self._executor.slots:
            return self._state(503, "stuck", ALL_STUCK)
        return self._health()

    def _openapi(self) -> Response:
        if not self._document:
            from plugin_runtime import openapi  # only when it is requested: a start must not wait

            self._document = outputs.encode(openapi.openapi(self._manifest))
        return Response(200, self._document)

    def _metrics_page(self) -> Response:
        executor = self._executor
        gauges: dict[str, tuple[str, float]] = {
            "plugin_executions_in_flight": (
                "Execution slots in use, including stuck ones.",
                executor.in_flight,
            ),
            "plugin_executions_stuck": (
                "Executions past their deadline that are still running.",
                executor.stuck,
            ),
            "plugin_execution_slots": ("Concurrent executions allowed.", executor.slots),
            "plugin_ready": (
                "1 when /health/ready answers 200, else 0.",
                int(self._ready().status == 200),
            ),
        }
        return Response(200, self._metrics.render(gauges).encode(), metrics.CONTENT_TYPE)
