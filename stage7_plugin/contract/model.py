"""The words of the suite: a rule, what it needs, and what came of checking it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from stage7_plugin.errors import Stage7PluginError

if TYPE_CHECKING:
    from stage7_plugin.contract.check import Check


class Need(Enum):
    """What a target must be able to do for a rule; the value is the reason where it cannot."""

    START = "only an image or a folder can be started, stopped and have its log read; this is a URL"
    CONTAINER = "only a container can be confined; give the image or the folder"
    FOLDER = "only a folder can be built; give the plugin's folder"


class Status(Enum):
    """What came of a rule. WARNED is a broken rule that is only advice."""

    PASSED = "passed"
    FAILED = "failed"
    WARNED = "warned"
    SKIPPED = "skipped"


class Broken(Stage7PluginError):
    """The plugin broke the rule: what was sent, what came back, what was wanted instead."""

    def __init__(self, sent: str, got: str, wanted: str) -> None:
        super().__init__(f"sent: {sent}; came back: {got}; wanted: {wanted}")
        self.sent, self.got, self.wanted = sent, got, wanted


class Late(Broken):
    """Right, but too late. A busy machine may be the reason: the rule is checked once more."""


class NotCheckable(Stage7PluginError):
    """The rule cannot be checked here. The message is the reason."""


@dataclass(frozen=True)
class Rule:
    """One rule. `id` is stable: pipelines name it."""

    id: str
    title: str
    todo: str
    function: Callable[[Check], None]
    needs: Need | None = None
    probe: str | None = None
    """The probe that it executes with; see probes.py."""
    requires: tuple[str, ...] = ()
    """Rules without which the outcome of this one would mean nothing."""
    advice: bool = False


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
    with_probe_logic: bool = False
    """Whether the suite's own probe stood in for the plugin's logic."""
    seconds: float = 0.0


RULES: list[Rule] = []
"""Every rule, in the order in which they are checked; filled by importing the rules."""


def rule(
    id: str,
    title: str,
    *,
    todo: str,
    needs: Need | None = None,
    probe: str | None = None,
    requires: tuple[str, ...] = (),
    advice: bool = False,
) -> Callable[[Callable[[Check], None]], Callable[[Check], None]]:
    """Registers the decorated function, which raises Broken or NotCheckable, or returns."""

    def register(function: Callable[[Check], None]) -> Callable[[Check], None]:
        RULES.append(Rule(id, title, todo, function, needs, probe, requires, advice))
        return function

    return register
