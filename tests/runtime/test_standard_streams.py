"""`sys.stdout`, `logging` and `json` as authors use them, and logs as people read them."""

from __future__ import annotations

import re

import pytest

from tests.runtime.runtime_modules import runtime_module
from tests.support.plugin_process import free_port
from tests.support.servers import Start


def test_what_libraries_do_with_the_streams(start: Start) -> None:
    plugin = start("careless.py")
    status, answer = plugin.execute({"do": "streams"})
    assert status == 200, answer
    assert answer["outputs"]["result"] == {
        "name": "<stdout>",
        "buffer name": "<stdout>",
        "encoding": "utf-8",
        "errors": "backslashreplace",
        "line_buffering": True,
        "write_through": False,
        "mode": "w",
        "isatty": False,
        "numbers": [1, 1, 2],
        "closed": False,
        "writable": True,
        "readable": False,
    }
    for name in ("stdout", "stderr"):
        printed = [line["message"] for line in plugin.lines if line["logger"] == name]
        assert printed == ["wrapped", "detached", "raw", "two pieces", "still here"]


def test_an_authors_format_names_the_line_of_code(start: Start) -> None:
    plugin = start("careless.py", AT_IMPORT="format")
    assert plugin.execute({"do": "formatted"})[0] == 200
    messages = [line["message"] for line in plugin.lines if line["logger"] == "stderr"]
    assert re.fullmatch(r"plugin_logic\.py:\d+ execute_plugin here", messages[0])
    (line,) = [line for line in plugin.lines if line["logger"] == "formatted"]
    assert "in execute_plugin" in line["stack"]


@pytest.mark.parametrize(
    ("inputs", "status"),
    [({"do": "raise", "value": "broken"}, 500), ({}, 422), ({"do": "sleep", "seconds": 5}, 504)],
)
def test_an_error_is_one_line_that_the_answers_trace_id_finds(
    start: Start, inputs: dict[str, object], status: int
) -> None:
    plugin = start()
    found, answer = plugin.execute(inputs)
    assert found == status
    lines = [line for line in plugin.lines if line.get("trace_id") == answer["trace_id"]]
    (line,) = [line for line in lines if line["level"] == "ERROR"]
    assert (line["error"], line["status"]) == (answer["error"], status)
    assert ("exception" in line) == (status == 500)


def test_the_trace_id_of_an_answer_is_the_callers(start: Start) -> None:
    plugin = start()
    _, answer = plugin.execute({"do": "raise"}, {"trace_id": "t-1"})
    assert answer["trace_id"] == "t-1"
    assert len(plugin.post(b"{")[1]["trace_id"]) == 32


def test_logs_for_people(start: Start) -> None:
    environ = {"PLUGIN_ENV": "development", "PLUGIN_PORT": free_port()}
    plugin = start(**environ, SOME_TOKEN="environment-secret")
    plugin.execute({"do": "raise", "value": "environment-secret"}, {"trace_id": "t-1"})
    lines = plugin.log.splitlines()
    assert re.fullmatch(r"[\d:.]{12} INFO     plugin: listening on .*", lines[0]), lines[0]
    (line,) = [line for line in lines if "ERROR" in line]
    assert re.match(r"[\d:.]{12} ERROR    plugin: failed in .* trace_id=t-1  outcome=failed", line)
    assert "error=ValueError: [redacted]" in line
    assert lines[-1] == "ValueError: [redacted]"  # of the traceback


@pytest.mark.parametrize("how", ["own json", "broken json"])
def test_a_plugin_that_replaces_json(start: Start, how: str) -> None:
    plugin = start("careless.py", AT_IMPORT=how)
    assert plugin.execute({"do": "say", "value": "x"})[0] == 200
    assert plugin.execute({})[0] == 422
    assert plugin.get("/health")[0] == 200


def test_a_request_ends_when_no_answer_can_be_made(start: Start) -> None:
    plugin = start("careless.py", AT_IMPORT="broken failures")
    assert plugin.execute({"do": "say", "value": "x"})[0] == 200
    for _ in range(5):  # more than there are slots
        status, answer = plugin.execute({})
        assert (status, answer["success"]) == (500, False)
    assert plugin.get("/nowhere")[0] == 500


def test_sys_exit_at_import_is_a_reason(start: Start) -> None:
    plugin = start("careless.py", AT_IMPORT="exit")
    status, answer = plugin.execute({"do": "say"})
    assert status == 503
    assert "SystemExit: no licence" in answer["error"]


def test_sys_exit_at_import_is_a_warning_in_the_build(start: Start) -> None:
    plugin = start("careless.py", AT_IMPORT="exit", arguments=["--compile"])
    plugin.wait()
    assert plugin.process.returncode == 0
    (line,) = plugin.lines
    assert line["level"] == "WARNING"
    assert "SystemExit: no licence" in line["message"]


@pytest.mark.parametrize("secret", ["token-4711-0815", "aaaaaaab", "abababac"])
def test_a_secret_is_found_wherever_its_line_is_cut(secret: str) -> None:
    stdio, secrets = runtime_module("stdio"), runtime_module("redaction").Secrets([secret])
    for cut in range(len(secret) + 1):
        logged: list[str] = []
        stream = stdio.StandardStream("stdout", 1, logged.append, secrets.begun_in)
        before = "x" * (stdio.LONGEST_LINE + 1 - cut)
        whole = f"{before}{secret}y"
        stream.write(whole[: stdio.LONGEST_LINE + 1])
        stream.write(whole[stdio.LONGEST_LINE + 1 :] + "\n")
        assert "".join(logged) == whole, cut
        assert sum(line.count(secret) for line in logged) == 1, cut
        assert len(logged) == 2, cut
