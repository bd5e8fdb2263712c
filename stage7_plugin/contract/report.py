"""The report that a person reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from stage7_plugin.contract.model import Status
from stage7_plugin.contract.rule import Result

_WIDTH = 34
_LABEL = {
    Status.PASSED: "passed ",
    Status.FAILED: "FAILED ",
    Status.WARNED: "warned ",
    Status.SKIPPED: "skipped",
}


def lines(result: Result) -> list[str]:
    """One rule. A broken one tells what was sent, what came back, and what to do."""
    rule = result.rule
    scenario = (
        " (with a probe in place of the plugin's logic)" if result.with_scenario_logic else ""
    )
    first = f"{_LABEL[result.status]} {rule.id:<{_WIDTH}} {rule.title}{scenario}"
    if result.status is Status.SKIPPED:
        return [f"{_LABEL[result.status]} {rule.id:<{_WIDTH}} {result.reason}"]
    if result.status is Status.PASSED:
        return [first]
    return [first, *broken_lines(result, " " * 8)]


def broken_lines(result: Result, indent: str = "") -> list[str]:
    """What was sent, what came back, what was wanted, what to do."""
    parts = {
        "sent": result.sent,
        "came back": result.got,
        "wanted": result.wanted,
        "to do": result.rule.todo,
    }
    found = []
    for name, text in parts.items():
        head, *rest = text.splitlines() or [""]
        found.append(f"{indent}{name:<10} {head}")
        found += [f"{indent}{'':<10} | {line}" for line in rest]
    return found


def summary(results: Sequence[Result], seconds: float) -> str:
    """The last line."""
    counts = Counter(result.status for result in results)
    told = ", ".join(f"{counts[status]} {status.value}" for status in Status)
    return f"{told} in {seconds:.1f} s"
