"""A rule, its result, and the list of every rule."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from stage7_plugin.contract.context import Context
from stage7_plugin.contract.model import Need, Place, Status

Check = Callable[[Context], Any]
"""Raises Broken or NotCheckable, or returns what the rules that require it may use."""


class Explanation(NamedTuple):
    """What the docstring of a rule's function says."""

    reason: str
    request: str
    expected: str


@dataclass(frozen=True)
class Rule:
    """One rule. `id` is stable: pipelines name it."""

    id: str
    title: str
    todo: str
    function: Check
    needs: Need | None = None
    scenario: str | None = None
    """The scenario that it executes; see scenarios.py."""
    requires: tuple[str, ...] = ()
    """Rules without which the outcome of this one would mean nothing."""
    advice: bool = False
    place: Place = Place.SHARED

    @property
    def explanation(self) -> Explanation:
        """Read the function's docstring: a reason, then `Request:` and `Expected:`."""
        text = inspect.getdoc(self.function) or ""
        reason, _, rest = text.partition("\n\nRequest:")
        request, _, expected = rest.partition("\nExpected:")
        parts = (reason, request, expected.partition("\n\n")[0])
        return Explanation(*(" ".join(part.split()) for part in parts))


@dataclass(frozen=True)
class Result:
    """What came of one rule. `seconds` includes starting what had to be started."""

    rule: Rule
    status: Status
    sent: str = ""
    got: str = ""
    wanted: str = ""
    reason: str = ""
    """Why it was skipped."""
    blocked: bool = False
    """Whether it was skipped because a rule that it requires is broken."""
    with_scenario_logic: bool = False
    """Whether the suite's own logic took the place of the plugin's."""
    curl: str = ""
    """The request that it broke, for a shell; empty where it was not a single request."""
    log: str = ""
    """The last lines that a plugin which broke the rule wrote, where they are known."""
    advice: str = ""
    """What to do here, where that is known better than by the rule's own remedy."""
    seconds: float = 0.0

    @property
    def todo(self) -> str:
        """What to do about it."""
        return self.advice or self.rule.todo

    @property
    def broken(self) -> bool:
        """Whether the plugin broke the rule, be it only advice."""
        return self.status in (Status.FAILED, Status.WARNED, Status.KNOWN)


RULES: list[Rule] = []
"""Every rule, in the order in which they are checked; filled by importing the rules."""


def rule(
    id: str,
    title: str,
    *,
    todo: str,
    needs: Need | None = None,
    scenario: str | None = None,
    requires: tuple[str, ...] = (),
    advice: bool = False,
    place: Place = Place.SHARED,
) -> Callable[[Check], Check]:
    """Register the decorated function as a rule."""

    def register(function: Check) -> Check:
        RULES.append(Rule(id, title, todo, function, needs, scenario, requires, advice, place))
        return function

    return register
