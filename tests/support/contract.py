"""What a check found, for the tests of the contract suite."""

from __future__ import annotations

from stage7_plugin.contract import report
from stage7_plugin.contract.model import Status
from stage7_plugin.contract.rule import Result


def broken_rules(results: list[Result]) -> dict[str, str]:
    """Rule -> why, of those that did not pass."""
    return {
        result.rule.id: "\n".join(report.lines(result))
        for result in results
        if result.status in (Status.FAILED, Status.WARNED)
    }
