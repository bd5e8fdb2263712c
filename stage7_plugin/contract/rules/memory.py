"""Requests may cause errors, but never exhaust the manifest's memory limit."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress

from stage7_plugin.contract import raw_http
from stage7_plugin.contract.context import Context, at_once
from stage7_plugin.contract.errors import NotCheckable
from stage7_plugin.contract.model import Need, Place
from stage7_plugin.contract.rule import rule
from stage7_plugin.contract.rules.limits import PLUGIN_LIST_SIZES, with_plugin_list
from stage7_plugin.contract.targets.base import Running
from stage7_plugin.host.bounded_socket import Deadline, open_socket
from stage7_plugin.host.http_client import NoAnswer, Response, call

MIB = 1024 * 1024
SIZES = (16 * MIB - 1024, 8 * MIB, 4 * MIB, 2 * MIB, MIB)
"""Bytes of a body, from what every plugin must be able to take downwards."""
SHAPES: Mapping[str, bytes] = {
    "empty arrays": b"[],",
    "empty objects": b"{},",
    "short texts": b'"ab",',
    "small objects": b'{"a":1},',
    "nested arrays": b"[[[]]],",
    "numbers": b"0.5,",
    "rows": b'{"id":1,"name":"a name","tags":["one","two"]},',
}
"""JSON that takes many times its length once decoded, in every language."""
SHARE = 8
CROWD = 16
TEXT = 4 * MIB
STALL_SECONDS = 1.5
RECOVERY_SECONDS = 30.0
_REFUSED = (413, 429, 503)


@rule(
    "limits.memory",
    "No valid request, and no crowd of them, makes the plugin exceed the manifest's memory",
    needs=Need.CONTAINER,
    requires=("limits.plugin-list",),
    place=Place.HEAVY,
    todo="Estimate what a body takes when it is decoded (its brackets, colons, commas and quotes "
    "tell) and answer 413 before decoding; keep one budget for bodies that arrive, inputs and "
    "answers that nobody reads, with 429 beyond it. The servers of the template do that: there it "
    "is what the plugin's own code makes of large inputs, so limit these with maxLength or "
    "maxItems. Or raise container.resources.memory.",
)
def memory(context: Context) -> None:
    """Beyond the manifest's limit the engine kills the plugin and everything it runs.

    Request: Large lists, JSON that grows when it is decoded, stalled uploads and unread
        answers.
    Expected: The plugin survives, answers health, and executes afterwards.
    """
    limit = context.view.memory
    if limit is None:
        raise NotCheckable("the manifest sets no memory limit that the host can read")
    with context.fresh() as running:
        _plugin_lists(context, running, limit)
        for name, shape in SHAPES.items():
            _largest_accepted(context, running, name, shape)
        text = _undeclared(context, b'"' + b"x" * TEXT + b'",', TEXT)
        _at_once(context, running, f"8 texts of {TEXT} bytes at once", text, 8)
        _stalled_uploads(context, running)
        _unread_answers(context, running)
        _expect_recovery(context, running)


def _plugin_lists(context: Context, running: Running, limit: int) -> None:
    size = PLUGIN_LIST_SIZES[-1]
    count = max(1, limit // SHARE // size)
    body = context.body(with_plugin_list(context, size))
    for _ in range(3):
        _at_once(context, running, f"{count} executions of {size} bytes at once", body, count)


def _largest_accepted(context: Context, running: Running, name: str, shape: bytes) -> None:
    for size in SIZES:
        response = _post(context, running, _undeclared(context, shape, size))
        got = response.summary() if response else "no answer"
        _expect_alive(context, running, f"{name} in an undeclared input, {size} bytes", got)
        if response is None or response.status not in _REFUSED:
            return


def _at_once(context: Context, running: Running, sent: str, body: bytes, count: int) -> None:
    responses = at_once(count, lambda _: _post(context, running, body))
    got = ", ".join(str(response.status) if response else "no answer" for response in responses)
    _expect_alive(context, running, sent, got)


def _stalled_uploads(context: Context, running: Running) -> None:
    size = SIZES[0]
    start = _head(context, running, size)
    with ExitStack() as stack:

        def stall(_: int) -> None:
            with suppress(OSError):  # refusing it is fine
                upload()

        def upload() -> None:
            connection = stack.enter_context(open_socket(running.address, Deadline(5)))
            connection.settimeout(5)
            connection.sendall(start + b" " * (size - 1))

        at_once(CROWD, stall)
        time.sleep(STALL_SECONDS)
        sent = f"{CROWD} uploads of {size} bytes that stall before the last byte"
        _expect_alive(context, running, sent, "")


def _unread_answers(context: Context, running: Running) -> None:
    texts = {d["name"] for d in context.manifest["inputDefinitions"] if d["type"] == "string"}
    large = {name: "x" * (2 * TEXT) for name in context.samples if name in texts}
    body = context.body({**context.samples, **dict(list(large.items())[:1])})
    with ExitStack() as stack:

        def stall(_: int) -> None:
            with suppress(OSError):
                execute()

        def execute() -> None:
            connection = stack.enter_context(open_socket(running.address, Deadline(5)))
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.settimeout(5)
            connection.sendall(_head(context, running, len(body)) + body)

        at_once(CROWD, stall)
        time.sleep(STALL_SECONDS)
        sent = f"{CROWD} executions of {len(body)} bytes whose answers nobody reads"
        _expect_alive(context, running, sent, "")


def _expect_alive(context: Context, running: Running, sent: str, got: str) -> None:
    """The rule is broken unless health answers; nobody minds if it takes its time here."""
    context.request("GET", context.view.health_path, running=running, timeout=30)
    end = running.ended()
    context.note(
        f"{sent}; then health", f"{got}; health {context.got}; {end or 'it keeps running'}"
    )
    context.expect(
        end is None and " 200 " in f" {context.got} ", "it keeps running, and health answers"
    )


def _expect_recovery(context: Context, running: Running) -> None:
    end = time.monotonic() + RECOVERY_SECONDS
    response = context.execute(context.samples, running=running)
    while not response.succeeded and time.monotonic() < end:
        time.sleep(0.2)
        response = context.execute(context.samples, running=running)
    context.sent = f"an execution, up to {RECOVERY_SECONDS:g} s after that"
    context.expect(response.succeeded, "2xx")


def _undeclared(context: Context, shape: bytes, size: int) -> bytes:
    """Return the samples with an undeclared input that makes a body of about `size` bytes."""
    start, end = _around(context)
    count = max(1, (size - len(start) - len(end) - 1) // len(shape))
    return start + shape * count + b"0" + end


def _around(context: Context) -> tuple[bytes, bytes]:
    body = context.body({**context.samples, "undeclared": ["MARK"]})
    start, _, end = body.partition(b'"MARK"')
    return start, end


def _post(context: Context, running: Running, body: bytes) -> Response | None:
    try:
        return call(
            running.address,
            context.view.method,
            context.view.endpoint,
            body=body,
            headers={"Content-Type": "application/json"},
            timeout=context.patient_timeout,
        )
    except NoAnswer:
        return None


def _head(context: Context, running: Running, size: int) -> bytes:
    lines = ("Content-Type: application/json", f"Content-Length: {size}")
    return raw_http.head(running.address, context.view.method, context.view.endpoint, *lines)
