"""What a person sees while rules are being checked: a live line in a terminal, none elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from stage7_plugin.contract.schedule import Task
from stage7_plugin.spec.problems import printable

if TYPE_CHECKING:
    from rich.status import Status

_MOST_SHOWN = 4


class Progress:
    """Prints results, and below them, in a terminal, what is being checked. A context manager."""

    def __init__(self, total: int, quiet: bool) -> None:
        self._total, self._done, self._quiet = total, 0, quiet
        self._status: Status | None = None

    def __enter__(self) -> Progress:
        if not self._quiet and sys.stdout.isatty():
            from rich.console import Console

            self._status = Console(highlight=False).status("")
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._status:
            self._status.stop()

    def say(self, text: str) -> None:
        """Print a text above the live line."""
        if self._quiet:
            return
        if self._status:
            from rich.text import Text

            self._status.console.print(Text(text), soft_wrap=True)
        else:
            click.echo(text)
            sys.stdout.flush()

    def count(self) -> None:
        """Count one rule that is done."""
        self._done += 1

    def show(self, tasks: Sequence[Task]) -> None:
        """Show what is being checked."""
        if not self._status:
            return
        from rich.text import Text

        names = [task.rule.id for task in tasks[:_MOST_SHOWN]]
        more = ["..."] if len(tasks) > _MOST_SHOWN else []
        line = f"{self._done} of {self._total}: {', '.join([*names, *more])}"
        self._status.update(Text(printable(line), overflow="ellipsis", no_wrap=True))
