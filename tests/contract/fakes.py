"""A plugin and a target that tests make up: an HTTP server in this process, and scripted facts."""

from __future__ import annotations

import copy
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from stage7_plugin.contract.context import NO_GENERATION, Context, Generation
from stage7_plugin.contract.errors import NotCheckable
from stage7_plugin.contract.instances import Patience
from stage7_plugin.contract.model import Need, Status
from stage7_plugin.contract.rule import Result
from stage7_plugin.contract.runner import Runner, rules_named
from stage7_plugin.contract.scenarios import Scenarios
from stage7_plugin.contract.targets.base import Rebuild, Running, StartOptions, Target
from stage7_plugin.host.engine import EngineError
from stage7_plugin.host.http_client import Address
from stage7_plugin.host.view import HostView, read_manifest
from stage7_plugin.spec.sample_inputs import sample_inputs

MANIFEST = read_manifest(Path(__file__).parent / "servers" / "correct" / "manifest.json")
JSON = {"Content-Type": "application/json"}

Reply = tuple[int, Mapping[str, str], bytes]
Respond = Callable[[str, str, bytes], Reply]


def reply(status: int, document: Any, **headers: str) -> Reply:
    return status, {**JSON, **headers}, json.dumps(document).encode()


def success(**outputs: Any) -> Reply:
    return reply(200, {"success": True, "outputs": {"result": "x", "echoed": {}, **outputs}})


def refusal(
    status: int = 422, error: str = "inputs 'text', 'pin' and 'seconds' are wrong"
) -> Reply:
    return reply(status, {"success": False, "error": error})


def always(execution: Reply, metrics: Reply | None = None) -> Respond:
    """A plugin that answers every execution like this, and is healthy."""

    def respond(method: str, path: str, body: bytes) -> Reply:
        if path == "/health":
            return reply(200, {"status": "healthy"})
        if path == "/metrics":
            return metrics or refusal(404)
        return execution if path == "/execute" else refusal(404)

    return respond


GOOD = always(success())


def statuses(*wanted: int) -> Respond:
    """Answers with these statuses in turn, the last one again and again; healthy."""
    left = list(wanted)

    def respond(method: str, path: str, body: bytes) -> Reply:
        if path == "/health":
            return GOOD(method, path, body)
        return refusal(left.pop(0) if len(left) > 1 else left[0])

    return respond


def sick_after(healthy: int, respond: Respond = GOOD) -> Respond:
    """Is healthy so many times, and never again."""
    left = [reply(200, {"status": "healthy"})] * healthy

    def respond_by_health(method: str, path: str, body: bytes) -> Reply:
        if path == "/health":
            return left.pop() if left else reply(503, {"status": "stuck"})
        return respond(method, path, body)

    return respond_by_health


def listening(respond: Callable[[dict[str, Any]], Reply]) -> tuple[Respond, list[dict[str, Any]]]:
    """A plugin that answers by its inputs; and the inputs that it was given."""
    given: list[dict[str, Any]] = []

    def respond_by_inputs(method: str, path: str, body: bytes) -> Reply:
        if path != "/execute":
            return GOOD(method, path, body)
        given.append(json.loads(body)["inputs"])
        return respond(given[-1])

    return respond_by_inputs, given


class Clock:
    """Takes the place of `time` in a module: a moment ago is whatever a test says."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def manifest(**changes: Any) -> dict[str, Any]:
    """The correct server's manifest with other values at its top."""
    return {**copy.deepcopy(MANIFEST), **changes}


def inputs_of(*definitions: dict[str, Any]) -> dict[str, Any]:
    """A manifest with these inputs alone."""
    return manifest(inputDefinitions=[{"required": False, **d} for d in definitions])


@dataclass
class Facts:
    """What a fake plugin says of itself."""

    ended: str | None = None
    ends_after_sigterm: bool = True
    end_seconds: float | None = None
    """How long its end is said to take after SIGTERM; no time passes."""
    signals: int = 0
    exit_code: int | None = 0
    log: str = ""
    users: set[str] = field(default_factory=lambda: {"10001"})
    health_check: tuple[str, str] | None = ("healthy", "")
    command_lines: str = "/usr/local/bin/python -E"
    starts: bool = True
    starts_with: Callable[[StartOptions], bool] = lambda options: True
    rebuild: Rebuild = field(default_factory=lambda: Rebuild(True, 0.1))


