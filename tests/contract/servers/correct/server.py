"""A correct plugin in nothing but the standard library; the broken ones change one method of it."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import socketserver
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, NoReturn

from bounds import Budget, Log, Refused, estimate

DRAIN_SECONDS = 1.0
ENVELOPE_KEYS = {"inputName", "value", "valueType", "args"}
TYPES = {"string": str, "number": (int, float), "boolean": bool, "array": list, "object": dict}


class Plugin:
    """Everything a plugin decides; no HTTP."""

    slots_count = 6

    def __init__(self, manifest: dict[str, Any]) -> None:
        self.manifest = manifest
        self.slots = threading.BoundedSemaphore(self.slots_count)
        self.executions = 0
        self.secrets = {v for k, v in os.environ.items() if k.endswith("_TOKEN")}
        self.in_flight = 0
        self.lock = threading.Lock()
        self.stopping = False
        self.log_lines = Log()
        self.budget = Budget.of(manifest)

    def port(self) -> int:
        return int(self.manifest["container"]["ports"][0]["container"])

    def setup(self) -> None:
        """Before listening."""

    def health(self) -> tuple[int, Any]:
        return (503, {"status": "stopping"}) if self.stopping else (200, {"status": "healthy"})

    def metrics(self) -> str:
        return f"plugin_executions_total {self.executions}\n"

    def log(self, message: str, **fields: Any) -> None:
        self.log_lines.add(self.redact(json.dumps({"message": message, **fields})))

    def redact(self, text: str) -> str:
        for secret in self.secrets:
            text = text.replace(secret, "[redacted]")
        return text

    def parse(self, body: bytes) -> dict[str, Any]:
        try:
            document = json.loads(body, parse_constant=self.constant)
            document["inputs"].keys()
        except (ValueError, RecursionError) as error:
            raise Refused(400, f"the body is not JSON: {type(error).__name__}") from error
        except (TypeError, KeyError, AttributeError) as error:
            raise Refused(400, "the body must be an object with an object 'inputs'") from error
        return dict(document)

    def constant(self, name: str) -> Any:
        raise ValueError(f"{name} is not JSON")

    def unwrap(self, value: Any, kind: str) -> Any:
        if isinstance(value, dict) and "value" in value and set(value) <= ENVELOPE_KEYS:
            inner = value["value"]
            return value if kind == "object" and not isinstance(inner, dict) else inner
        return value

    def inputs(self, given: dict[str, Any]) -> dict[str, Any]:
        """The declared inputs as plain values, or Refused with every problem."""
        values: dict[str, Any] = {}
        problems = []
        for definition in self.manifest["inputDefinitions"]:
            name, kind = definition["name"], definition["type"]
            names = [name, *definition.get("aliases", [])]
            sent = next((given[key] for key in names if key in given), None)
            value = self.unwrap(sent, kind)
            if value is None and definition["required"]:
                problems.append(f"input '{name}' is missing")
            elif value is not None and not self.fits(value, kind):
                problems.append(f"input '{name}' must be of type {kind}")
            values[name] = definition.get("default") if value is None else value
        if problems:
            raise Refused(422, "; ".join(problems))
        return values

    def fits(self, value: Any, kind: str) -> bool:
        if isinstance(value, bool) or kind == "any":
            return kind in ("boolean", "any")
        return isinstance(value, TYPES[kind])  # type: ignore[arg-type]

    def logic(self, inputs: dict[str, Any]) -> dict[str, Any]:
        time.sleep(inputs["seconds"])
        if inputs["text"] == "fail":
            raise RuntimeError("asked to fail")
        if inputs["text"] == "exit":
            sys.exit(3)
        if inputs["text"] == "noisy":
            self.log_lines.make_noise()
        if inputs["text"] == "leak":
            raise RuntimeError(" ".join(self.secrets))
        return {"result": inputs["text"], "echoed": inputs["options"] or {}}

    def execute(self, body: bytes) -> tuple[int, Any]:
        """Runs the logic in a thread of its own, so that the answer never waits past its time."""
        if self.stopping:
            raise Refused(503, "the plugin is stopping")
        given = self.parse(body)["inputs"]
        self.secrets |= {str(v) for k, v in given.items() if k.startswith("__")}
        inputs = self.inputs(given)
        if not self.take_slot():
            raise Refused(429, "every slot is taken", **{"Retry-After": "1"})
        answer: list[tuple[int, Any]] = []
        thread = threading.Thread(target=self.run, args=(inputs, answer), daemon=True)
        thread.start()
        thread.join(self.deadline())
        return answer[0] if answer else (504, {"success": False, "error": "it took too long"})

    def deadline(self) -> float | None:
        return float(self.manifest["api"]["timeout"]) / 1000 * 0.9

    def run(self, inputs: dict[str, Any], answer: list[tuple[int, Any]]) -> None:
        self.executions += 1
        try:
            answer.append(self.outcome(inputs))
        finally:
            self.free_slot(bool(answer) and answer[0][0] == 200)

    def take_slot(self) -> bool:
        return self.slots.acquire(blocking=False)

    def free_slot(self, succeeded: bool) -> None:
        self.slots.release()

    def outcome(self, inputs: dict[str, Any]) -> tuple[int, Any]:
        try:
            outputs = self.logic(inputs)
        except BaseException as error:
            self.log("failed", error=str(error))
            return self.failed(self.redact(f"{type(error).__name__}: {error}"))
        self.log("executed")
        return 200, {"success": True, "outputs": outputs}

    def failed(self, error: str) -> tuple[int, Any]:
        return 500, {"success": False, "error": error}

    def on_sigterm(self) -> None:
        if self.stopping:
            os._exit(1)
        self.stopping = True
        threading.Thread(target=self.drain, daemon=True).start()

    def drain(self) -> None:
        end = time.monotonic() + DRAIN_SECONDS
        while self.busy() and time.monotonic() < end:
            time.sleep(0.01)
        self.log_lines.flush()
        os._exit(0)

    def busy(self) -> bool:
        return self.in_flight > 0


class Handler(BaseHTTPRequestHandler):
    """HTTP; the plugin is the server's."""

    protocol_version = "HTTP/1.1"
    default_request_version = "HTTP/1.1"
    timeout = 5  # for each read and write
    max_body = 16 * 1024 * 1024
    plugin: Plugin

    def do_GET(self) -> None:
        self.handle_one("GET")

    def do_POST(self) -> None:
        self.handle_one("POST")

    def handle_one(self, method: str) -> None:
        self.held = 0
        with self.plugin.lock:
            self.plugin.in_flight += 1
        try:
            self.reply(*self.answer(method, self.path.split("?")[0]))
        except Refused as refusal:
            self.close_connection = True
            self.reply(refusal.status, self.refusal(refusal), **refusal.headers)
        finally:
            self.plugin.budget.give(self.held)
            with self.plugin.lock:
                self.plugin.in_flight -= 1

    def refusal(self, refusal: Refused) -> Any:
        return {"success": False, "error": refusal.error}

    def answer(self, method: str, path: str) -> tuple[int, Any]:
        api = self.plugin.manifest["api"]
        methods = {"/health": "GET", "/metrics": "GET", api["endpoint"]: api["method"]}
        if path not in methods:
            raise Refused(404, f"there is nothing at {path}")
        if method != methods[path]:
            raise Refused(405, f"{path} takes {methods[path]} only", Allow=methods[path])
        if path == "/health":
            return self.plugin.health()
        if path == "/metrics":
            return 200, self.plugin.metrics()
        body = self.body()
        self.held += self.plugin.budget.reserve(estimate(body))
        return self.plugin.execute(body)

    def body(self) -> bytes:
        self.check_content_type(self.headers.get("Content-Type", ""))
        self.check_framing()
        length = self.headers.get("Content-Length", "0")
        if not re.fullmatch(r"\d{1,18}", length):
            raise Refused(400, "Content-Length must be a number")
        if int(length) > self.max_body:
            raise Refused(413, f"the body may have {self.max_body} bytes at most")
        self.held += self.plugin.budget.reserve(int(length))
        return self.rfile.read(int(length))

    def check_content_type(self, value: str) -> None:
        if value.lower().replace(" ", "").replace('"', "") not in (
            "application/json",
            "application/json;charset=utf-8",
        ):
            raise Refused(415, f"Content-Type must be application/json, not {value!r}")

    def check_framing(self) -> None:
        if "Transfer-Encoding" in self.headers:
            raise Refused(400, "Transfer-Encoding is not supported")

    def reply(self, status: int, document: Any, **headers: str) -> None:
        plain = isinstance(document, str)
        content = (document if plain else json.dumps(document)).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain" if plain else "application/json")
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """The base class's own errors: bad HTTP, large headers, methods without a do_ method."""
        self.close_connection = True
        code = 405 if code == 501 else code
        document = {"success": False, "error": message or "the request is not HTTP"}
        self.reply(code, document, **({"Allow": "POST"} if code == 405 else {}))

    def log_message(self, format: str, *args: Any) -> None:
        """No access log."""


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 512

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is nobody's error."""


def main(
    plugin_class: type[Plugin] = Plugin,
    handler_class: type[Handler] = Handler,
    server_class: type[Server] = Server,
    listener: int | None = None,
) -> NoReturn:
    """`server.py MANIFEST`; without an argument, the manifest beside this file.

    `listener` is a socket that listens already.
    """
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("manifest.json")
    plugin = plugin_class(json.loads(path.read_text()))
    plugin.setup()
    handler = type("BoundHandler", (handler_class,), {"plugin": plugin})
    server = server_class(("", plugin.port()), handler, bind_and_activate=listener is None)
    if listener is not None:
        server.socket = socket.socket(fileno=listener)
    signal.signal(signal.SIGTERM, lambda *_: plugin.on_sigterm())
    server.serve_forever(poll_interval=0.05)
    sys.exit(0)


if __name__ == "__main__":
    main()
