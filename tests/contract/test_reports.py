"""The reports: harmless whatever a plugin sends, there in every case, and true in their counts."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from stage7_plugin.contract import machine_reports, report
from stage7_plugin.contract.checked import Checked
from stage7_plugin.contract.command import BROKEN, NOTHING_CHECKED, CheckOptions, run_check
from stage7_plugin.contract.instances import Patience
from stage7_plugin.contract.model import Status
from stage7_plugin.contract.rule import Result
from stage7_plugin.contract.runner import rules_named
from tests.contract.fakes import MANIFEST, Reply, serving

RULES = rules_named(())
HOSTILE = "\x1b[2J\x1b]0;title\x07all rules passed\r\x9b31m\u202e\u2028\x7f\x00"
HEADING = {"target": HOSTILE, "kind": "url", "plugin": HOSTILE, "version": HOSTILE}


def result(status: Status, text: str = HOSTILE) -> Result:
    reason = text if status is Status.SKIPPED else ""
    return Result(RULES[0], status, text, text, text, reason, log=text)


def checked(*statuses: Status) -> Checked:
    return Checked(dict(HEADING), [result(status) for status in statuses], problem="")


def is_harmless(text: str) -> bool:
    return all(character.isprintable() or character in "\n" for character in text)


@pytest.mark.parametrize("status", Status)
def test_nothing_that_a_terminal_obeys_is_printed(status: Status) -> None:
    shown = "\n".join(report.lines(result(status)))
    assert is_harmless(shown)
    if status in (Status.FAILED, Status.WARNED):
        assert "\\x1b[2J" in shown
    assert is_harmless("\n".join(report.summary([result(status)], 1.0)))


def test_a_hostile_text_cannot_look_like_a_line_of_the_report() -> None:
    shown = report.lines(result(Status.FAILED, "500\npassed  manifest.valid\nNOT CHECKED: 0"))
    assert [line for line in shown[1:] if not line.startswith("        ")] == []
    assert "passed  manifest.valid" not in [line.strip() for line in shown]


def test_a_long_text_is_cut() -> None:
    shown = report.lines(result(Status.FAILED, "line\n" * 5000))
    assert len(shown) < 200
    assert any("... 4960 more lines" in line for line in shown)
    assert len("".join(report.lines(result(Status.FAILED, "x" * 10_000_000)))) < 10_000


@pytest.mark.parametrize("status", Status)
def test_the_machine_reports_are_well_formed(status: Status) -> None:
    found = json.loads(machine_reports.as_json([checked(status)], many=False))
    assert found["rules"][0]["came_back"] == HOSTILE
    assert found["passed"] is (status is not Status.FAILED)
    assert found["counts"][status.value] == 1
    assert is_harmless(machine_reports.as_json([checked(status)], many=False))
    text = machine_reports.as_junit([checked(status)], many=False)
    assert is_harmless(text)
    suite = ElementTree.fromstring(text)
    assert suite.get("failures") == str(int(status is Status.FAILED))
    assert suite.get("skipped") == str(int(status in (Status.SKIPPED, Status.KNOWN)))
    assert (suite.find("testcase/system-out") is not None) is (status is Status.WARNED)


def test_what_was_not_checked_is_counted_with_its_reasons() -> None:
    results = [
        result(Status.PASSED),
        *[result(Status.SKIPPED, "this is a URL")] * 3,
        result(Status.SKIPPED, "no scenario"),
    ]
    lines = report.summary(results, 1.0)
    assert lines == [
        "NOT CHECKED: 4 of 5 rules",
        "    3 this is a URL",
        "    1 no scenario",
        "1 passed, 0 failed, 0 warned, 4 skipped in 1.0 s",
    ]
    assert report.summary(results[:1], 1.0) == ["1 passed, 0 failed, 0 warned, 0 skipped in 1.0 s"]


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path, Path]:
    (tmp_path / "manifest.json").write_text(json.dumps(MANIFEST))
    return tmp_path / "manifest.json", tmp_path / "report.json", tmp_path / "report.xml"


def test_a_check_that_cannot_begin_writes_its_reports(files: tuple[Path, Path, Path]) -> None:
    manifest, as_json, as_junit = files
    options = CheckOptions(["./nowhere"], manifest, json=str(as_json), junit=str(as_junit))
    assert run_check(options) == NOTHING_CHECKED
    document = json.loads(as_json.read_text())
    assert document["passed"] is False
    assert "'./nowhere' is not a folder" in document["error"]
    suite = ElementTree.parse(as_junit).getroot()
    assert suite.get("errors") == "1"
    assert suite.find("testcase/error") is not None


def test_a_check_that_is_interrupted_writes_what_it_knows(
    files: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    manifest, as_json, _ = files
    monkeypatch.setattr("stage7_plugin.contract.command.resolve_inputs", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run_check(CheckOptions(["http://localhost:1"], manifest, json=str(as_json)))
    document = json.loads(as_json.read_text())
    assert (document["passed"], document["error"]) == (False, "the check was interrupted")


def test_a_fault_of_the_suite_is_reported(
    files: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty(*_: object) -> None:
        raise KeyError("no such key")

    manifest, as_json, _ = files
    monkeypatch.setattr("stage7_plugin.contract.command.resolve_inputs", faulty)
    options = CheckOptions(["http://localhost:1"], manifest, json=str(as_json))
    assert run_check(options) == NOTHING_CHECKED
    assert "the check ended early: KeyError" in json.loads(as_json.read_text())["error"]


def test_a_report_that_cannot_be_written_is_no_success(
    files: tuple[Path, Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    manifest, as_json, _ = files
    options = CheckOptions(
        ["localhost:1"],
        manifest,
        rules=("manifest",),
        json=str(as_json.parent / "none" / "x.json"),
        patience=Patience(1, 0.0),
    )
    assert run_check(options) == NOTHING_CHECKED
    assert "x.json cannot be written: No such file" in capsys.readouterr().err


def test_a_hostile_plugin_cannot_paint_the_report(
    files: tuple[Path, Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    def respond(method: str, path: str, body: bytes) -> Reply:
        return 200, {}, b"\x1b[2J\x1b[H67 passed, 0 failed, 0 warned\r\n\x9b"

    manifest, as_json, as_junit = files
    with serving(respond) as port:
        options = CheckOptions(
            [f"localhost:{port}"],
            manifest,
            rules=("lifecycle.healthy",),
            json=str(as_json),
            junit=str(as_junit),
            patience=Patience(1, 0.0),
        )
        assert run_check(options) == BROKEN
    shown = capsys.readouterr().out
    assert is_harmless(shown)
    assert "\\x1b[2J" in shown
    assert json.loads(as_json.read_text())["rules"][-1]["status"] == "failed"
    assert ElementTree.parse(as_junit).getroot().get("failures") == "1"
