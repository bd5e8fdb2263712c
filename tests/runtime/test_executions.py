"""Slots, deadlines, health beside them, and the end of the process."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path

import pytest

from tests.support.plugin_process import SOON, free_port
from tests.support.servers import Start
from tests.support.steps import answer_on, busy, in_background, until

OUTCOMES = ("success", "timeout")


def test_executions_run_side_by_side(start: Start) -> None:
    plugin = start(PLUGIN_TIMEOUT_MS="20000")
    meeting = {"do": "meet", "seconds": 10}
    waiting = [in_background(lambda: plugin.execute(meeting)) for _ in range(4)]
    assert [wait()[0] for wait in waiting] == [200] * 4


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_beyond_the_slots_the_answer_is_429_at_once(start: Start, tmp_path: Path) -> None:
    go_on = tmp_path / "go on"
    plugin = start(PLUGIN_CONCURRENCY="2", PLUGIN_TIMEOUT_MS="600000")
    waiting = busy(plugin, 2, do="wait for a file", value=str(go_on))
    status, headers, answer = plugin.request(
        "POST", "/execute", b'{"inputs": {}}', Content_Type="application/json"
    )
    assert status == 429
    assert plugin.metric("plugin_executions_in_flight") == 2
    assert headers["retry-after"] == "1"
    assert "2 execution slots" in answer["error"]
    go_on.touch()
    assert [wait()[0] for wait in waiting] == [200, 200]
    assert plugin.metric('plugin_executions_total{outcome="busy"}') == 1


@pytest.mark.go_too
@pytest.mark.parametrize("slots", ["1", "4"])
def test_calls_one_after_another_never_meet_a_429(start: Start, slots: str) -> None:
    plugin = start(PLUGIN_CONCURRENCY=slots)
    body = b'{"inputs": {"do": "return value"}}'
    request = b"POST /execute HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s" % (
        len(body),
        body,
    )
    with plugin.connect() as connection:
        for _ in range(10_000):
            connection.sendall(request)
            answer = connection.recv(4096)
            while not answer.endswith(b"}"):
                answer += connection.recv(4096)
            assert answer.startswith(b"HTTP/1.1 200")
    assert plugin.metric('plugin_executions_total{outcome="success"}') == 10_000


@pytest.mark.go_too
def test_past_the_deadline_the_caller_gets_504_and_the_slot_stays_taken(
    start: Start, tmp_path: Path
) -> None:
    go_on = tmp_path / "go on"
    plugin = start(PLUGIN_CONCURRENCY="1", PLUGIN_TIMEOUT_MS="500")
    assert plugin.get("/health")[0] == 200
    inputs = {"do": "wait for a file", "value": str(go_on)}
    status, answer = plugin.execute(inputs, {"trace_id": "late one"})
    assert status == 504
    assert "0.45 s" in answer["error"]
    assert plugin.metric("plugin_executions_stuck") == 1
    assert plugin.get("/health/ready")[0] == 503
    assert plugin.get("/health")[0] == 200
    assert plugin.execute({"do": "return value"})[0] == 429

    go_on.touch()
    line = plugin.wait_for_line(lambda line: "past its deadline" in line["message"])
    assert line["trace_id"] == "late one"
    assert plugin.metric("plugin_executions_stuck") == 0
    assert plugin.get("/health/ready")[0] == 200
    assert plugin.execute({"do": "return value"})[0] == 200
    assert plugin.metric('plugin_executions_total{outcome="timeout"}') == 1


def test_async_logic_is_cancelled_at_its_deadline(start: Start) -> None:
    plugin = start("asynchronous.py", PLUGIN_CONCURRENCY="1", PLUGIN_TIMEOUT_MS="500")
    until(lambda: plugin.get("/health")[0] == 200)
    assert plugin.execute({"do": "sleep", "seconds": 30})[0] == 504
    line = plugin.wait_for_line(lambda line: line["message"] == "cancelled for real")
    assert line["logger"] == "author"
    until(lambda: plugin.metric("plugin_executions_in_flight") == 0)
    assert plugin.execute({"do": "same loop"})[1]["outputs"] == {"result": True}


@pytest.mark.parametrize("logic", ["obedient.py", "asynchronous.py"])
def test_an_execution_that_ends_at_its_deadline_has_one_answer(start: Start, logic: str) -> None:
    plugin = start(logic, PLUGIN_TIMEOUT_MS="100")
    until(lambda: plugin.get("/health")[0] == 200)
    statuses = [
        plugin.execute({"do": "sleep", "seconds": 0.09 + (number - 20) / 10_000})[0]
        for number in range(40)
    ]
    assert set(statuses) <= {200, 504}
    until(lambda: plugin.metric("plugin_executions_in_flight") == 0)
    outcomes = [plugin.metric(f'plugin_executions_total{{outcome="{o}"}}') for o in OUTCOMES]
    assert outcomes == [statuses.count(200), statuses.count(504)]


def test_async_logic_runs_side_by_side_and_cannot_end_the_server(start: Start) -> None:
    plugin = start("asynchronous.py", PLUGIN_CONCURRENCY="8")
    until(lambda: plugin.get("/health")[0] == 200)
    waiting = [
        in_background(partial(plugin.execute, {"do": "sleep", "seconds": 1}, {"trace_id": name}))
        for name in "abcd"
    ]
    status, answer = plugin.execute({"do": "exit"})
    assert status == 500
    assert "SystemExit: 3" in answer["error"]
    assert [wait()[1]["outputs"]["result"] for wait in waiting] == list("abcd")


def test_context_variables_do_not_leak_from_one_execution_into_the_next(start: Start) -> None:
    plugin = start(PLUGIN_CONCURRENCY="1")
    for value in "abc":
        _, answer = plugin.execute({"do": "remember", "value": value})
        assert answer["outputs"]["result"] == "nothing"


@pytest.mark.parametrize("work", ["sleep", "spin"])
def test_health_is_answered_while_every_slot_is_busy(start: Start, work: str) -> None:
    plugin = start(PLUGIN_TIMEOUT_MS="600000")
    busy(plugin, 4, do=work, seconds=300)
    for _ in range(20):
        assert plugin.get("/health")[0] == 200
    assert plugin.metric("plugin_executions_in_flight") == 4, "it waited for them"


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_health_waits_for_a_short_setup(start: Start) -> None:
    for _ in range(5):  # a busy machine can take longer than the server waits, but not always
        # Asked as soon as it listens: the log names a port only once the plugin is ready.
        plugin = start("slow_setup.py", SETUP_SECONDS="0.3", PLUGIN_PORT=free_port())
        if plugin.get("/health")[0] == 200:
            break
        plugin.kill()
    else:
        raise AssertionError("health never waited")


def test_health_tells_of_a_long_setup(start: Start, tmp_path: Path) -> None:
    go_on = tmp_path / "go on"
    plugin = start("slow_setup.py", SETUP_WAITS_FOR=str(go_on))
    status, health = plugin.get("/health")
    assert (status, health["status"]) == (503, "starting")
    assert plugin.get("/health/live")[0] == 200
    assert plugin.execute({"do": "x"})[0] == 503
    go_on.touch()
    until(lambda: plugin.get("/health")[0] == 200)
    assert plugin.execute({"do": "x"})[1]["outputs"] == {"result": "ready"}


def test_a_failing_setup_is_reported_with_its_reason_and_without_secrets(start: Start) -> None:
    plugin = start(
        "slow_setup.py", SETUP_SECONDS="0", SETUP_FAILS="1", DATABASE_TOKEN="canary-0123456789"
    )
    status, health = plugin.get("/health/ready")
    assert (status, health["status"]) == (503, "failed")
    assert health["error"] == "setup() failed: ConnectionError: no database; token [redacted]"
    assert "canary" not in plugin.log


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_an_idle_plugin_ends_at_once(start: Start) -> None:
    plugin = start()
    connection = plugin.connect()
    assert plugin.get("/health")[0] == 200
    plugin.terminate()
    assert plugin.wait() < SOON
    assert plugin.process.returncode == 0
    connection.close()


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_running_executions_are_answered_before_the_end(start: Start, tmp_path: Path) -> None:
    go_on = tmp_path / "go on"
    plugin = start(PLUGIN_TIMEOUT_MS="600000")
    connection = plugin.connect()
    waiting = busy(plugin, 3, do="wait for a file", value=str(go_on))
    plugin.terminate()
    until(lambda: plugin.get("/health/ready")[0] == 503)
    assert plugin.get("/health")[1]["status"] == "stopping"
    assert plugin.execute({"do": "return value"})[0] == 503
    connection.sendall(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
    assert answer_on(connection)[0] == 503, "it was connected before, and had not asked yet"
    go_on.touch()
    assert [wait()[0] for wait in waiting] == [200] * 3
    assert plugin.wait() < SOON
    assert plugin.process.returncode == 0
    connection.close()


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_the_end_does_not_wait_for_what_is_already_answered(start: Start) -> None:
    plugin = start(PLUGIN_TIMEOUT_MS="200")
    assert plugin.execute({"do": "sleep", "seconds": 60})[0] == 504
    plugin.terminate()
    assert plugin.wait() < SOON
    assert plugin.process.returncode == 0


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_the_end_comes_before_the_host_kills(start: Start) -> None:
    plugin = start(PLUGIN_TIMEOUT_MS="60000", PLUGIN_DRAIN_SECONDS="1")
    busy(plugin, 1, do="sleep", seconds=60)
    plugin.terminate()
    assert plugin.wait() < SOON


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_a_second_signal_ends_at_once(start: Start) -> None:
    plugin = start(PLUGIN_TIMEOUT_MS="60000")
    busy(plugin, 1, do="sleep", seconds=60)
    plugin.terminate()
    until(lambda: plugin.get("/health")[0] == 503)
    plugin.terminate()
    assert plugin.wait() < SOON


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_sigterm_during_setup_ends_at_once(start: Start) -> None:
    # The log tells a port only once setup has ended.
    plugin = start("slow_setup.py", SETUP_SECONDS="60", PLUGIN_PORT=free_port())
    assert plugin.get("/health/live")[0] == 200
    plugin.terminate()
    assert plugin.wait() < SOON


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_nothing_accumulates(start: Start) -> None:
    plugin = start()
    plugin.execute({"do": "return value"})
    files = plugin.open_files()
    threads = [
        threading.Thread(target=lambda: [plugin.execute({"do": "return value"}) for _ in range(50)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # In TypeScript each of three further threads may keep five files; 200 executions are far more.
    until(lambda: plugin.open_files() <= files + 16)
    assert plugin.metric("plugin_executions_in_flight") == 0
