"""What the rule on memory sends, and what it makes of a plugin that dies or does not recover."""

from __future__ import annotations

import json
import time
from collections import Counter
from typing import Any

import pytest

from stage7_plugin.contract.rules import memory
from tests.contract.fakes import (
    GOOD,
    MANIFEST,
    Clock,
    Facts,
    Reply,
    Respond,
    judge,
    manifest,
    refusal,
    sick_after,
)

PLUGIN = manifest(container={**MANIFEST["container"], "resources": {"memory": "27000"}})
SIZES = (40_000, 20_000, 10_000, 5_000)
REAL_SIZES = memory.SIZES
REAL = (memory.TEXT, memory.CROWD, memory.SHARE, memory.STALL_SECONDS)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The rule with figures for which no test has to wait."""
    clock = Clock()
    figures: dict[str, Any] = {
        "SIZES": SIZES, "PLUGIN_LIST_SIZES": (1000, 9000), "SHARE": 1, "CROWD": 3, "TEXT": 4000,
        "SHAPES": {"empty arrays": b"[],", "numbers": b"0.5,"}, "time": clock,
    }  # fmt: skip
    for name, value in figures.items():
        monkeypatch.setattr(memory, name, value)
    return clock


def kind_of(body: bytes) -> str:
    inputs = json.loads(body)["inputs"]
    if "availablePlugins" in inputs:
        return "list"
    if "undeclared" not in inputs:
        return "sample" if len(inputs["text"]) < 100 else f"text of {len(inputs['text'])}"
    first = inputs["undeclared"][0]
    return "undeclared text" if isinstance(first, str) else json.dumps(first)


def plugin(**most: int) -> tuple[Respond, list[tuple[str, int]]]:
    """A plugin that refuses undeclared inputs of more than so many bytes; what it was sent."""
    sent: list[tuple[str, int]] = []

    def respond(method: str, path: str, body: bytes) -> Reply:
        try:
            kind = kind_of(body) if path == "/execute" else ""
        except ValueError:
            return refusal(400)  # an upload that was cut off
        if kind:
            sent.append((kind, len(body)))
        too_large = kind in ("[]", "0.5") and len(body) > most.get("most", 10**9)
        return refusal(most.get("status", 413)) if too_large else GOOD(method, path, body)

    return respond, sent


def test_the_real_figures() -> None:
    """What killed containers of 256m: bodies up to 16 MiB, texts of 4 MiB, 16 stalled clients."""
    mib = 1024 * 1024
    assert (16 * mib - 1024, *(mib << halves for halves in (3, 2, 1, 0))) == REAL_SIZES
    assert (4 * mib, 16, 8, 1.5) == REAL


def test_uploads_stall_before_their_last_byte() -> None:
    """And are cut off once the next thing is sent, all at the same time."""
    cut_off: list[int] = []

    def respond(method: str, path: str, body: bytes) -> Reply:
        if path == "/execute" and not body.endswith(b"}"):
            cut_off.append(len(body))
        return GOOD(method, path, body)

    assert not judge("limits.memory", respond, plugin=PLUGIN).broken
    end = time.monotonic() + 10
    while len(cut_off) < 3 and time.monotonic() < end:
        time.sleep(0.01)
    assert cut_off == [SIZES[0] - 1] * 3


def test_what_a_plugin_is_sent(clock: Clock) -> None:
    respond, sent = plugin(most=15_000)
    result = judge("limits.memory", respond, plugin=PLUGIN)
    assert not result.broken, result
    kinds = Counter(kind for kind, _ in sent)
    assert kinds == {
        "list": 9, "[]": 3, "0.5": 3, "undeclared text": 8, "text of 8000": 3, "sample": 1,
    }  # fmt: skip
    for shape in ("[]", "0.5"):
        sizes = [size for kind, size in sent if kind == shape]
        assert sizes == [pytest.approx(size, abs=8) for size in SIZES[:3]]
    assert [kind for kind, _ in sent][-1] == "sample"
    assert clock.now == 103.0, "it stalls for a moment, twice"
    assert result.sent == "an execution, up to 30 s after that"


@pytest.mark.parametrize(("status", "tries"), [(413, 4), (429, 4), (503, 4), (422, 1), (500, 1)])
def test_only_a_refusal_for_its_size_makes_it_try_less(status: int, tries: int) -> None:
    respond, sent = plugin(most=1, status=status)
    judge("limits.memory", respond, plugin=PLUGIN)
    assert [kind for kind, _ in sent].count("[]") == tries


@pytest.mark.parametrize("at", ["list", "[]", "undeclared text", "text of 8000"])
def test_a_plugin_that_dies_is_broken(at: str) -> None:
    facts = Facts()

    def respond(method: str, path: str, body: bytes) -> Reply:
        if path == "/execute" and body.endswith(b"}") and kind_of(body) == at:
            facts.ended = "exit code 137"
        return GOOD(method, path, body)

    result = judge("limits.memory", respond, plugin=PLUGIN, facts=facts)
    assert (result.broken, result.wanted) == (True, "it keeps running, and health answers")
    assert "health 200" in result.got
    assert "exit code 137" in result.got


@pytest.mark.parametrize("healthy", [1, 4, 7])
def test_a_plugin_that_is_not_healthy_afterwards_is_broken(healthy: int) -> None:
    result = judge("limits.memory", sick_after(healthy), plugin=PLUGIN)
    assert (result.broken, result.wanted) == (True, "it keeps running, and health answers")


@pytest.mark.parametrize(("seconds", "broken"), [(29.5, False), (31, True)])
def test_how_long_it_may_take_to_recover(clock: Clock, seconds: float, broken: bool) -> None:
    def respond(method: str, path: str, body: bytes) -> Reply:
        is_sample = path == "/execute" and body.endswith(b"}") and kind_of(body) == "sample"
        busy = is_sample and clock.now < 103.0 + seconds
        return refusal(429) if busy else GOOD(method, path, body)

    result = judge("limits.memory", respond, plugin=PLUGIN)
    assert (result.broken, result.wanted) == (broken, "2xx" if broken else "")


def test_no_list_is_too_large_for_a_small_limit() -> None:
    little = manifest(container={**MANIFEST["container"], "resources": {"memory": "100"}})
    respond, sent = plugin()
    assert not judge("limits.memory", respond, plugin=little).broken
    assert [kind for kind, _ in sent].count("list") == 3
