"""The report for code scanning: SARIF 2.1.0, which GitHub, GitLab and editors show."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from stage7_plugin import __version__
from stage7_plugin.contract.checked import Checked
from stage7_plugin.contract.model import Status
from stage7_plugin.contract.report import broken_lines
from stage7_plugin.contract.rule import RULES, Result, Rule

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Status.FAILED: "error", Status.KNOWN: "error", Status.WARNED: "warning"}


def as_sarif(checked: Sequence[Checked]) -> str:
    """Return one run with every rule and every broken one; known failures are suppressed."""
    results = [_result(one, r) for one in checked for r in one.results if r.status in _LEVELS]
    results += [_stale(one, rule_id) for one in checked for rule_id in one.stale]
    problems = [one for one in checked if one.problem]
    run = {
        "tool": {
            "driver": {
                "name": "stage7-plugin check",
                "semanticVersion": __version__,
                "rules": [_rule(rule) for rule in RULES],
            }
        },
        "invocations": [
            {
                "executionSuccessful": not problems,
                "toolExecutionNotifications": [
                    {"level": "error", "message": {"text": f"{one.name}: {one.problem}"}}
                    for one in problems
                ],
            }
        ],
        "results": results,
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2).replace("\x7f", "\\u007f") + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.explanation.reason},
        "help": {"text": rule.todo},
        "defaultConfiguration": {"level": "warning" if rule.advice else "error"},
    }


def _result(one: Checked, result: Result) -> dict[str, Any]:
    text = "\n".join([f"{one.name}: {result.rule.title}", *broken_lines(result)])
    found = _finding(one, result.rule.id, _LEVELS[result.status], text)
    if result.status is Status.KNOWN:
        found["suppressions"] = [{"kind": "external", "justification": "in the baseline"}]
    return found


def _stale(one: Checked, rule_id: str) -> dict[str, Any]:
    text = f"{one.name}: the baseline lists this rule as broken, but it is not"
    return _finding(one, rule_id, "error", text)


def _finding(one: Checked, rule_id: str, level: str, text: str) -> dict[str, Any]:
    # Code scanning wants a place in a file; the manifest is the only one that every plugin has.
    place = {"artifactLocation": {"uri": _manifest(one)}, "region": {"startLine": 1}}
    return {
        "ruleId": rule_id,
        "level": level,
        "message": {"text": text},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"pluginAndRule/v1": f"{one.name} {rule_id}"},
    }


def _manifest(one: Checked) -> str:
    """Return the path of the manifest below the current folder, where it is there."""
    if one.kind == "folder":
        path = Path(one.heading["target"], "manifest.json").resolve()
        if path.is_relative_to(Path.cwd()):
            return path.relative_to(Path.cwd()).as_posix()
    return "manifest.json"
