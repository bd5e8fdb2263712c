"""What a person or a log sees while a batch runs: a live bar in a terminal, lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import Any

from stage7_plugin.batch.outcome import Outcome
from stage7_plugin.spec.problems import printable

_SECONDS_BETWEEN_LINES = 5.0


def follow(outcomes: Iterable[Outcome], total: int, what: str, quiet: bool) -> Iterator[Outcome]:
    """Pass outcomes on and show how far they are; failures are shown at once, also if quiet.

    Args:
        outcomes: As they come.
        total: How many there will be.
        what: What happens to each plugin, in one word: "rendering".
        quiet: Whether only failures are shown.
    """
    with ExitStack() as stack:
        shown: _Bar | _Lines | None = None
        if not quiet:
            shown = _Bar(total, what) if sys.stdout.isatty() else _Lines(total, what)
            stack.callback(shown.close)
        for outcome in outcomes:
            if outcome.failed:
                say = shown.say if isinstance(shown, _Bar) else _complain
                say(printable(f"failed: {outcome.slug}: {outcome.message}"))
            if shown:
                shown.add(outcome)
            yield outcome


def _complain(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


class _Lines:
    def __init__(self, total: int, what: str) -> None:
        self._total, self._what = total, what
        self._counts: Counter[str] = Counter()
        self._start = self._last = time.monotonic()

    def add(self, outcome: Outcome) -> None:
        self._counts[outcome.status] += 1
        now = time.monotonic()
        if now - self._last >= _SECONDS_BETWEEN_LINES:
            self._last = now
            self._print()

    def close(self) -> None:
        """Nothing: the summary follows."""

    def _print(self) -> None:
        done = self._counts.total()
        rate = done / max(time.monotonic() - self._start, 1e-6)
        print(
            f"{self._what}: {done} of {self._total} ({_listed(self._counts)}), {rate:.0f}/s",
            flush=True,
        )


class _Bar:
    def __init__(self, total: int, what: str) -> None:
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        self._counts: Counter[str] = Counter()
        self._start = time.monotonic()
        columns: tuple[Any, ...] = (
            TextColumn(what),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[counts]}"),
        )
        self._progress = Progress(*columns)
        self._task = self._progress.add_task(what, total=total, rate="", counts="")
        self._progress.start()

    def add(self, outcome: Outcome) -> None:
        self._counts[outcome.status] += 1
        rate = self._counts.total() / max(time.monotonic() - self._start, 1e-6)
        self._progress.update(
            self._task, advance=1, rate=f"{rate:.0f}/s", counts=_listed(self._counts)
        )

    def say(self, text: str) -> None:
        from rich.text import Text

        self._progress.console.print(Text(text, style="red"), soft_wrap=True)

    def close(self) -> None:
        self._progress.stop()


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
