"""A Python plugin of the host behind the adapter: as its own executor runs it, and no less."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.plugin_process import PluginProcess
from tests.support.servers import Start

TOKEN = "canary-token-0123456789"
DESCRIBED = {"success": True, "name": "result", "resultType": "string", "resultDescription": "it"}


def odd(start: Start, **environ: str) -> PluginProcess:
    return start("host_plugin.py", **environ)


def ended(number: int) -> bool:
    """Whether a process has ended; one that nobody has waited for yet counts too (Linux)."""
    try:
        return Path(f"/proc/{number}/stat").read_text("ascii").rpartition(") ")[2][0] == "Z"
    except (FileNotFoundError, ProcessLookupError):  # the second: it ended while it was read
        return True


def test_it_gets_what_the_hosts_executor_writes(start: Start) -> None:
    plugin = odd(start)
    given: dict[str, Any] = {
        "do": "pairs",
        "value": 5,
        "settings": '{"a": 1}',
        "flag": {"value": True, "args": {"unit": "km"}},
        "missionId": "m-1",
        "older": {"inputName": "older", "value": 2, "valueType": "number", "args": {"x": 1}},
        "__auth_token": TOKEN,
    }
    status, answer = plugin.execute(given)
    assert status == 200
    assert answer["outputs"]["result"] == [
        [name, {"inputName": name, "value": value, "valueType": kind, "args": args}]
        for name, value, kind, args in (
            ("do", "pairs", "string", {}),
            ("value", 5, "any", {}),
            ("seconds", 0, "number", {}),
            ("payload", {"a": 1}, "object", {}),
            ("flag", True, "boolean", {"unit": "km"}),
            ("missionId", "m-1", "string", {}),
            ("older", 2, "number", {"x": 1}),
            ("__auth_token", "[redacted]", "string", {"token": "[redacted]"}),
        )
    ]
    status, answer = plugin.execute({"do": "environment"})
    folder, argv, environment = answer["outputs"]["result"]
    assert argv == [f"{folder}/odd.py", folder]
    assert environment == [folder, "1", "[]"]


def test_logs_around_the_answer_are_logged_without_secrets(start: Start) -> None:
    plugin = odd(start)
    given = {"do": "logs", "__auth_token": TOKEN}
    status, answer = plugin.execute(given, {"trace_id": "trace-1"})
    assert (status, answer["outputs"]) == (200, {"result": "between"})
    plugin.wait_for_line(lambda line: line["message"] == "done")
    told = [line for line in plugin.lines if line.get("trace_id") == "trace-1"]
    messages = [line["message"] for line in told]
    for wanted in ("starting", "Bearer [redacted]", "done"):
        assert wanted in messages
    assert any("a line that is JSON" in message for message in messages)
    assert TOKEN not in plugin.log


EXITED = "The wrapped program exited with status"
PRINTED = "The wrapped program printed"


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"do": "exit", "value": 3}, f"{EXITED} 3: a reason"),
        ({"do": "exit with an answer"}, f"{EXITED} 1: no such order"),
        ({"do": "raise", "value": "bad"}, f"{EXITED} 1: ValueError: bad"),
        ({"do": "raise", "value": "two\n\n    lines"}, f"{EXITED} 1: ValueError: two lines"),
        ({"do": "die"}, "The wrapped program was ended by SIGKILL, perhaps for using more memory"),
        ({"do": "text", "value": "Done!"}, f"{PRINTED} not JSON, but 'Done!'"),
        ({"do": "text", "value": ""}, f"{PRINTED} nothing; expected a list such as"),
        ({"do": "raw", "value": {"success": False, "error": "no stock"}}, "no stock"),
    ],
)
def test_failures_are_reported_in_its_own_words(
    running: Start, given: dict[str, Any], error: str
) -> None:
    status, answer = running("host_plugin.py").execute(given)
    assert status == 500
    assert answer["error"].startswith(error)


def test_a_byte_order_mark_is_no_part_of_the_answer(start: Start) -> None:
    text = '\ufeff[{"success": true, "name": "result", "result": "read"}]'
    status, answer = odd(start).execute({"do": "text", "value": text})
    assert (status, answer["outputs"]) == (200, {"result": "read"})


def test_the_deadline_ends_the_program_and_its_children(start: Start, tmp_path: Path) -> None:
    plugin = odd(start, PLUGIN_CONCURRENCY="1")
    pids = tmp_path / "pids"
    status, answer = plugin.execute({"do": "sleep", "value": str(pids)})
    assert (status, answer["success"]) == (504, False)
    numbers = [int(text) for text in pids.read_text().split()]
    assert len(numbers) == 2
    until = time.monotonic() + 30
    while not all(map(ended, numbers)):
        assert time.monotonic() < until, numbers
        time.sleep(0.05)
    # its slot is free again
    while (found := plugin.execute({"do": "pairs"}))[0] == 429:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert found[0] == 200


def test_the_kernel_ends_it_before_the_server_when_memory_is_short(start: Start) -> None:
    status, answer = odd(start).execute({"do": "oom"})
    assert (status, answer["outputs"]) == (200, {"result": "1000"})


def test_its_output_is_bounded(start: Start) -> None:
    plugin = odd(start, PLUGIN_MAX_OUTPUT_BYTES="1000000", PLUGIN_TIMEOUT_MS="60000")
    status, answer = plugin.execute({"do": "flood"})
    assert status == 500
    assert answer["error"] == "The wrapped program printed more than 1000000 bytes."


def test_a_program_that_does_not_read_its_inputs_gets_large_ones_all_the_same(
    start: Start,
) -> None:
    plugin = odd(start, ODD_DEAF="1")
    status, answer = plugin.execute({"do": "x", "availablePlugins": "y" * 1_000_000})
    assert (status, answer["outputs"]) == (200, {"result": "deaf"})


def test_the_deadline_ends_a_program_that_never_reads_large_inputs(start: Start) -> None:
    plugin = odd(start, ODD_DEAF="asleep", PLUGIN_CONCURRENCY="1", PLUGIN_TIMEOUT_MS="500")
    given = {"do": "x", "availablePlugins": "y" * 1_000_000}
    assert plugin.execute(given)[0] == 504
    until = time.monotonic() + 30
    while plugin.execute({"do": "x"})[0] == 429:
        assert time.monotonic() < until, "its slot stays taken"
        time.sleep(0.05)


def test_outputs_that_are_not_declared_are_sent_and_named_in_the_log(start: Start) -> None:
    plugin = odd(start)
    answer = [{**DESCRIBED, "name": "extra", "result": [1]}, {**DESCRIBED, "result": "r"}]
    status, found = plugin.execute({"do": "raw", "value": answer})
    assert status == 200
    assert list(found["outputs"].items()) == [("extra", [1]), ("result", "r")]
    line = plugin.wait_for_line(lambda line: "extra" in line["message"])
    assert line["level"] == "WARNING"
    assert "not declared in outputDefinitions" in line["message"]
    status, found = plugin.execute({"do": "raw", "value": [{**DESCRIBED, "name": "count",
                                                            "result": "many"}]})  # fmt: skip
    assert (status, found["outputs"]) == (200, {"count": "many"})
    line = plugin.wait_for_line(lambda line: "'count'" in line["message"])
    assert "must be of type number" in line["message"]


@pytest.mark.parametrize(
    ("function", "given", "expected"),
    [
        ("one", {"do": "a", "value": 2}, {"result": {"do": "a", "value": 2, "seconds": 0}}),
        ("several", {"do": "a", "action": "go", "kwargs": {"k": 1}},
         {"result": ["go", 7, {"k": 1}]}),
        ("several", {"do": "a", "settings": {"p": 1}}, {"result": [None, {"p": 1}, {}]}),
        ("waiting", {"do": "that"}, "not that"),
    ],
)  # fmt: skip
def test_a_function_is_called_where_the_program_reads_no_inputs(
    start: Start, function: str, given: dict[str, Any], expected: Any
) -> None:
    manifest = {
        "inputDefinitions": [
            {"name": "do", "type": "string", "required": True},
            {"name": "value", "type": "any"},
            {"name": "seconds", "type": "number", "defaultValue": 0},
            {"name": "settings", "type": "object"},
        ]
    }
    plugin = start("host_plugin.py", manifest, MAIN="functions.py", FUNCTION=function)
    status, answer = plugin.execute(given)
    assert answer.get("outputs", answer.get("error")) == expected, answer
    assert status == (200 if isinstance(expected, dict) else 500)


def test_the_build_compiles_what_it_imports_and_fails_for_what_is_missing(start: Start) -> None:
    plugin = start("host_plugin.py", arguments=["--compile"])
    plugin.wait()
    assert plugin.process.returncode == 0, plugin.log
    folder = plugin.log_file.parent / "wrapped"
    (folder / "helper.py").write_text("import no_such_package\n")
    (folder / "odd.py").write_text("import helper\n")
    again = PluginProcess(plugin.log_file.parent, {}, arguments=["--compile"])
    again.wait()
    assert again.process.returncode == 1
    assert "odd.py: ModuleNotFoundError: No module named 'no_such_package'" in again.log
    assert "to requirements.in, run make lock, then run make build" in again.log
    (folder / "helper.py").write_text("def broken(:\n")
    again = PluginProcess(plugin.log_file.parent, {}, arguments=["--compile"])
    again.wait()
    assert again.process.returncode == 1
    assert "odd.py: SyntaxError: invalid syntax" in again.log
    (folder / "helper.py").write_text("VALUE = 1\n")
    PluginProcess(plugin.log_file.parent, {}, arguments=["--compile"]).wait()
    assert list((folder / "__pycache__").glob("helper.*.pyc"))


def test_the_checks_of_other_plugins_stay(start: Start) -> None:
    """Only a result that says so itself goes unchecked."""
    plugin = start()
    raw = {"success": True, "outputs": {"result": 1, "extra": 2}, "unchecked": "yes"}
    assert plugin.execute({"do": "return raw", "value": raw})[0] == 500
    status, answer = plugin.execute({"do": "return raw", "value": {**raw, "unchecked": True}})
    assert (status, answer["outputs"]) == (200, {"result": 1, "extra": 2})
