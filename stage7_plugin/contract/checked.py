"""What is known of one target while it is checked, and afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from stage7_plugin.contract import baseline
from stage7_plugin.contract.model import Status
from stage7_plugin.contract.rule import RULES, Result

INTERRUPTED = "the check was interrupted"


@dataclass
class Checked:
    """One target. It was checked to the end where `problem` is empty."""

    heading: dict[str, str]
    """`target`, and `kind` and `plugin` once they are known."""
    results: list[Result] = field(default_factory=list)
    problem: str = INTERRUPTED
    stale: list[str] = field(default_factory=list)
    """Rules that the baseline lists as broken but that pass."""
    seconds: float = 0.0
    start_command: str = ""
    """What makes the curl lines work, where the plugin does not run already."""

    @property
    def name(self) -> str:
        """The plugin's id, or what was typed where that is not known."""
        return self.heading.get("plugin", self.heading["target"])

    @property
    def kind(self) -> str:
        """Whether it is a folder, an image or a URL; empty until that is known."""
        return self.heading.get("kind", "")

    @property
    def status(self) -> str:
        """Return `not checked`, `failed` or `passed`."""
        if self.problem:
            return "not checked"
        return "failed" if self.stale or self.counts[Status.FAILED] else "passed"

    @property
    def counts(self) -> Counter[Status]:
        """How many rules had which result."""
        return Counter(result.status for result in self.results)

    def add(self, result: Result, known: frozenset[str]) -> Result:
        """Keep a result, KNOWN where the baseline knows the failure; return it."""
        (marked,) = baseline.mark([result], known)
        self.results.append(marked)
        return marked

    def finish(self, known: frozenset[str]) -> None:
        """Note that every rule is done."""
        order = {rule.id: number for number, rule in enumerate(RULES)}
        self.results.sort(key=lambda result: order.get(result.rule.id, len(order)))
        self.stale = baseline.stale(self.results, known)
        self.problem = ""


def failures(checked: Iterable[Checked]) -> dict[str, list[Result]]:
    """Return the failed rules of each plugin, those of the baseline too."""
    return {
        one.name: [r for r in one.results if r.status in (Status.FAILED, Status.KNOWN)]
        for one in checked
    }
