"""Checks the rules of one plugin; schedule.py decides when."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from stage7_plugin.contract import rules as _rules  # noqa: F401  (importing registers them)
from stage7_plugin.contract.context import Context
from stage7_plugin.contract.errors import Broken, DidNotStart, Late, NotCheckable
from stage7_plugin.contract.instances import DEATH_KNOWN
from stage7_plugin.contract.model import Place, Status
from stage7_plugin.contract.rule import RULES, Result, Rule
from stage7_plugin.contract.scenarios import KINDS

ATTEMPTS = 4
"""How often a rule is checked that fails only on timing."""


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
    """Checks the rules of one plugin, each at most once. As a context manager it cleans up."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._results: dict[str, Result] = {}

    def __enter__(self) -> Runner:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.instances.close()

    def result(self, rule: Rule) -> Result:
        """Check the rules that this one requires, and then this one, alone."""
        if rule.id not in self._results:
            for required in rule.requires:
                self.result(_by_id(required))
            result = self.without_checking(rule) or self._judge(rule, lambda: False)
            self.keep(result)
        return self._results[rule.id]

    def with_requirements(self, rules: Sequence[Rule]) -> list[Rule]:
        """Return the rules that have no result, and those that they require, in order."""
        found = {rule.id: rule for rule in rules}
        left = list(rules)
        while left:
            for required in left.pop().requires:
                if required not in found:
                    found[required] = _by_id(required)
                    left.append(found[required])
        order = {rule.id: number for number, rule in enumerate(RULES)}
        missing = [rule for rule in found.values() if rule.id not in self._results]
        return sorted(missing, key=lambda rule: order.get(rule.id, len(order)))

    def is_ready(self, rule: Rule) -> bool:
        """Whether the rules that it requires have results."""
        return all(required in self._results for required in rule.requires)

    def keep(self, result: Result) -> None:
        """Keep a result for the rules that require its rule."""
        self._results[result.rule.id] = result

    def without_checking(self, rule: Rule) -> Result | None:
        """Return the result of a rule that is ready and cannot be checked here; else None."""
        if rule.needs and rule.needs not in self.context.target.abilities:
            return Result(rule, Status.SKIPPED, reason=str(rule.needs.value))
        if broken := self._broken_requirement(rule):
            reason = f"{broken} must pass first"
            return Result(rule, Status.SKIPPED, reason=reason, blocked=True)
        if rule.scenario and rule.scenario not in self.context.scenarios.inputs:
            does = KINDS[rule.scenario]
            reason = f"scenario {rule.scenario!r} is missing: inputs with which the plugin {does}"
            known = self.context.scenarios
            if lacking := known.impossible.get(rule.scenario, known.lacking):
                reason = f"no scenario {rule.scenario!r}: {lacking}"
            return Result(rule, Status.SKIPPED, reason=reason)
        return None

    def check(self, rule: Rule, had_company: Callable[[], bool]) -> Result | None:
        """Check a rule that is ready; None where it has to be checked alone to be sure.

        Args:
            rule: The rule.
            had_company: Says in the end whether other rules were checked at the same time.
        """
        try:
            return self._judge(rule, had_company)
        except _Unsure:
            return None

    def end(self) -> None:
        """End every plugin, whatever uses it: the check was interrupted."""
        self.context.instances.end()

    def _judge(self, rule: Rule, had_company: Callable[[], bool]) -> Result:
        context, instances = self.context, self.context.instances
        start = time.monotonic()
        result = self._attempt(rule, had_company, ATTEMPTS)
        if rule.place is not Place.OWN:
            if death := instances.casualty(DEATH_KNOWN if result.broken else 0.0):
                result = _died(result, death)
            if result.broken:
                result = replace(result, log=instances.last_lines(rule.scenario is not None))
                instances.discard()  # what broke a rule may be in no state for the next
        return replace(
            result,
            with_scenario_logic=rule.scenario is not None and context.scenarios.with_logic,
            seconds=time.monotonic() - start,
        )

    def _attempt(self, rule: Rule, had_company: Callable[[], bool], attempts: int) -> Result:
        """Check so often at most. Raises _Unsure where company may be the reason for a failure."""
        context = self.context.for_rule()
        try:
            self.context.keep(rule.id, rule.function(context))
            return Result(rule, Status.PASSED, context.sent, context.got)
        except Broken as error:
            if (isinstance(error, Late) or rule.place is Place.OWN) and had_company():
                raise _Unsure from error
            if attempts > 1 and isinstance(error, Late):
                return self._attempt(rule, had_company, attempts - 1)
            return Result(
                rule,
                _broken(rule),
                error.sent,
                error.got,
                error.wanted,
                log=error.log,
                advice=error.todo,
                curl=context.curl,
            )
        except NotCheckable as error:
            if isinstance(error, DidNotStart) and had_company():
                raise _Unsure from error
            return Result(rule, Status.SKIPPED, sent=context.sent, reason=str(error))
        except Exception as error:  # a plugin that confuses the suite must not end its report
            got = f"{type(error).__name__} in the suite itself: {error}"
            return Result(rule, Status.FAILED, context.sent, got, "something that can be checked")

    def _broken_requirement(self, rule: Rule) -> str:
        """A rule that cannot be checked on this target does not count against the next one."""
        for required in rule.requires:
            result = self._results[required]
            if result.broken:
                return required
            if result.blocked:
                return result.reason.split()[0]
        return ""


class _Unsure(Exception):
    """The result of a rule may be caused by what ran in parallel."""


def _by_id(name: str) -> Rule:
    return next(rule for rule in RULES if rule.id == name)


def _broken(rule: Rule) -> Status:
    return Status.WARNED if rule.advice else Status.FAILED


def _died(result: Result, death: str) -> Result:
    before = f"{result.got}; " if result.broken and result.got else ""
    return replace(
        result,
        status=_broken(result.rule),
        got=f"{before}the plugin died at this rule: {death}",
        wanted=result.wanted or "a plugin that keeps running",
    )
