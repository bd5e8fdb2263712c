"""The reports for machines: JSON and JUnit XML; SARIF is in sarif.py."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

from stage7_plugin.contract.checked import Checked
from stage7_plugin.contract.model import Status
from stage7_plugin.contract.report import broken_lines, first_line
from stage7_plugin.contract.rule import Result


def as_json(checked: Sequence[Checked], many: bool) -> str:
    """Return `{"target", "kind", "plugin", "passed", "error", "rules": [{"id", "status", ...}]}`.

    Of several targets: `{"passed", "plugins": [...]}` with one of those for each.
    """
    plugins = [_document(one) for one in checked]
    passed = all(plugin["passed"] for plugin in plugins)
    document = {"passed": passed, "plugins": plugins} if many else plugins[0]
    return json.dumps(document, indent=2).replace("\x7f", "\\u007f") + "\n"


def _document(one: Checked) -> dict[str, Any]:
    return {
        **one.heading,
        "passed": one.status == "passed",
        "error": one.problem,
        "counts": {status.value: one.counts[status] for status in Status},
        "seconds": round(one.seconds, 3),
        "stale": one.stale,
        "rules": [_entry(result) for result in one.results],
    }


def _entry(result: Result) -> dict[str, Any]:
    return {
        "id": result.rule.id,
        "title": result.rule.title,
        "status": result.status.value,
        "sent": result.sent,
        "came_back": result.got,
        "wanted": result.wanted,
        "to_do": result.todo,
        "curl": result.curl,
        "reason": result.reason,
        "log": result.log,
        "scenario_logic": result.with_scenario_logic,
        "seconds": round(result.seconds, 3),
    }


def as_junit(checked: Sequence[Checked], many: bool) -> str:
    """Return a suite for each target: a case for each rule, its group as the class.

    Advice is a passed case with output. What ended the check early is a case with an error.
    """
    suites = [_suite(one) for one in checked]
    top = ElementTree.Element("testsuites") if many else suites[0]
    if many:
        top.extend(suites)
    return ElementTree.tostring(top, encoding="unicode", xml_declaration=True) + "\n"


def _suite(one: Checked) -> ElementTree.Element:
    suite = ElementTree.Element(
        "testsuite",
        name=first_line(f"stage7-plugin check {one.name}"),
        tests=str(len(one.results) + len(one.stale) + bool(one.problem)),
        failures=str(one.counts[Status.FAILED] + len(one.stale)),
        skipped=str(one.counts[Status.SKIPPED] + one.counts[Status.KNOWN]),
        errors=str(int(bool(one.problem))),
        time=f"{one.seconds:.3f}",
    )
    for result in one.results:
        _add_case(suite, result)
    for rule_id in one.stale:
        case = ElementTree.SubElement(suite, "testcase", classname="baseline", name=rule_id)
        ElementTree.SubElement(case, "failure", message="in the baseline, but not broken")
    if one.problem:
        case = ElementTree.SubElement(suite, "testcase", classname="check", name="check")
        ElementTree.SubElement(case, "error", message=first_line(one.problem))
    return suite


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
    elif result.status is Status.KNOWN:
        ElementTree.SubElement(case, "skipped", message=f"known failure\n{told}")
    elif result.status is Status.WARNED:
        ElementTree.SubElement(case, "system-out").text = told
