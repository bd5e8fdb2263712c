"""The report for machines: JSON and JUnit XML."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

from stage7_plugin.contract.model import Status
from stage7_plugin.contract.report import broken_lines
from stage7_plugin.contract.rule import Result
from stage7_plugin.contract.targets.base import Target


def as_json(target: Target, results: Sequence[Result]) -> str:
    """`{"target", "kind", "passed", "rules": [{"id", "status", "sent", ...}]}`."""
    document: dict[str, Any] = {
        "target": target.name,
        "kind": target.kind,
        "plugin": target.view.plugin_id,
        "passed": not any(result.status is Status.FAILED for result in results),
        "rules": [_entry(result) for result in results],
    }
    return json.dumps(document, indent=2) + "\n"


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
        "probe_in_place_of_logic": result.with_scenario_logic,
        "seconds": round(result.seconds, 3),
    }


def as_junit(target: Target, results: Sequence[Result]) -> str:
    """One test case for each rule, its group as the class; advice is a passed case with output."""
    counts = {status: sum(r.status is status for r in results) for status in Status}
    suite = ElementTree.Element(
        "testsuite",
        name=f"stage7-plugin check {target.view.plugin_id}",
        tests=str(len(results)),
        failures=str(counts[Status.FAILED]),
        skipped=str(counts[Status.SKIPPED]),
        errors="0",
        time=f"{sum(result.seconds for result in results):.3f}",
    )
    for result in results:
        case = ElementTree.SubElement(
            suite,
            "testcase",
            classname=result.rule.id.split(".")[0],
            name=result.rule.id,
            time=f"{result.seconds:.3f}",
        )
        told = _xml_text("\n".join(broken_lines(result)))
        if result.status is Status.FAILED:
            failure = ElementTree.SubElement(case, "failure", message=result.rule.title)
            failure.text = told
        elif result.status is Status.SKIPPED:
            ElementTree.SubElement(case, "skipped", message=_xml_text(result.reason))
        elif result.status is Status.WARNED:
            ElementTree.SubElement(case, "system-out").text = told
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def _xml_text(text: str) -> str:
    # XML 1.0 has no way to write control characters; a plugin's answer may hold some.
    return "".join(c if c in "\n\t" or c.isprintable() else "?" for c in text)
