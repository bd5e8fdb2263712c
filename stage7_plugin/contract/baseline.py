"""Known failures: rules that a plugin may break for now, in a file that may not grow stale.

One failure a line, the plugin's id and the rule's; the rest of the line is the reason:

    plugin-TEXT_ECHO  errors.format  # answers 404 as text until 2.0
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from stage7_plugin.contract.errors import TargetUnusable
from stage7_plugin.contract.model import Status
from stage7_plugin.contract.rule import RULES, Result

Baseline = Mapping[str, frozenset[str]]
"""A plugin's id -> the rules that it is known to break."""


def read(path: Path) -> Baseline:
    """Raises TargetUnusable for a file that is not a baseline."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise TargetUnusable(f"the baseline {path} cannot be read: {error}") from error
    known: dict[str, set[str]] = {}
    rules = {rule.id for rule in RULES}
    for number, line in enumerate(lines, 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        if len(words) != 2 or words[1] not in rules:
            raise TargetUnusable(
                f"line {number} of {path} must be a plugin's id and a rule's id, such as "
                f"'plugin-TEXT_ECHO errors.format', not {line.strip()!r}; "
                "`stage7-plugin check --list` lists the rules"
            )
        known.setdefault(words[0], set()).add(words[1])
    return {plugin: frozenset(found) for plugin, found in known.items()}


def mark(results: Iterable[Result], known: frozenset[str]) -> list[Result]:
    """Return the results, with KNOWN in place of FAILED where the baseline knows the failure."""
    return [
        replace(result, status=Status.KNOWN)
        if result.status is Status.FAILED and result.rule.id in known
        else result
        for result in results
    ]


def stale(results: Iterable[Result], known: frozenset[str]) -> list[str]:
    """Return the entries whose rules are no longer broken."""
    return [
        result.rule.id
        for result in results
        if result.rule.id in known and result.status in (Status.PASSED, Status.WARNED)
    ]


def text(failures: Mapping[str, Sequence[Result]]) -> str:
    """Return a baseline with these failures, by plugin."""
    lines = [
        f"{plugin}  {result.rule.id}  # {result.rule.title}"
        for plugin, results in sorted(failures.items())
        for result in results
    ]
    return "".join(f"{line}\n" for line in ["# Known failures, for --baseline.", *lines])
