"""Checks the rules one after another."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from stage7_plugin.contract import rules as _rules  # noqa: F401  (importing registers them)
from stage7_plugin.contract.check import Check
from stage7_plugin.contract.model import RULES, Broken, Late, NotCheckable, Result, Rule, Status
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

    def __init__(self, check: Check) -> None:
        self._check = check
        self._results: dict[str, Result] = {}

    def __enter__(self) -> Runner:
        return self

    def __exit__(self, *_: object) -> None:
        self._check.instances.close()

    def run(self, rules: Sequence[Rule]) -> Iterator[Result]:
        """Yields each result as soon as it is known, and the broken rules that they require."""
        told: set[str] = set()
        for rule in rules:
            result = self.result(rule)
            for known in [*self._results.values()]:
                broken = known.status in (Status.FAILED, Status.WARNED)
                if broken and known.rule.id not in told and known is not result:
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
        check = self._check
        start = time.monotonic()
        result = self._attempt(rule, ATTEMPTS)
        casualty = check.instances.casualty()
        if casualty and result.status is Status.PASSED:
            result = Result(rule, _broken(rule), check.sent, casualty, "a plugin that runs on")
        if result.status in (Status.FAILED, Status.WARNED):
            check.instances.discard()
        return replace(
            result,
            with_probe_logic=rule.probe is not None and check.probes.with_logic,
            seconds=time.monotonic() - start,
        )

    def _attempt(self, rule: Rule, attempts: int) -> Result:
        check = self._check
        check.note("", "")
        try:
            rule.function(check)
            return Result(rule, Status.PASSED, check.sent, check.got)
        except Late as error:
            if attempts > 1:
                check.memory.clear()
                return self._attempt(rule, attempts - 1)
            return Result(rule, _broken(rule), error.sent, error.got, error.wanted)
        except Broken as error:
            return Result(rule, _broken(rule), error.sent, error.got, error.wanted)
        except NotCheckable as error:
            return Result(rule, Status.SKIPPED, reason=str(error))

    def _unable(self, rule: Rule) -> str:
        target = self._check.target
        if rule.needs and rule.needs not in target.abilities:
            return str(rule.needs.value)
        if rule.probe and rule.probe not in self._check.probes.inputs:
            return f"no probe {rule.probe!r} is given: inputs with which it {KINDS[rule.probe]}"
        return ""

    def _broken_requirement(self, rule: Rule) -> str:
        """A rule that cannot be checked on this target does not count against the next one."""
        by_id = {other.id: other for other in RULES}
        for required in rule.requires:
            result = self.result(by_id[required])
            if result.status in (Status.FAILED, Status.WARNED):
                return required
            if result.blocked:
                return result.reason.split()[0]
        return ""


def _broken(rule: Rule) -> Status:
    return Status.WARNED if rule.advice else Status.FAILED
