"""The stand-in's HTTP API: the routes that a plugin's author and the host's agents use."""

from __future__ import annotations

import hmac
import json
import secrets
import tempfile
import threading
import uuid
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from stage7_plugin.host.stand_in import errors, facts
from stage7_plugin.host.stand_in.errors import Failure, Unauthorized
from stage7_plugin.host.stand_in.execution import Executor
from stage7_plugin.host.stand_in.inputs import converted
from stage7_plugin.host.stand_in.sources import plugin_folder
from stage7_plugin.host.stand_in.storage import Storage

_MOST_BYTES = 50 * 1024 * 1024


class _Request(NamedTuple):
    method: str
    path: str
    query: dict[str, list[str]]
    body: Any
    trace_id: str


class StandIn:
    """A CapabilitiesManager on 127.0.0.1. As a context manager it serves until the block ends.

    Args:
        strict: Whether the host's faults are left out.
        port: 0 for any free one.
        token: The bearer token that it accepts; a new one if empty.
        executor: How plugins are run; the engine if None.
    """

    def __init__(
        self,
        *,
        strict: bool = False,
        port: int = 0,
        token: str = "",
        executor: Executor | None = None,
    ) -> None:
        self.token = token or secrets.token_urlsafe(24)
        self.client_secret = secrets.token_urlsafe(24)
        """With it, the SecurityManager's route `/auth/service` gives the token."""
        self.strict = strict
        self.requests: list[tuple[str, str]] = []
        """Method and path of each request, in order."""
        self._home = tempfile.TemporaryDirectory(prefix="stage7-stand-in-")
        home = Path(self._home.name)
        # In the stock compose file the host stores in src/plugins and executes from dist/plugins.
        self._dist = home / ("src" if strict else "dist") / "plugins"
        self._storage = Storage(home / "src" / "plugins", strict)
        self.executor = executor or Executor(strict)
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> StandIn:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self.executor.close()
        self._home.cleanup()

    def respond(self, request: _Request, authorization: str | None) -> tuple[int, Any]:
        """Return status and body for a request."""
        self.requests.append((request.method, request.path))
        try:
            if request.path not in ("/health", "/executeAction", "/auth/service"):
                self._authorize(request, authorization)
            return self._route(request)
        except Unauthorized as error:
            return error.status, {"error": str(error)}
        except Failure as failure:
            return failure.status, failure.body(request.trace_id)
        except Exception as error:  # such as an engine that is gone; the host answers in this way
            message = f"Unhandled error during {_verb(request.body) or request.path} execution."
            cause = {"original_error_message": str(error)}
            return 500, Failure(500, errors.INTERNAL, message, cause).body(request.trace_id)

    def _authorize(self, request: _Request, authorization: str | None) -> None:
        if authorization is None:
            if request.body is None and not self.strict:  # it logs the body that is not there
                raise Unauthorized("Internal server error during authentication", 500)
            raise Unauthorized(f"[BS] No authorization token provided for {request.path}")
        scheme, _, token = authorization.partition(" ")
        if scheme != "Bearer" or not token:
            raise Unauthorized("Invalid authorization header format")
        if not hmac.compare_digest(token.encode(), self.token.encode()):
            raise Unauthorized("Invalid or expired token")

    def _route(self, request: _Request) -> tuple[int, Any]:
        place = (request.method, *[unquote(part) for part in request.path.split("/")[1:]])
        repository = request.query.get("repository", [None])[0]
        match place:
            case ("GET", "health"):
                return 200, {"status": "ok"}
            case ("POST", "auth", "service"):
                return self._authenticate(request.body)
            case ("GET", "plugins"):
                return 200, {"plugins": self._storage.all(repository)}
            case ("POST", "plugins"):
                self._storage.store(request.body)
                return 201, {"success": True}
            case ("GET", "plugins", plugin_id):
                if (manifest := self._storage.by_id(plugin_id)) is None:
                    message = f"Plugin with ID {plugin_id} not found."
                    raise Failure(404, errors.NOT_FOUND, message)
                return 200, {"plugin": manifest}
            case ("PUT", "plugins", _):
                self._storage.store(request.body)
                return 200, {"success": True}
            case ("DELETE", "plugins", _):
                raise Failure(
                    400,
                    errors.INVALID_REQUEST,
                    "Plugin deletion only supported for 'librarian-definition' repository type.",
                )
            case ("GET", "pluginRepositories"):
                listed = facts.REPOSITORIES.items()
                return 200, {"repositories": [{"type": k, "label": v} for k, v in listed]}
            case ("POST", "executeAction"):
                return 200, self._execute(request.body, request.trace_id)
        return 404, {"error": f"Cannot {request.method} {request.path}"}

    def _authenticate(self, body: Any) -> tuple[int, Any]:
        """The SecurityManager's route, which in the host is on a port of its own."""
        secret = body.get("clientSecret") if isinstance(body, dict) else None
        if secret == self.client_secret and body.get("componentType"):
            return 200, {"authenticated": True, "token": self.token}
        return 401, {"error": "Authentication failed"}

    def _execute(self, body: Any, trace_id: str) -> list[dict[str, Any]]:
        verb = _verb(body)
        if not verb:
            message = "Invalid or missing actionVerb in request."
            raise Failure(400, errors.INVALID_REQUEST, message)
        manifest = self._storage.by_verb(verb)
        if manifest is None or manifest.get("language") != "container":
            # The host hands it to its planner; without a model behind it, that is its answer.
            message = f"Error while handling unknown verb '{verb}' with ACCOMPLISH plugin."
            return Failure(200, errors.UNKNOWN_VERB, message).body(trace_id)
        plugins = [{**one, "id": one["verb"]} for one in self._storage.all()]
        given = {
            **_records(body.get("inputValues")),
            "stepId": {"value": body.get("id"), "valueType": "string"},
            "availablePlugins": {"value": json.dumps(plugins), "valueType": "string"},
        }
        inputs = converted(manifest, given, self.strict)
        folder = plugin_folder(manifest, Path(self._home.name), self._dist)
        return self.executor.execute(manifest, folder, inputs, trace_id)


def _verb(body: Any) -> str:
    verb = body.get("actionVerb") if isinstance(body, dict) else None
    return verb if isinstance(verb, str) else ""


def _records(given: Any) -> Mapping[str, Any]:
    """The inputs of a step by name: an object, a list of pairs, or a serialised Map."""
    if isinstance(given, dict) and given.get("_type") == "Map":
        given = given.get("entries")
    if isinstance(given, list):
        return {str(pair[0]): pair[1] for pair in given if isinstance(pair, list) and len(pair) > 1}
    return given if isinstance(given, dict) else {}


def _handler(stand_in: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            if length > _MOST_BYTES:
                self.close_connection = True
                self._send(413, {"error": "request entity too large"})
                return
            raw = self.rfile.read(length)
            try:
                body = json.loads(raw) if raw else None
            except ValueError:
                self._send(400, {"error": "the body is not JSON"})
                return
            parts = urlsplit(self.path)
            request = _Request(
                self.command, parts.path, parse_qs(parts.query), body, str(uuid.uuid4())
            )
            self._send(*stand_in.respond(request, self.headers.get("Authorization")))

        do_GET = do_POST = do_PUT = do_DELETE = handle_any

        def _send(self, status: int, body: Any) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Log nothing: a request may carry a token."""

    return Handler