class FakeRunning(Running):
    def __init__(self, view: HostView, port: int, facts: Facts) -> None:
        self.view, self.address, self.facts = view, Address("127.0.0.1", port), facts

    def ended(self) -> str | None:
        if self.told_to_end and self.facts.ends_after_sigterm:
            return "ended by SIGTERM"
        return self.facts.ended

    def wait(self, seconds: float) -> float | None:
        if self.told_to_end and self.facts.end_seconds is not None:
            return self.facts.end_seconds if self.facts.end_seconds <= seconds else None
        return super().wait(seconds)

    def death(self, patience: float = 0.0) -> str | None:
        return super().death()  # there is no engine that has to notice it

    def exit_code(self) -> int | None:
        return self.facts.exit_code

    def send_sigterm(self) -> None:
        self.facts.signals += 1

    def log(self) -> str:
        return self.facts.log

    def users(self) -> set[str]:
        return self.facts.users

    def own_health_check(self) -> tuple[str, str] | None:
        return self.facts.health_check

    def command_lines(self) -> str:
        return self.facts.command_lines

    def leave_output_unread(self) -> None:
        pass


class FakeTarget(Target):
    kind, name = "fake", "fake"

    def __init__(
        self, port: int, plugin: Mapping[str, Any], facts: Facts, abilities: frozenset[Need]
    ) -> None:
        self.manifest, self.view = plugin, HostView.from_manifest(plugin)
        self.abilities, self.facts, self._port = abilities, facts, port
        self.started: list[StartOptions] = []

    @contextmanager
    def start(self, options: StartOptions) -> Iterator[Running]:
        self.started.append(options)
        if not self.facts.starts or not self.facts.starts_with(options):
            raise EngineError("it does not start")
        yield FakeRunning(self.view, self._port, self.facts)

    def ensure_built(self) -> None:
        if Need.FOLDER not in self.abilities:
            raise NotCheckable(Need.FOLDER.value)

    def rebuild(self) -> Rebuild:
        return self.facts.rebuild


@contextmanager
def serving(respond: Respond) -> Iterator[int]:
    """Serve until the end of the block; give the port."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that went away is nobody's error."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, headers, content = respond(self.command, self.path, body)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_DELETE = do_PUT = handle_any

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def judge(
    rule: str,
    respond: Respond,
    *,
    plugin: Mapping[str, Any] | None = None,
    facts: Facts | None = None,
    abilities: frozenset[Need] = frozenset(Need),
    scenarios: Mapping[str, Mapping[str, Any]] | Scenarios | None = None,
    returned: Mapping[str, Any] | None = None,
    generation: Generation = NO_GENERATION,
    polls: int = 2,
    with_logic: bool = False,
) -> Result:
    """What comes of one rule alone, for a plugin that is made up.

    `returned` is what the rules that it requires would have returned.
    """
    plugin = plugin or MANIFEST
    with serving(respond) as port:
        target = FakeTarget(port, plugin, facts or Facts(), abilities)
        patience = Patience(polls, interval=0.01)
        given = scenarios or {}
        known = given if isinstance(given, Scenarios) else Scenarios(given, with_logic)
        context = Context(target, sample_inputs(plugin), known, patience, generation)
        for name, value in (returned or {}).items():
            context.keep(name, value)
        with Runner(context) as runner:
            return runner.result(replace(rules_named((rule,))[0], requires=()))


Row = tuple[str, Respond, dict[str, Any], Status, str]
"""A rule, a plugin, what judge is told beside, what comes of it, and a part of the report."""


def names(rows: list[Row]) -> list[str]:
    return [f"{number}-{row[0]}-{row[3].value}" for number, row in enumerate(rows)]


def expect(row: Row) -> None:
    rule, respond, options, status, text = row
    result = judge(rule, respond, **options)
    told = f"{result.reason} {result.sent} {result.got} {result.wanted}"
    assert (result.status, text in told) == (status, True), told
