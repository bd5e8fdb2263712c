"""Start and stop."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from stage7_plugin.contract import raw_http
from stage7_plugin.contract.context import Context
from stage7_plugin.contract.errors import Broken, DidNotStart
from stage7_plugin.contract.model import Need, Place
from stage7_plugin.contract.rule import rule
from stage7_plugin.contract.targets.base import Running
from stage7_plugin.host.bounded_socket import BoundedSocket, Deadline
from stage7_plugin.host.run import STOP_GRACE

IDLE_SECONDS = 1.0
"""How long an idle plugin may take to end; the host waits for it after every execution."""
_HANDLE_SIGTERM = (
    "Handle SIGTERM: process 1 of a container ignores it by default, which makes every execution "
    f"{STOP_GRACE} s longer."
)


@dataclass(frozen=True)
class Ended:
    """How a plugin ended: seconds after SIGTERM, and its exit code where that can be known."""

    seconds: float
    exit_code: int | None


def expect_end(context: Context, running: Running, sent: str, limit: float) -> float:
    """Send SIGTERM and return the seconds to the end; broken unless they are below `limit`."""
    running.terminate()
    seconds = running.wait(STOP_GRACE)
    got = f"still running after {STOP_GRACE} s" if seconds is None else f"end after {seconds:.2f} s"
    context.note(sent, got)
    wanted = f"its exit within {limit:g} s"
    context.expect(seconds is not None, wanted)
    context.expect_in_time(seconds is not None and seconds < limit, wanted)
    return seconds or 0.0


def _lacking_settings(context: Context) -> str:
    """Return what to do about required settings that the plugin was started without, or ""."""
    listed = context.manifest.get("configuration")
    names = [
        item["key"]
        for item in (listed if isinstance(listed, list) else ())
        if isinstance(item, dict)
        and isinstance(item.get("key"), str)
        and item.get("required") is True
        and item.get("value") in (None, "")
        and not context.view.environment.get(item["key"])
    ]
    if not names:
        return ""
    lines = ", ".join(f"{name}=..." for name in names)
    return (
        f"manifest.json requires {' and '.join(names)}, and this check has no value. Write {lines} "
        "into the file .env, a line each, and check with --env-file .env; make contract takes "
        ".env by itself, or another file with ENV_FILE=FILE."
    )


@rule(
    "lifecycle.healthy",
    'Health, polled at once and every second, answers 200 with "status": "healthy"',
    requires=("build.classic",),
    todo='Answer GET healthCheck.path with 200 and a JSON object that has "status": "healthy".',
)
def healthy(context: Context) -> None:
    """The host executes only in a container that reports healthy.

    Request: `GET` of healthCheck.path at once and then every second, 30 times at most.
    Expected: 200 and a JSON object with `"status": "healthy"`.
    """
    sent = f"GET {context.view.health_path}, up to 30 times"
    try:
        polls = context.instances.shared().polls_to_healthy
    except DidNotStart as error:
        todo = _lacking_settings(context)
        raise Broken(sent, str(error), '200 {"status": "healthy"}', todo) from error
    where = (
        " (only without the host's environment)" if context.instances.environment_problem else ""
    )
    context.note(sent, f"healthy at poll {polls}{where}")


@rule(
    "lifecycle.first-poll",
    "The very first health poll is answered; the next comes a second later",
    needs=Need.CONTAINER,
    requires=("lifecycle.healthy",),
    advice=True,
    place=Place.ALONE,
    todo="Bind and listen first, then import heavy modules; put compiled and cached code into "
    "the image.",
)
def first_poll(context: Context) -> None:
    """A first poll that nobody answers costs every execution a whole second.

    Request: `GET` of healthCheck.path as soon as the container runs.
    Expected: Healthy at the first poll.
    """
    with context.fresh() as running:
        polls = running.polls_to_healthy
    context.note("a health poll as soon as the container runs", f"healthy at poll {polls}")
    context.expect_in_time(polls == 1, "healthy at poll 1")


@rule(
    "lifecycle.sigterm-idle",
    f"An idle plugin ends within {IDLE_SECONDS:g} s of SIGTERM",
    needs=Need.START,
    requires=("lifecycle.healthy",),
    place=Place.OWN,
    todo=_HANDLE_SIGTERM,
)
def sigterm_idle(context: Context) -> Ended:
    """The host stops the container after every execution and waits up to 10 s for it to exit.

    Request: SIGTERM to a plugin that does nothing.
    Expected: It exits in less than 1 s.

    """
    with context.fresh() as running:
        seconds = expect_end(context, running, "SIGTERM to the idle plugin", IDLE_SECONDS)
        return Ended(seconds, running.exit_code())


@rule(
    "lifecycle.exit-code",
    "A stopped plugin exits with code 0",
    needs=Need.START,
    requires=("lifecycle.sigterm-idle",),
    advice=True,
    place=Place.OWN,
    todo="Exit with code 0 on SIGTERM, so that a stop does not look like a crash.",
)
def exit_code(context: Context) -> None:
    """Orchestrators treat any other exit code as a crash.

    Request: SIGTERM to a plugin that does nothing.
    Expected: Exit code 0.
    """
    ended = context.returned("lifecycle.sigterm-idle", Ended)
    code = ended.exit_code if ended else None
    context.note("SIGTERM to the idle plugin", f"exit code {code}")
    context.expect(code == 0, "exit code 0")


@rule(
    "lifecycle.sigterm-open-connection",
    f"An idle connection does not delay the exit past {IDLE_SECONDS:g} s",
    needs=Need.START,
    requires=("lifecycle.sigterm-idle",),
    place=Place.OWN,
    todo="Close idle keep-alive connections on SIGTERM; do not wait for them.",
)
def sigterm_open_connection(context: Context) -> None:
    """Clients keep connections open, and must not keep the plugin running.

    Request: A health request on a connection that stays open, then SIGTERM.
    Expected: It exits in less than 1 s.
    """
    with context.fresh() as running, raw_http.connect(running.address) as connection:
        connection.sendall(raw_http.head(running.address, "GET", context.view.health_path))
        raw_http.receive(BoundedSocket(connection, Deadline(5)), time.monotonic())
        expect_end(context, running, "SIGTERM while a connection is kept open", IDLE_SECONDS)


@rule(
    "lifecycle.drain",
    "An execution that is running at SIGTERM is finished and answered",
    needs=Need.START,
    scenario="slow",
    requires=("lifecycle.sigterm-idle", "execute.raw-inputs"),
    place=Place.OWN,
    todo="On SIGTERM, accept no new work, finish and answer running executions, then exit.",
)
def drain(context: Context) -> None:
    """Otherwise running work is lost, and the host executes the step again.

    Request: An execution of the scenario `slow`, and SIGTERM 0.2 s later.
    Expected: The answer with 2xx, then the plugin's exit.
    """
    with context.fresh(scenario=True) as running, ThreadPoolExecutor(1) as pool:
        future = pool.submit(context.try_execute, running, context.scenario_inputs("slow"))
        time.sleep(0.2)
        running.terminate()
        response = future.result()
        seconds = running.wait(STOP_GRACE)
        got = response.summary() if response else "the connection was closed without an answer"
        end = "did not end" if seconds is None else "ended"
        sent = "a slow execution, and SIGTERM 0.2 s later"
        context.note(sent, f"{got}; the plugin {end}", context.scenario_inputs("slow"))
        context.expect(
            response is not None and response.succeeded and seconds is not None,
            "the answer, 2xx, then the plugin's exit",
        )


@rule(
    "lifecycle.drain-deadline",
    f"An execution that does not end cannot keep the plugin past the host's {STOP_GRACE} s",
    needs=Need.START,
    scenario="overdue",
    requires=("lifecycle.sigterm-idle",),
    place=Place.OWN,
    todo="Give up on executions that are still running a few seconds after SIGTERM.",
)
def drain_deadline(context: Context) -> None:
    """After 10 s the host kills the plugin, and nothing is cleaned up.

    Request: An execution of the scenario `overdue`, and SIGTERM 0.2 s later.
    Expected: It exits in less than 9.5 s.
    """
    with context.fresh(scenario=True) as running, ThreadPoolExecutor(1) as pool:
        pool.submit(context.try_execute, running, context.scenario_inputs("overdue"))
        time.sleep(0.2)
        sent = "an execution that does not end, and SIGTERM 0.2 s later"
        expect_end(context, running, sent, STOP_GRACE - 0.5)


@rule(
    "lifecycle.second-signal",
    "A second SIGTERM ends the plugin at once",
    needs=Need.START,
    scenario="overdue",
    requires=("lifecycle.drain-deadline",),
    advice=True,
    place=Place.OWN,
    todo="On a second SIGTERM, exit without finishing anything.",
)
def second_signal(context: Context) -> None:
    """A second signal means that its sender does not want to wait.

    Request: An execution of the scenario `overdue`, and SIGTERM twice.
    Expected: It exits in less than 1 s.
    """
    with context.fresh(scenario=True) as running, ThreadPoolExecutor(1) as pool:
        pool.submit(context.try_execute, running, context.scenario_inputs("overdue"))
        time.sleep(0.2)
        running.terminate()
        time.sleep(0.1)
        expect_end(context, running, "SIGTERM twice while an execution runs", IDLE_SECONDS)
