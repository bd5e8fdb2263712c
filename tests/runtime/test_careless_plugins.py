"""Plugin code that does what it should not: the server, its health and its secrets survive."""

from __future__ import annotations

import time
from functools import partial
from typing import Any
from urllib.parse import quote

import pytest

from tests.support.plugin_process import MANIFEST, SOON, PluginProcess
from tests.support.servers import Start
from tests.support.steps import in_background, quick, still_works, until

CANARY = "canary-0123456789"


@pytest.mark.parametrize("what", ["root handler", "basicConfig", "dictConfig"])
def test_logging_that_the_author_configures(start: Start, what: str) -> None:
    plugin = start("careless.py", AT_IMPORT=what)
    still_works(plugin)
    assert [line["outcome"] for line in plugin.lines if "outcome" in line] == ["success"]


def test_what_cannot_be_logged_or_printed(start: Start) -> None:
    plugin = start("careless.py")
    status, answer = plugin.execute({"do": "odd logging"})
    assert (status, answer["outputs"]) == (200, {"result": 1})
    messages = [line["message"] for line in plugin.lines]
    assert any("cannot be logged" in message for message in messages)
    assert {"odd", "bytes", "after close"} <= set(messages)


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_many_prints_without_a_line_end(start: Start) -> None:
    plugin = start("careless.py", PLUGIN_TIMEOUT_MS="20000")
    assert plugin.execute({"do": "dots"})[0] == 200
    dots = [line["message"].count(".") for line in plugin.lines if line["logger"] == "stdout"]
    assert sum(dots) == 100_000
    assert max(dots) < 70_000, "all of it was kept until the end"


@pytest.mark.parametrize("what", ["exit in a text", "exit in an exception"])
def test_a_text_that_raises(start: Start, what: str) -> None:
    plugin = start("careless.py")
    status, answer = plugin.execute({"do": what})
    assert status == 500
    assert answer["success"] is False
    assert plugin.metric('plugin_executions_total{outcome="failed"}') == 1
    still_works(plugin)


@pytest.mark.parametrize("how", ["exit", "stop"])
def test_the_event_loop_goes_on(start: Start, how: str) -> None:
    plugin = start("careless.py")
    plugin.execute({"do": "loop", "value": how})
    assert plugin.execute({"do": "slowly", "value": "a", "seconds": 0})[0] == 200


def test_a_child_process_can_be_terminated(start: Start) -> None:
    plugin = start("careless.py", PLUGIN_TIMEOUT_MS="20000")
    assert plugin.execute({"do": "child"})[1]["outputs"] == {"result": -15}


def test_a_child_is_not_ended_by_a_python_home_of_the_host(start: Start) -> None:
    plugin = start("careless.py", PYTHONHOME="/nowhere", PYTHONPATH="/nowhere")
    assert plugin.execute({"do": "python"})[1]["outputs"] == {"result": 0}


def test_a_default_is_not_shared_between_executions(start: Start) -> None:
    changed = [
        {**definition, "default": []} if definition["name"] == "names" else definition
        for definition in MANIFEST["inputDefinitions"]
    ]
    plugin = start("careless.py", {"inputDefinitions": changed})
    for _ in range(3):
        answer = plugin.execute({"do": "change the default"})[1]
        assert answer["outputs"]["result"] == ["again"]


def test_a_handler_of_the_plugins_for_sigterm(start: Start) -> None:
    plugin = start("careless.py", AT_IMPORT="ignore SIGTERM")
    still_works(plugin)
    plugin.terminate()
    assert plugin.wait() < SOON


def test_a_signal_that_does_not_interrupt_the_wait_ends_it(start: Start) -> None:
    plugin = start("careless.py", AT_IMPORT="signals elsewhere")
    still_works(plugin)
    time.sleep(0.1)  # by now it waits for whatever comes next
    plugin.terminate()
    assert plugin.wait() < SOON
    assert plugin.process.returncode == 0


def test_sigterm_during_a_slow_import(start: Start) -> None:
    plugin = start("careless.py", AT_IMPORT="slow")
    plugin.wait_for_line(lambda line: line["message"] == "importing")
    plugin.terminate()
    assert plugin.wait() < SOON
    assert plugin.process.returncode == 0


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_who_is_cut_off_at_the_end_is_told(start: Start) -> None:
    plugin = start("careless.py", PLUGIN_TIMEOUT_MS="60000", PLUGIN_DRAIN_SECONDS="1")
    wait = in_background(lambda: plugin.execute({"do": "sleep", "seconds": 60}))
    plugin.wait_for_line(lambda line: line["message"] == "sleeping")
    plugin.terminate()
    status, answer = wait()
    assert status == 503
    assert "stopped" in answer["error"]
    assert plugin.wait() < SOON


def told(plugin: PluginProcess, *answers: Any) -> str:
    return plugin.log + str(answers)


@pytest.mark.typescript_too
@pytest.mark.go_too
@pytest.mark.parametrize(
    "secret",
    [
        "-----BEGIN KEY-----\nAAAA-secret-line\n-----END KEY-----",
        "tok_abcdefgh\n",
        "bearer tok_abcdefgh",
    ],
)
def test_secrets_of_several_lines_or_with_a_line_end(start: Start, secret: str) -> None:
    plugin = start("careless.py", TLS_KEY=secret)
    answer = plugin.execute({"do": "environment", "value": "TLS_KEY"})
    assert "secret-line" not in told(plugin, answer)
    assert "tok_abcdefgh" not in told(plugin, answer)


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_the_envelope_of_a_secret_is_no_secret(start: Start) -> None:
    plugin = start("careless.py")
    envelope = {"inputName": "password", "value": CANARY, "valueType": "string", "args": {}}
    sent = f"password {CANARY}"
    answer = plugin.execute({"do": "return value", "value": sent, "password": envelope})[1]
    assert answer["outputs"]["result"] == "password [redacted]"


