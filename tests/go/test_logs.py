"""What a Go plugin prints and logs: order, trace ids, secrets."""

from __future__ import annotations

from pathlib import Path

from tests.support.servers import Start
from tests.support.steps import busy, until


def test_whatever_is_printed_or_logged_keeps_its_order_and_has_the_trace_id(start: Start) -> None:
    plugin = start()
    plugin.execute({"do": "print", "value": "a value"}, {"trace_id": "t-7"})
    said = [
        (line["logger"], line["level"], line["message"])
        for line in plugin.lines
        if line.get("trace_id") == "t-7" and line["logger"] not in ("plugin", "stderr")
    ]
    assert said == [
        ("stdout", "INFO", "a value"),
        ("slog", "WARNING", "logged a value"),
        ("log", "INFO", "by log a value"),
        ("stdout", "INFO", "without a line end"),
    ]
    (warning,) = [line for line in plugin.lines if line["logger"] == "slog"]
    assert (warning["colour"], warning["more.deep"]) == ("red", 1)
    (error,) = [line for line in plugin.lines if line["logger"] == "stderr"]
    assert (error["level"], error["message"], error["trace_id"]) == ("WARNING", "to stderr", "t-7")


def test_a_print_has_no_trace_id_where_two_could_have_printed_it(
    start: Start, tmp_path: Path
) -> None:
    go_on = tmp_path / "go on"
    plugin = start(PLUGIN_TIMEOUT_MS="600000")
    waiting = busy(plugin, 1, do="wait for a file", value=str(go_on))
    plugin.execute({"do": "print", "value": "whose?"}, {"trace_id": "t-8"})
    line = plugin.wait_for_line(lambda line: line["message"] == "whose?")
    assert "trace_id" not in line
    logged = plugin.wait_for_line(lambda line: line["message"] == "logged whose?")
    assert logged["trace_id"] == "t-8", "slog knows it from the context"
    go_on.touch()
    assert waiting[0]()[0] == 200


def test_a_secret_is_redacted_in_a_line_of_no_known_execution(start: Start, tmp_path: Path) -> None:
    go_on = tmp_path / "go on"
    plugin = start(PLUGIN_TIMEOUT_MS="600000")
    waiting = busy(plugin, 1, do="wait for a file", value=str(go_on))
    plugin.execute({"do": "print", "value": "8-15-4711-x", "password": "8-15-4711-x"})
    until(lambda: "by log [redacted]" in plugin.log)
    go_on.touch()
    assert waiting[0]()[0] == 200
    assert "8-15-4711-x" not in plugin.log


def test_a_secret_of_the_header_is_hidden_in_what_is_printed(start: Start) -> None:
    plugin = start()
    body = b'{"inputs": {"do": "print", "value": "abcdefgh12345"}}'
    assert plugin.post(body, Authorization="Bearer abcdefgh12345")[0] == 200
    until(lambda: "by log [redacted]" in plugin.log)
    assert "abcdefgh12345" not in plugin.log


def test_what_a_child_process_prints_is_logged(start: Start) -> None:
    plugin = start()
    assert plugin.execute({"do": "child"})[1]["outputs"] == {"result": "<nil>"}
    assert plugin.wait_for_line(lambda line: line["message"] == "said by a child")
