"""The report for people. Whatever a plugin sent is printed so that no terminal obeys it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from stage7_plugin.contract.model import Status
from stage7_plugin.contract.rule import Result
from stage7_plugin.spec.problems import printable

_WIDTH = 34
_MOST_LINES = 40
_MOST_COLUMNS = 2000
_LABEL = {
    Status.PASSED: "passed ",
    Status.FAILED: "FAILED ",
    Status.WARNED: "warned ",
    Status.SKIPPED: "skipped",
}


def lines(result: Result) -> list[str]:
    """One rule. A broken one tells what was sent, what came back, and what to do."""
    rule = result.rule
    start = f"{_LABEL[result.status]} {rule.id:<{_WIDTH}} "
    if result.status is Status.SKIPPED:
        return [start + first_line(result.reason)]
    replaced = " (with the suite's logic in place of the plugin's)"
    logic = replaced if result.with_scenario_logic else ""
    broken = broken_lines(result, " " * 8) if result.broken else []
    return [f"{start}{rule.title}{logic}", *broken]


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
        head, *rest = shown_lines(text) or [""]
        found.append(f"{indent}{name:<10} {head}")
        found += [f"{indent}{'':<10} | {line}" for line in rest]
    return found


def shown_lines(text: str) -> list[str]:
    """Return the text as lines without control characters, no more than anybody reads."""
    found = [printable(line[:_MOST_COLUMNS]) for line in text.splitlines()]
    left_out = len(found) - _MOST_LINES
    return found if left_out <= 0 else [*found[:_MOST_LINES], f"... {left_out} more lines"]


def first_line(text: str) -> str:
    """Return what fits on one line."""
    return (shown_lines(text) or [""])[0]


def summary(results: Sequence[Result], seconds: float) -> list[str]:
    """Return the last lines: how many rules were not checked and why, and the counts."""
    counts = Counter(result.status for result in results)
    told = ", ".join(f"{counts[status]} {status.value}" for status in Status)
    return [*_not_checked(results), f"{told} in {seconds:.1f} s"]


def _not_checked(results: Sequence[Result]) -> list[str]:
    reasons = Counter(first_line(r.reason) for r in results if r.status is Status.SKIPPED)
    if not reasons:
        return []
    total = sum(reasons.values())
    told = [f"NOT CHECKED: {total} of {len(results)} rules"]
    return [*told, *(f"  {count:>3} {reason}" for reason, count in reasons.most_common())]
