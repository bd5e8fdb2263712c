"""Many executions: at once, one after another, abandoned, and too long."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from stage7_plugin.contract import raw_http
from stage7_plugin.contract.check import Check, at_once
from stage7_plugin.contract.model import NotCheckable, rule
from stage7_plugin.host.http_client import Answer, NoAnswer, call

CROWD = 64
"""Executions at once; more than any plugin should run beside each other in its memory."""
HEALTH_SECONDS = 1.0
"""Slowest answer of health; the host asks every second."""
AT_ONCE_SECONDS = 1.0
"""Slowest refusal."""
LONGEST_DEADLINE = 60.0
_RAW = ("execute.raw-inputs",)


@dataclass(frozen=True)
class _Wave:
    """What a crowd of slow executions got, and what health got meanwhile (None: no answer)."""

    executions: list[Answer | None]
    health: list[Answer | None]

    def outcomes(self) -> str:
        counts = Counter(a.status if a else "no answer" for a in self.executions)
        return ", ".join(f"{count} x {outcome}" for outcome, count in counts.items())


def _wave(check: Check) -> _Wave:
    """One for all the rules that judge it."""
    if "wave" not in check.memory:
        check.memory["wave"] = _new_wave(check)
    wave: _Wave = check.memory["wave"]
    return wave


def _new_wave(check: Check) -> _Wave:
    running = check.instances.shared(probe=True)
    inputs = check.probe_inputs("slow")

    def health() -> list[Answer | None]:
        time.sleep(0.15)  # until every slot is taken
        answers: list[Answer | None] = []
        for _ in range(10):
            try:
                answers.append(call(running.address, "GET", check.view.health_path, timeout=3))
            except NoAnswer:
                return [*answers, None]
            time.sleep(0.02)
        return answers

    with ThreadPoolExecutor(1) as pool:
        polled = pool.submit(health)
        executed = at_once(CROWD, lambda _: check.try_execute(running, inputs))
    return _Wave(executed, polled.result())


@rule(
    "load.health-under-load",
    f"Health answers within {HEALTH_SECONDS:g} s, and before the next slot, under full load",
    probe="slow",
    requires=_RAW,
    todo="Answer health from a thread or task that executions cannot take.",
)
def health_under_load(check: Check) -> None:
    wave = _wave(check)
    slow = [a.seconds for a in wave.executions if a and a.succeeded]
    limit = min([HEALTH_SECONDS, *(seconds / 2 for seconds in slow)])
    late = [a for a in wave.health if not a or a.status != 200 or a.seconds > limit]
    slowest = max((a.seconds for a in wave.health if a), default=0.0)
    missing = " and then nothing within 3 s" if None in wave.health else ""
    check.note(
        f"{CROWD} slow executions at once, and health meanwhile",
        f"{len(wave.health)} answers, the slowest after {slowest:.2f} s{missing}",
    )
    check.expect_in_time(not late, f"200 within {limit:.2f} s, every time")


@rule(
    "load.bounded",
    "What exceeds the bound on executions is refused at once with 429 (or 503)",
    probe="slow",
    requires=("load.health-under-load",),
    todo="Count the executions that run and answer 429 beyond a bound; queue and start no more.",
)
def bounded(check: Check) -> None:
    wave = _wave(check)
    answers = [a for a in wave.executions if a]
    refused = [a for a in answers if a.status in (429, 503)]
    slowest = max((a.seconds for a in refused), default=0.0)
    check.note(
        f"{CROWD} slow executions at once",
        f"{wave.outcomes()}; the slowest refusal after {slowest:.2f} s",
    )
    executed = sum(a.succeeded for a in answers)
    wanted = f"some executed, every other one refused within {AT_ONCE_SECONDS:g} s with 429"
    check.expect(executed > 0 and len(refused) > 0 and executed + len(refused) == CROWD, wanted)
    check.expect_in_time(slowest < AT_ONCE_SECONDS, wanted)


@rule(
    "load.retry-after",
    "A refusal says when to come again, in Retry-After",
    probe="slow",
    requires=("load.bounded",),
    todo="Add a Retry-After header, in seconds, to the 429.",
)
def retry_after(check: Check) -> None:
    wave = _wave(check)
    refused = [a for a in wave.executions if a and a.status in (429, 503)]
    without = sum("retry-after" not in answer.headers for answer in refused)
    check.note(f"{CROWD} slow executions at once", f"{without} refusals without Retry-After")
    check.expect(without == 0, "Retry-After in every refusal")


@rule(
    "load.one-after-another",
    "Executions one after another are never refused",
    requires=_RAW,
    todo="Give the slot back before the answer is sent, not after it.",
)
def one_after_another(check: Check) -> None:
    for number in range(1, 201):
        answer = check.execute(check.samples)
        check.sent = f"execution {number} of 200, one after another"
        check.expect(answer.succeeded, "2xx, as for the first")


@rule(
    "load.abandoned",
    "A caller that goes away does not take its slot along",
    probe="slow",
    requires=_RAW,
    todo="Release the slot in a finally block, also where the answer cannot be delivered.",
)
def abandoned(check: Check) -> None:
    running = check.instances.shared(probe=True)
    body = check.body(check.probe_inputs("slow"))
    head = raw_http.head(
        running.address,
        check.view.method,
        check.view.endpoint,
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
    answer = check.execute(check.samples, running=running)
    while not answer.succeeded and time.monotonic() < end:
        time.sleep(0.1)
        answer = check.execute(check.samples, running=running)
    check.sent = f"{CROWD} slow executions whose callers go away; up to 5 s later another one"
    check.expect(answer.succeeded, "2xx")


@rule(
    "load.deadline",
    "An execution that takes too long is answered before api.timeout, not with 2xx",
    probe="overdue",
    requires=_RAW,
    todo="Answer 504 a moment before api.timeout, so that the host still gets to know why.",
)
def deadline(check: Check) -> None:
    with check.fresh(probe=True) as running:
        limit = running.view.timeout
        if limit > LONGEST_DEADLINE:
            raise NotCheckable(f"api.timeout is {limit:g} s: nobody wants to wait for that here")
        inputs = check.probe_inputs("overdue")
        answer = check.execute(inputs, running=running, timeout=limit + 2)
        check.got = f"{check.got} after {answer.seconds:.2f} s"
        check.expect(answer.status >= 400, f"504 in less than {limit:g} s")
        check.expect_in_time(answer.seconds < limit, f"504 in less than {limit:g} s")
