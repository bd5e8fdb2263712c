"""Many executions: at once, one after another, abandoned, and too long."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event

from stage7_plugin.contract import raw_http
from stage7_plugin.contract.context import Context, at_once
from stage7_plugin.contract.errors import NotCheckable
from stage7_plugin.contract.model import Place
from stage7_plugin.contract.rule import rule
from stage7_plugin.host.http_client import NoAnswer, Response, call

CROWD = 64
"""Executions at once; more than any plugin should run at once in its memory."""
HEALTH_SECONDS = 1.0
"""Slowest answer of health; the host asks every second."""
AT_ONCE_SECONDS = 1.0
"""Slowest refusal."""
LEAST_POLLS = 10
"""Health polls during a crowd; more if the crowd lasts, since slots may be taken late."""
LONGEST_DEADLINE = 60.0
IN_A_ROW = 200
IN_A_ROW_SECONDS = 30.0
_RAW = ("execute.raw-inputs",)


@dataclass(frozen=True)
class _Wave:
    """What a crowd of slow executions got, and what health got meanwhile (None: no answer)."""

    executions: list[Response | None]
    health: list[Response | None]

    def outcomes(self) -> str:
        counts = Counter(a.status if a else "no answer" for a in self.executions)
        return ", ".join(f"{count} x {outcome}" for outcome, count in counts.items())


def _wave(context: Context) -> _Wave:
    running = context.instances.shared(scenario=True)
    inputs = context.scenario_inputs("slow")

    over = Event()

    def health() -> list[Response | None]:
        responses: list[Response | None] = []
        while len(responses) < LEAST_POLLS or not over.is_set():
            time.sleep(0.02)
            try:
                responses.append(call(running.address, "GET", context.view.health_path, timeout=3))
            except NoAnswer:
                return [*responses, None]
        return responses

    with ThreadPoolExecutor(1) as pool:
        polled = pool.submit(health)
        try:
            executed = at_once(CROWD, lambda _: context.try_execute(running, inputs))
        finally:
            over.set()
    return _Wave(executed, polled.result())


@rule(
    "load.health-under-load",
    f"Health answers within {HEALTH_SECONDS:g} s, and before the next slot, under full load",
    scenario="slow",
    requires=_RAW,
    place=Place.ALONE,
    todo="Answer health from a thread or task that executions cannot use.",
)
def health_under_load(context: Context) -> _Wave:
    """A host that gets no answer in time treats the plugin as dead.

    Request: 64 executions of the scenario `slow` at once, and health meanwhile.
    Expected: 200 within 1 s, every time.
    """
    wave = _wave(context)
    slow = [a.seconds for a in wave.executions if a and a.succeeded]
    limit = min([HEALTH_SECONDS, *(seconds / 2 for seconds in slow)])
    late = [a for a in wave.health if not a or a.status != 200 or a.seconds > limit]
    slowest = max((a.seconds for a in wave.health if a), default=0.0)
    missing = " and then nothing within 3 s" if None in wave.health else ""
    context.note(
        f"{CROWD} slow executions at once, and health meanwhile",
        f"{len(wave.health)} answers, the slowest after {slowest:.2f} s{missing}",
        context.scenario_inputs("slow"),
    )
    context.expect_in_time(not late, f"200 within {limit:.2f} s, every time")
    return wave


@rule(
    "load.bounded",
    "Executions beyond the limit are refused at once with 429 (or 503)",
    scenario="slow",
    requires=("load.health-under-load",),
    place=Place.ALONE,
    todo="Count running executions and answer 429 beyond a limit; do not queue or start more.",
)
def bounded(context: Context) -> list[Response]:
    """Queued work times out together and fills the memory.

    Request: 64 executions of the scenario `slow` at once.
    Expected: Some succeed; all others get 429 or 503 within 1 s.
    """
    wave = context.take("load.health-under-load", _Wave) or _wave(context)
    responses = [a for a in wave.executions if a]
    refused = [a for a in responses if a.status in (429, 503)]
    slowest = max((a.seconds for a in refused), default=0.0)
    context.note(
        f"{CROWD} slow executions at once",
        f"{wave.outcomes()}; the slowest refusal after {slowest:.2f} s",
        context.scenario_inputs("slow"),
    )
    executed = sum(a.succeeded for a in responses)
    wanted = f"some executed, all others refused within {AT_ONCE_SECONDS:g} s with 429"
    context.expect(executed > 0 and len(refused) > 0 and executed + len(refused) == CROWD, wanted)
    context.expect_in_time(slowest < AT_ONCE_SECONDS, wanted)
    return refused


@rule(
    "load.retry-after",
    "A refusal says when to retry, in Retry-After",
    scenario="slow",
    requires=("load.bounded",),
    todo="Add a Retry-After header, in seconds, to the 429.",
)
def retry_after(context: Context) -> None:
    """Otherwise the caller retries at once.

    Request: 64 executions of the scenario `slow` at once.
    Expected: Retry-After in every refusal.
    """
    refused: list[Response] = context.returned("load.bounded", list) or []
    without = sum("retry-after" not in response.headers for response in refused)
    context.note(
        f"{CROWD} slow executions at once",
        f"{without} refusals without Retry-After",
        context.scenario_inputs("slow"),
    )
    context.expect(without == 0, "Retry-After in every refusal")


@rule(
    "load.one-after-another",
    "Consecutive executions are never refused",
    requires=_RAW,
    todo="Release the slot before sending the answer, not after.",
)
def one_after_another(context: Context) -> None:
    """If a slot is freed after the answer, the next caller is refused.

    Request: 200 executions, one after another.
    Expected: 2xx, every time.
    """
    end = time.monotonic() + IN_A_ROW_SECONDS
    for number in range(1, IN_A_ROW + 1):
        response = context.execute(context.samples)
        context.sent = f"execution {number} of {IN_A_ROW}, one after another"
        context.expect(response.succeeded, "2xx, as for the first")
        if time.monotonic() > end:
            break  # a slow plugin has shown enough


@rule(
    "load.abandoned",
    "A caller that disconnects does not keep its slot",
    scenario="slow",
    requires=_RAW,
    todo="Release the slot on every path, even if the answer cannot be delivered.",
)
def abandoned(context: Context) -> None:
    """The host gives up on slow executions, and agents disconnect.

    Request: 64 executions of the scenario `slow` whose callers disconnect, then another execution.
    Expected: 2xx within 5 s.
    """
    running = context.instances.shared(scenario=True)
    body = context.body(context.scenario_inputs("slow"))
    head = raw_http.head(
        running.address,
        context.view.method,
        context.view.endpoint,
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    )
    for _ in range(CROWD):
        try:
            with raw_http.connect(running.address) as connection:
                connection.sendall(head + body)
        except OSError:
            continue  # the rules on refusals judge that
    end = time.monotonic() + 5
    response = context.execute(context.samples, running=running)
    while not response.succeeded and time.monotonic() < end:
        time.sleep(0.1)
        response = context.execute(context.samples, running=running)
    context.sent = f"{CROWD} slow executions whose callers disconnect; up to 5 s later another one"
    context.expect(response.succeeded, "2xx")


@rule(
    "load.deadline",
    "An execution that takes too long is answered before api.timeout, not with 2xx",
    scenario="overdue",
    requires=_RAW,
    place=Place.OWN,
    todo="Answer 504 a moment before api.timeout, so that the host still learns why.",
)
def deadline(context: Context) -> None:
    """After api.timeout nobody learns why an execution failed.

    Request: An execution of the scenario `overdue`.
    Expected: A status of 400 or more before api.timeout.
    """
    with context.fresh(scenario=True) as running:
        limit = running.view.timeout
        if limit > LONGEST_DEADLINE:
            raise NotCheckable(f"api.timeout is {limit:g} s: too long to wait for here")
        inputs = context.scenario_inputs("overdue")
        response = context.execute(inputs, running=running, timeout=limit + 2)
        context.got = f"{context.got} after {response.seconds:.2f} s"
        context.expect(response.status >= 400, f"504 in less than {limit:g} s")
        context.expect_in_time(response.seconds < limit, f"504 in less than {limit:g} s")
