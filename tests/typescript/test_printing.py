"""What a TypeScript plugin prints: whose line it is, in which pieces, and without secrets."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator

import pytest

from tests.support import node
from tests.support.plugin_process import PluginProcess, write_manifest

SECRET = 'a "quoted"\\secret €0123456789'
LONG = 10_000_000
MOST_MEMORY = 400 * 1024 * 1024  # in bytes; a line of 10 MB is 20 MB in JavaScript where it has a €


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PluginProcess]:
    """One thread, so that executions follow each other on it."""
    folder = tmp_path_factory.mktemp("printing")
    shutil.copy(node.SOURCES / "server.cts", folder)
    shutil.copytree(node.SOURCES / "plugin_runtime", folder / "plugin_runtime")
    shutil.copy(node.TESTS / "printing.ts", folder / "plugin_logic.ts")
    (folder / "package.json").write_text('{"type": "module"}', "utf-8")
    write_manifest(folder, {"api": {"endpoint": "/execute", "method": "POST", "timeout": 60_000}})
    command = [node.node(), str(folder / "server.cts")]
    process = PluginProcess(folder, {"PLUGIN_CONCURRENCY": "1"}, command=command)
    yield process
    process.kill()


def printed(server: PluginProcess, what: str) -> list[tuple[str, str, str]]:
    """Level, logger and message of each line that an execution has printed."""
    server.begin_log()
    server.execute({"do": what, "password": SECRET}, {"trace_id": what})
    server.wait_for_line(lambda line: "outcome" in line)
    assert SECRET not in server.log
    assert json.dumps(SECRET, ensure_ascii=False)[1:-1] not in server.log
    assert {line["trace_id"] for line in server.lines} == {what}
    return [
        (line["level"], line["logger"], line["message"])
        for line in server.lines
        if line["logger"] != "plugin"
    ]


@pytest.mark.parametrize(
    ("what", "lines"),
    [
        ("two writes", [("INFO", "stdout", "<[redacted]>")]),
        ("a write and console.log", [("INFO", "console", "<[redacted]>")]),
        ("a write and console.error", [("ERROR", "console", "<[redacted]>")]),
        ("arguments of console.log", [("INFO", "console", "<[redacted]>")]),
        ("single bytes", [("INFO", "stdout", "<ö€😀 [redacted]>")]),
        ("an end", [("INFO", "stdout", "<[redacted]>")]),
        ("hexadecimal", [("INFO", "stdout", "<[redacted]>")]),
        (
            "no text",
            [
                ("INFO", "stdout", "a\0b\x1b[31m"),
                ("INFO", "stdout", "\ufffd\ufffd"),
                ("INFO", "console", "\ufffd\ud800"),
            ],
        ),
    ],
)
def test_what_is_printed_in_pieces_is_one_line(
    server: PluginProcess, what: str, lines: list[tuple[str, str, str]]
) -> None:
    assert printed(server, what) == lines


@pytest.mark.parametrize("what", ["JSON", "an object", "a warning", "an error", "throw"])
def test_a_secret_inside_of_what_is_shown_is_redacted(server: PluginProcess, what: str) -> None:
    lines = printed(server, what)
    assert "[redacted]" in server.log
    assert len(lines) == (what != "throw")


@pytest.mark.parametrize("what", ["a long line", "a long write", "two long writes"])
def test_ten_megabytes_are_logged_in_little_memory(server: PluginProcess, what: str) -> None:
    messages = [message for _, _, message in printed(server, what)]
    assert sum(message.count("x") for message in messages) == LONG
    assert len(messages) == (2 if what == "two long writes" else 1)
    assert server.metric("plugin_log_lines_dropped_total") == 0
    assert server.memory() < MOST_MEMORY


def test_what_is_printed_later_belongs_to_the_execution_that_started_it(
    server: PluginProcess,
) -> None:
    printed(server, "print later")
    _, answer = server.execute({"do": "go on"}, {"trace_id": "another"})
    assert answer["success"]
    lines = [
        (line["message"], line["trace_id"]) for line in server.lines if line["logger"] != "plugin"
    ]
    assert lines == [
        ("begun ", "another"),
        ("<[redacted]>", "print later"),
        ("and more", "print later"),
        ("ended", "another"),
    ]


def test_what_is_thrown_later_shows_the_next_execution_no_secret(server: PluginProcess) -> None:
    printed(server, "throw later")
    status, answer = server.execute({"do": "go on"}, {"trace_id": "another"})
    assert (status, answer["error"]) == (500, "Error: <[redacted]>")
    server.wait_for_line(lambda line: "exception" in line)
    assert SECRET not in server.log
