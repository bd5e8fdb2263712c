"""Executions that fail: a status outside 2xx, one sentence, and a server that lives on."""

from __future__ import annotations

import subprocess

import pytest

from tests.support.servers import Start


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({"do": "something else"}, "unknown: something else"),
        ({"do": "raise", "value": "too long"}, "ValueError: too long"),
        ({"do": "raise unprintable"}, "Unprintable"),
        ({"do": "exit", "value": 0}, "SystemExit"),
        ({"do": "interrupt"}, "KeyboardInterrupt"),
        ({"do": "return raw", "value": None}, "returned null"),
        ({"do": "return raw", "value": {"result": 1}}, "with the keys ['result']"),
        ({"do": "return raw", "value": {"success": "yes"}}, "but 'success' is string"),
        ({"do": "return raw", "value": {"success": False}}, "without a reason"),
        ({"do": "return raw", "value": {"success": True}}, "'outputs' must be an object"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_the_plugin_did_is_reported(
    running: Start, inputs: dict[str, object], words: str
) -> None:
    plugin = running()
    status, answer = plugin.execute(inputs)
    assert status == 500
    assert answer["success"] is False
    assert words in answer["error"]
    assert words.split(":")[0] in plugin.log
    assert plugin.execute({"do": "return value"})[0] == 200


@pytest.mark.parametrize(
    ("outputs", "problem"),
    [
        ({}, "Output 'result' (any) is missing."),
        ({"result": 1, "count": "1"}, "Output 'count' must be of type number, but is string."),
        ({"result": 1, "total": 1}, "Output 'total' is not declared"),
    ],
)
def test_outputs_that_do_not_match_the_manifest(
    running: Start, outputs: dict[str, object], problem: str
) -> None:
    plugin = running()
    raw = {"success": True, "outputs": outputs}
    status, answer = plugin.execute({"do": "return raw", "value": raw})
    assert status == 500
    assert len(answer["errors"]) == 1
    assert problem in answer["errors"][0]
    assert problem in plugin.log


def test_an_output_that_is_not_required_may_be_absent_or_null(running: Start) -> None:
    plugin = running()
    for outputs, sent in (
        ({"result": 1}, {"result": 1}),
        ({"result": 1, "count": None}, {"result": 1}),
        ({"result": None, "count": 1.5}, {"result": None, "count": 1.5}),
    ):
        raw = {"success": True, "outputs": outputs}
        status, answer = plugin.execute({"do": "return raw", "value": raw})
        assert (status, answer) == (200, {"success": True, "outputs": sent})


@pytest.mark.parametrize("kind", ["bytes", "nan", "surrogate", "loop"])
def test_a_value_that_json_cannot_carry(running: Start, kind: str) -> None:
    plugin = running()
    status, answer = plugin.execute({"do": f"return {kind}"})
    assert status == 500
    assert "Output 'result'" in answer["errors"][0]
    assert "Output 'result'" in plugin.log


def test_a_tuple_is_an_array(running: Start) -> None:
    assert running().execute({"do": "return tuple"})[1]["outputs"] == {"result": [1, 2]}


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_an_answer_that_is_too_large(start: Start) -> None:
    plugin = start(PLUGIN_MAX_OUTPUT_BYTES="100000")
    assert plugin.execute({"do": "return large", "seconds": 90_000})[0] == 200
    status, answer = plugin.execute({"do": "return large", "seconds": 100_000})
    assert status == 500
    assert "PLUGIN_MAX_OUTPUT_BYTES allows 100000" in answer["error"]


def test_a_plugin_that_cannot_be_imported_says_so(start: Start) -> None:
    plugin = start("broken_import.py")
    status, health = plugin.get("/health")
    assert (status, health["status"]) == (503, "failed")
    assert "package_that_is_not_installed" in health["error"]
    assert plugin.get("/health/live")[0] == 200
    status, answer = plugin.execute({"do": "return value"})
    assert status == 503
    assert "package_that_is_not_installed" in answer["error"]


@pytest.mark.parametrize(
    ("logic", "environ", "reason"),
    [
        ("broken_import.py", {}, "package_that_is_not_installed"),
        ("slow_setup.py", {"SETUP_SECONDS": "0", "SETUP_FAILS": "1"}, "setup() failed"),
        (
            "slow_setup.py",
            {"SETUP_SECONDS": "600", "PLUGIN_START_SECONDS": "1"},
            "its setup() did not finish within 1 s (PLUGIN_START_SECONDS)",
        ),
        (
            "slow_import.py",
            {"PLUGIN_START_SECONDS": "1"},
            "its import of plugin_logic.py did not finish within 1 s (PLUGIN_START_SECONDS)",
        ),
    ],
)
def test_a_plugin_that_does_not_get_ready_ends_with_the_reason(
    start: Start, logic: str, environ: dict[str, str], reason: str
) -> None:
    plugin = start(logic, **environ)
    plugin.wait(120)
    assert plugin.process.returncode == 1
    last = plugin.lines[-1]
    assert last["level"] == "CRITICAL"
    assert "the process ends, because the plugin is not ready" in last["message"]
    assert reason in last["message"]


def test_a_plugin_that_gets_ready_in_time_stays(start: Start) -> None:
    plugin = start("slow_setup.py", SETUP_SECONDS="1.2", PLUGIN_START_SECONDS="2")
    plugin.wait_for_line(lambda line: "setup() took" in line["message"])
    with pytest.raises(subprocess.TimeoutExpired):
        plugin.wait(2)
    assert plugin.execute({"do": "x"})[0] == 200


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_an_empty_setting_is_not_set(start: Start) -> None:
    names = ("PLUGIN_CONCURRENCY", "PLUGIN_LOG_LEVEL", "PLUGIN_HOST", "PLUGIN_STRICT_INPUTS")
    plugin = start(**dict.fromkeys(names, ""))
    assert plugin.execute({"do": "return value"})[0] == 200


@pytest.mark.typescript_too
@pytest.mark.go_too
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PLUGIN_CONCURRENCY", "0"),
        ("PLUGIN_CONCURRENCY", "many"),
        ("PLUGIN_TIMEOUT_MS", "1.5"),
        ("PLUGIN_LOG_LEVEL", "LOUD"),
    ],
)
def test_a_wrong_setting_ends_the_start_with_its_name(start: Start, name: str, value: str) -> None:
    plugin = start(**{name: value})
    plugin.wait()
    assert plugin.process.returncode == 2
    (line,) = plugin.lines
    assert name in line["message"]
    assert repr(value) in line["message"]


@pytest.mark.parametrize("port", ["eighty", "70000", "-1"])
def test_a_wrong_port_ends_the_start_with_its_name(start: Start, port: str) -> None:
    plugin = start(PLUGIN_PORT=port)
    plugin.wait()
    assert plugin.process.returncode == 2
    assert f"PLUGIN_PORT='{port}'" in plugin.log
    assert "Traceback" not in plugin.log
