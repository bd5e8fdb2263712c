"""Checks the rules one after another."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from stage7_plugin.contract import rules as _rules  # noqa: F401  (importing registers them)
from stage7_plugin.contract.context import Context
from stage7_plugin.contract.errors import Broken, Late, NotCheckable
from stage7_plugin.contract.instances import DEATH_KNOWN
from stage7_plugin.contract.model import Status
from stage7_plugin.contract.rule import RULES, Result, Rule
from stage7_plugin.contract.scenarios import KINDS

ATTEMPTS = 4
"""How often a rule is checked that is broken by the clock alone."""


def rules_named(ids: Sequence[str]) -> list[Rule]:
    """The rules of these ids, or of these groups (`lifecycle`); all without any.

    Raises ValueError for a name that is neither.
    """
    for name in ids:
        if not any(_is_named(rule, name) for rule in RULES):
            groups = ", ".join(dict.fromkeys(rule.id.split(".")[0] for rule in RULES))
            raise ValueError(f"there is no rule or group {name!r}; the groups are {groups}")
    return [rule for rule in RULES if not ids or any(_is_named(rule, name) for name in ids)]


def _is_named(rule: Rule, name: str) -> bool:
    return rule.id == name or rule.id.split(".")[0] == name


class Runner:
    """Checks each rule of one plugin at most once. As a context manager it cleans up."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._results: dict[str, Result] = {}

    def __enter__(self) -> Runner:
        return self

    def __exit__(self, *_: object) -> None:
        self._context.instances.close()

    def run(self, rules: Sequence[Rule]) -> Iterator[Result]:
        """Yields each result as soon as it is known, and the broken rules that they require."""
        told: set[str] = set()
        for rule in rules:
            result = self.result(rule)
            for known in [*self._results.values()]:
                if known.broken and known.rule.id not in told and known is not result:
                    told.add(known.rule.id)
                    yield known
            if rule.id not in told:
                told.add(rule.id)
                yield result

    def result(self, rule: Rule) -> Result:
        """Checks the rules that this one requires, and then this one."""
        if rule.id not in self._results:
            self._results[rule.id] = self._judge(rule)
        return self._results[rule.id]

    def _judge(self, rule: Rule) -> Result:
        if reason := self._unable(rule):
            return Result(rule, Status.SKIPPED, reason=reason)
        if broken := self._broken_requirement(rule):
            reason = f"{broken} has to pass first"
            return Result(rule, Status.SKIPPED, reason=reason, blocked=True)
        context = self._context
        start = time.monotonic()
        result = self._attempt(rule, ATTEMPTS)
        if death := context.instances.casualty(DEATH_KNOWN if result.broken else 0.0):
            result = _died(result, context.sent, death)
        if result.broken:
            result = replace(result, log=context.instances.last_lines(rule.scenario is not None))
            context.instances.discard()  # what broke a rule may be in no state for the next
        return replace(
            result,
            with_scenario_logic=rule.scenario is not None and context.scenarios.with_logic,
            seconds=time.monotonic() - start,
        )

    def _attempt(self, rule: Rule, attempts: int) -> Result:
        context = self._context
        context.begin()
        try:
            context.keep(rule.id, rule.function(context))
            return Result(rule, Status.PASSED, context.sent, context.got)
        except Late as error:
            if attempts > 1:
                return self._attempt(rule, attempts - 1)
            return Result(rule, _broken(rule), error.sent, error.got, error.wanted)
        except Broken as error:
            return Result(rule, _broken(rule), error.sent, error.got, error.wanted)
        except NotCheckable as error:
            return Result(rule, Status.SKIPPED, reason=str(error))
        except Exception as error:  # a plugin that confuses the suite must not end its report
            got = f"{type(error).__name__} in the suite itself: {error}"
            return Result(rule, Status.FAILED, context.sent, got, "something that can be checked")

    def _unable(self, rule: Rule) -> str:
        target = self._context.target
        if rule.needs and rule.needs not in target.abilities:
            return str(rule.needs.value)
        if rule.scenario and rule.scenario not in self._context.scenarios.inputs:
            does = KINDS[rule.scenario]
            return f"no scenario {rule.scenario!r} is given: inputs with which the plugin {does}"
        return ""

    def _broken_requirement(self, rule: Rule) -> str:
        """A rule that cannot be checked on this target does not count against the next one."""
        by_id = {other.id: other for other in RULES}
        for required in rule.requires:
            result = self.result(by_id[required])
            if result.broken:
                return required
            if result.blocked:
                return result.reason.split()[0]
        return ""


def _broken(rule: Rule) -> Status:
    return Status.WARNED if rule.advice else Status.FAILED


def _died(result: Result, sent: str, death: str) -> Result:
    before = f"{result.got}; " if result.broken and result.got else ""
    return replace(
        result,
        status=_broken(result.rule),
        sent=result.sent or sent,
        got=f"{before}the plugin died at this rule: {death}",
        wanted=result.wanted or "a plugin that runs on",
    )