@pytest.mark.typescript_too
@pytest.mark.go_too
@pytest.mark.parametrize("safe", ["", "/"])
def test_every_character_of_a_secret_in_a_url(start: Start, safe: str) -> None:
    secret = "".join(map(chr, range(33, 127))) + "\u00e4\u20ac\U0001f600"
    given = {"do": "return value", "value": quote(secret, safe=safe), "password": secret}
    answer = start("careless.py").execute(given)[1]
    assert answer["outputs"]["result"] == "[redacted]"


def test_async_prints_do_not_mix(start: Start) -> None:
    plugin = start("careless.py")
    waiting = [
        in_background(
            partial(
                plugin.execute,
                {"do": "slowly", "value": name, "seconds": 0.5},
                {"trace_id": name},
            )
        )
        for name in ("first", "second")
    ]
    for wait in waiting:
        assert wait()[0] == 200
    printed = [line for line in plugin.lines if line["logger"] == "stdout"]
    assert sorted((line["trace_id"], line["message"]) for line in printed) == [
        ("first", "first end"),
        ("second", "second end"),
    ]


@pytest.mark.typescript_too
@pytest.mark.go_too
@pytest.mark.parametrize(
    "head",
    [
        b"GET /health HTTP/1.1\r\nTransfer-Encoding: a" + b" " * 50_000 + b"b",
        b"GET a://" + b"1" * 50_000 + b" X",
        b"GET http://[ HTTP/1.1",
        b"GET / HTTP/1.1\r\nContent-Length: " + b"9" * 5000,
    ],
    ids=["spaces in a header", "long address", "broken address", "long length"],
)
def test_a_header_that_takes_long_to_read(running: Start, head: bytes) -> None:
    plugin = running("careless.py")
    quick(plugin)
    started = time.monotonic()
    assert plugin.raw(head + b"\r\n\r\n").split(b" ")[1] == b"400"
    assert time.monotonic() - started < SOON
    quick(plugin)


@pytest.mark.typescript_too
@pytest.mark.go_too
@pytest.mark.parametrize("more", [b"", b"Content-Length: 0\r\n", b"Content-Length: 99999999\r\n"])
def test_expect_without_a_body_to_wait_for(running: Start, more: bytes) -> None:
    request = b"GET /health HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n" + more + b"\r\n"
    answer = running("careless.py").raw(request)
    assert answer.split(b" ")[1] == (b"413" if b"9" in more else b"200"), answer


@pytest.mark.go_too
def test_a_double_slash_is_one(running: Start) -> None:
    plugin = running("careless.py")
    body = b'{"inputs": {"do": "return value"}}'
    status, _, _ = plugin.request("POST", "//execute", body, Content_Type="application/json")
    assert status == 200


def test_a_client_that_is_gone_at_the_deadline(start: Start) -> None:
    plugin = start("careless.py", PLUGIN_TIMEOUT_MS="1500", PLUGIN_REQUEST_SECONDS="1")
    body = b'{"inputs": {"do": "sleep", "seconds": 3}}'
    head = b"POST /execute HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body)
    for rest in (b"", b"GET /hea"):
        connection = plugin.connect()
        connection.sendall(head + body + rest)
        until(lambda: plugin.metric("plugin_executions_in_flight") >= 1)
        if not rest:
            connection.close()
        until(lambda: plugin.metric("plugin_executions_stuck") >= 1)
        until(lambda: plugin.metric("plugin_executions_in_flight") == 0)
        connection.close()
    quick(plugin)


def test_a_client_that_does_not_read(start: Start) -> None:
    plugin = start("careless.py", PLUGIN_MAX_OUTPUT_BYTES="4194304", PLUGIN_IDLE_SECONDS="2")
    body = b'{"inputs": {"do": "large", "seconds": 4000000}}'
    head = b"POST /execute HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body)
    page = b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"
    with plugin.connect() as connection:
        connection.sendall((head + body) * 2 + page * 300)
        until(lambda: plugin.metric('plugin_executions_total{outcome="success"}') >= 1)
        for _ in range(20):
            quick(plugin)
        # It is cut off once it has read nothing for the time that a connection may be idle.
        until(lambda: plugin.open_files() < 12, seconds=15)
    plugin.terminate()
    assert plugin.wait() < SOON


def test_more_executions_than_connections(start: Start) -> None:
    environ = {"PLUGIN_MAX_CONNECTIONS": "8", "PLUGIN_CONCURRENCY": "90"}
    plugin = start("careless.py", PLUGIN_TIMEOUT_MS="20000", **environ)
    waiting = []
    for number in range(5, 86, 5):
        waiting += [
            in_background(lambda: plugin.execute({"do": "sleep", "seconds": 6})) for _ in range(5)
        ]
        until(partial(in_flight, plugin, number))
    quick(plugin)
    assert {wait()[0] for wait in waiting} == {200}


def in_flight(plugin: PluginProcess, number: int) -> bool:
    return plugin.metric("plugin_executions_in_flight") == number
