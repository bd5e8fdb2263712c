"""The reports for machines: JSON and JUnit XML."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

from stage7_plugin.contract.model import Status
from stage7_plugin.contract.report import broken_lines, first_line
from stage7_plugin.contract.rule import Result


def as_json(heading: dict[str, str], results: Sequence[Result], problem: str = "") -> str:
    """`{"target", "kind", "plugin", "passed", "error", "rules": [{"id", "status", ...}]}`.

    Args:
        heading: What was checked: `target`, and `kind` and `plugin` where they are known.
        results: The rules that were checked.
        problem: Why the check ended early; empty where it did not.
    """
    counts = Counter(result.status for result in results)
    document: dict[str, Any] = {
        **heading,
        "passed": not problem and counts[Status.FAILED] == 0,
        "error": problem,
        "counts": {status.value: counts[status] for status in Status},
        "rules": [_entry(result) for result in results],
    }
    return json.dumps(document, indent=2).replace("\x7f", "\\u007f") + "\n"


def _entry(result: Result) -> dict[str, Any]:
    return {
        "id": result.rule.id,
        "title": result.rule.title,
        "status": result.status.value,
        "sent": result.sent,
        "came_back": result.got,
        "wanted": result.wanted,
        "to_do": result.rule.todo,
        "reason": result.reason,
        "log": result.log,
        "scenario_logic": result.with_scenario_logic,
        "seconds": round(result.seconds, 3),
    }


def as_junit(heading: dict[str, str], results: Sequence[Result], problem: str = "") -> str:
    """One test case for each rule, its group as the class; advice is a passed case with output.

    The arguments are those of as_json; a problem becomes a test case with an error.
    """
    counts = Counter(result.status for result in results)
    suite = ElementTree.Element(
        "testsuite",
        name=first_line(f"stage7-plugin check {heading.get('plugin', heading['target'])}"),
        tests=str(len(results) + bool(problem)),
        failures=str(counts[Status.FAILED]),
        skipped=str(counts[Status.SKIPPED]),
        errors=str(int(bool(problem))),
        time=f"{sum(result.seconds for result in results):.3f}",
    )
    for result in results:
        _add_case(suite, result)
    if problem:
        case = ElementTree.SubElement(suite, "testcase", classname="check", name="check")
        ElementTree.SubElement(case, "error", message=first_line(problem))
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def _add_case(suite: ElementTree.Element, result: Result) -> None:
    case = ElementTree.SubElement(
        suite,
        "testcase",
        classname=result.rule.id.split(".")[0],
        name=result.rule.id,
        time=f"{result.seconds:.3f}",
    )
    told = "\n".join(broken_lines(result))
    if result.status is Status.FAILED:
        failure = ElementTree.SubElement(case, "failure", message=result.rule.title)
        failure.text = told
    elif result.status is Status.SKIPPED:
        ElementTree.SubElement(case, "skipped", message=first_line(result.reason))
    elif result.status is Status.WARNED:
        ElementTree.SubElement(case, "system-out").text = told
