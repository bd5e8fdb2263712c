"""The report for people. Whatever a plugin sent is printed so that no terminal obeys it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from stage7_plugin.contract.checked import Checked
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
    Status.KNOWN: "known  ",
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
        "to do": result.todo,
        "try": result.curl,
    }
    found = []
    for name, text in parts.items():
        if name == "try" and not text:
            continue
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


def title(one: Checked) -> list[str]:
    """Return what is checked, as the first lines."""
    heading = one.heading
    known = f"{heading['plugin']} {heading['version']}, {heading['kind']} " if one.kind else ""
    return [first_line(f"{known}{heading['target']}"), ""]


def after(one: Checked) -> list[str]:
    """Return the last lines of the report on one plugin."""
    lines = [
        f"STALE   {rule_id:<{_WIDTH}} in the baseline, but not broken: remove the entry"
        for rule_id in one.stale
    ]
    if one.start_command and any(result.broken and result.curl for result in one.results):
        lines.append(f"the lines to try need the plugin: {first_line(one.start_command)}")
    return [*lines, "", *summary(one.results, one.seconds)]


def broken_rule(one: Checked, result: Result) -> list[str]:
    """Return what broke a rule of one of many plugins; nothing for advice and known failures."""
    if result.status is not Status.FAILED:
        return []
    head, *rest = lines(result)
    return [f"{first_line(one.name)}: {head}", *rest]


def row(one: Checked) -> list[str]:
    """Return one of many plugins on a line."""
    stale = [f"{first_line(one.name)}: STALE   {rule_id} is not broken" for rule_id in one.stale]
    counts = ", ".join(f"{n} {status.value}" for status, n in one.counts.items())
    return [*stale, f"{first_line(one.name)}: {one.status}: {counts} in {one.seconds:.1f} s"]


def table(checked: Sequence[Checked], seconds: float) -> list[str]:
    """Return one line for each plugin, and the totals."""
    columns = [status.value for status in Status] + ["stale", "seconds"]
    rows = [["plugin", *columns, "result"]]
    for one in checked:
        counts = [str(one.counts[status]) for status in Status]
        cells = [*counts, str(len(one.stale)), f"{one.seconds:.1f}"]
        rows.append([first_line(one.name), *cells, one.status])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    told = Counter(one.status for one in checked)
    total = ", ".join(f"{count} {status}" for status, count in sorted(told.items()))
    return [
        *(_row(cells, widths) for cells in rows),
        "",
        f"{total or 'nothing was checked'} in {seconds:.1f} s",
    ]


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *middle = (
        cell.rjust(width) if number else cell.ljust(width)
        for number, (cell, width) in enumerate(zip(cells[:-1], widths, strict=False))
    )
    return "  ".join([first, *middle, cells[-1]])


def summary(results: Sequence[Result], seconds: float) -> list[str]:
    """Return the last lines: how many rules were not checked and why, and the counts."""
    counts = Counter(result.status for result in results)
    shown = [status for status in Status if counts[status] or status is not Status.KNOWN]
    told = ", ".join(f"{counts[status]} {status.value}" for status in shown)
    return [*_not_checked(results), f"{told} in {seconds:.1f} s"]


def _not_checked(results: Sequence[Result]) -> list[str]:
    reasons = Counter(first_line(r.reason) for r in results if r.status is Status.SKIPPED)
    if not reasons:
        return []
    total = sum(reasons.values())
    told = [f"NOT CHECKED: {total} of {len(results)} rules"]
    return [*told, *(f"  {count:>3} {reason}" for reason, count in reasons.most_common())]
