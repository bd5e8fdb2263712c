"""Several targets at once: which ones, what is printed, what is known, and what machines get."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from stage7_plugin.contract.command import BROKEN, NOTHING_CHECKED, PASSED, CheckOptions, run_check
from stage7_plugin.contract.curl import curl_line
from stage7_plugin.contract.errors import TargetUnusable
from stage7_plugin.contract.rule import RULES
from stage7_plugin.contract.selection import selected
from tests.support.contract import MANIFEST, served

RULE = "execute.envelope"
ID = "echo-for-tests"


@pytest.fixture(scope="module")
def urls() -> Iterator[tuple[str, str]]:
    """A correct server, and one that breaks RULE."""
    with served("correct") as correct, served("broken.knows_no_envelope") as broken:
        yield correct, broken


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copy(MANIFEST, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_two_plugins_end_in_a_table(
    urls: tuple[str, str], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options: dict[str, Any] = {"json": "x.json", "junit": "x.xml", "sarif": "x.sarif"}
    assert run_check(CheckOptions(urls, rules=("execute", "build"), **options)) == BROKEN
    shown = capsys.readouterr().out
    head, *rows = shown.partition("\nplugin ")[2].splitlines()
    assert head.split() == [
        "passed",
        "failed",
        "warned",
        "skipped",
        "known",
        "stale",
        "seconds",
        "result",
    ]
    assert [row.split()[-1] for row in rows[:2]] == ["passed", "failed"]
    assert [row.split()[2] for row in rows[:2]] == ["0", "1"]
    assert rows[-1].startswith("1 failed, 1 passed in ")
    assert f"{ID}: FAILED  {RULE}" in shown
    assert "passed  execute.raw-inputs" not in shown

    document = json.loads((here / "x.json").read_text())
    assert document["passed"] is False
    assert [plugin["passed"] for plugin in document["plugins"]] == [True, False]
    (failed,) = (r for r in document["plugins"][1]["rules"] if r["status"] == "failed")
    suites = ElementTree.parse(here / "x.xml").getroot()
    assert [suite.get("failures") for suite in suites.findall("testsuite")] == ["0", "1"]

    (run,) = json.loads((here / "x.sarif").read_text())["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [rule.id for rule in RULES]
    (found,) = run["results"]
    assert (found["ruleId"], found["level"]) == (RULE, "error")
    assert found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "manifest.json"
    assert "came back" in found["message"]["text"]
    assert run["invocations"][0]["executionSuccessful"] is True

    command = shlex.split(failed["curl"])
    assert command[:5] == ["curl", "-i", "-X", "POST", f"{urls[1]}/execute"]
    assert failed["curl"] in shown
    if shutil.which("curl"):
        answer = subprocess.run(command, capture_output=True, text=True, timeout=60).stdout
        assert answer.startswith("HTTP/1.1 422")


def test_a_target_that_cannot_be_checked_does_not_keep_the_others(
    urls: tuple[str, str], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = CheckOptions(["./nowhere", urls[0]], rules=("execute",), sarif="x.sarif")
    assert run_check(options) == NOTHING_CHECKED
    told = capsys.readouterr()
    assert "error: './nowhere' is not a folder" in told.err
    assert told.out.splitlines()[-1].startswith("1 not checked, 1 passed in ")
    (run,) = json.loads((here / "x.sarif").read_text())["runs"]
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    assert "is not a folder" in invocation["toolExecutionNotifications"][0]["message"]["text"]


def test_known_failures_and_stale_entries(
    urls: tuple[str, str], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = here / "known.txt"
    rules = ("execute.raw-inputs", RULE)
    first = CheckOptions([urls[1]], rules=rules, write_baseline=known)
    assert run_check(first) == BROKEN
    assert f"{ID}  {RULE}  # Values may come" in known.read_text()

    again = CheckOptions([urls[1]], rules=rules, baseline=known, junit="x.xml", sarif="x.sarif")
    assert run_check(again) == PASSED
    shown = capsys.readouterr().out
    assert f"known   {RULE}" in shown
    assert ", 1 known in " in shown.splitlines()[-1]
    suite = ElementTree.parse(here / "x.xml").getroot()
    assert (suite.get("failures"), suite.get("skipped")) == ("0", "1")
    (found,) = json.loads((here / "x.sarif").read_text())["runs"][0]["results"]
    assert found["suppressions"]

    fixed = CheckOptions([urls[0]], rules=rules, baseline=known, junit="x.xml", json="x.json")
    assert run_check(fixed) == BROKEN
    assert f"STALE   {RULE}" in capsys.readouterr().out
    assert json.loads((here / "x.json").read_text())["stale"] == [RULE]
    suite = ElementTree.parse(here / "x.xml").getroot()
    assert suite.find("testcase[@classname='baseline']/failure") is not None
    unasked = CheckOptions([urls[0]], rules=("manifest",), baseline=known)
    assert run_check(unasked) == PASSED


@pytest.mark.parametrize("line", ["x errors.no-such-rule", "execute.envelope", "a b c"])
def test_a_baseline_with_a_wrong_line(
    urls: tuple[str, str], here: Path, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    (here / "known.txt").write_text(f"# a comment\n{line}\n")
    options = CheckOptions([urls[0]], rules=("execute",), baseline=here / "known.txt")
    assert run_check(options) == NOTHING_CHECKED
    told = capsys.readouterr().err
    assert "line 2 of " in told
    assert line in told


def test_what_is_for_one_target_is_refused_for_several(
    urls: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_check(CheckOptions(urls, inputs=MANIFEST)) == NOTHING_CHECKED
    assert "--inputs accepts only one target, but several were given" in capsys.readouterr().err


@pytest.fixture
def fleet(here: Path) -> Path:
    """A folder in git with two plugins, and something else."""
    folder = here / "fleet"
    for name in ("one", "two"):
        (folder / name).mkdir(parents=True)
        shutil.copy(MANIFEST, folder / name)
    (folder / "notes").mkdir()
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-qm", "Start")
    return folder


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, timeout=60)


def test_a_folder_of_plugins_stands_for_all_of_them(fleet: Path) -> None:
    both = [str(fleet / "one"), str(fleet / "two")]
    assert selected([str(fleet)], None) == both
    assert selected([both[1], str(fleet), "an/image:1"], None) == [both[1], both[0], "an/image:1"]
    assert selected([str(fleet / "notes")], None) == [str(fleet / "notes")]


def test_only_what_has_changed_since_a_commit(
    fleet: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert selected([str(fleet)], "HEAD") == []
    assert run_check(CheckOptions([str(fleet)], changed_since="HEAD", json="x.json")) == PASSED
    assert "no plugin has changed since HEAD" in capsys.readouterr().out
    assert json.loads(Path("x.json").read_text()) == {"passed": True, "plugins": []}
    (fleet / "notes" / "new.md").touch()
    assert selected([str(fleet)], "HEAD") == []
    (fleet / "one" / "new.py").touch()
    assert selected([str(fleet)], "HEAD") == [str(fleet / "one")]
    (fleet / "two" / "manifest.json").write_text("{}")
    assert selected([str(fleet)], "HEAD") == [str(fleet / "one"), str(fleet / "two")]


@pytest.mark.parametrize(
    ("target", "commit", "message"),
    [
        ("fleet", "no-such-tag", "cannot compare .*no-such-tag"),
        ("fleet", "--output=x", "cannot compare "),
        ("http://localhost:1", "HEAD", "is for folders in git; 'http://localhost:1' is not one"),
        ("outside", "HEAD", "cannot compare "),
    ],
)
def test_a_comparison_that_git_cannot_make(
    fleet: Path, here: Path, target: str, commit: str, message: str
) -> None:
    shutil.copytree(fleet / "one", here / "outside")
    with pytest.raises(TargetUnusable, match=message):
        selected([target], commit)


def test_a_curl_line_says_exactly_what_was_sent(here: Path) -> None:
    fake = here / "curl"
    fake.write_text('#!/bin/sh\nprintf "%s\\n" "$@" >arguments\ncat >body\n')
    fake.chmod(0o755)
    for body in (b'it\'s "quoted" $HOME `x`', b"\xff\x00\n\\0101%d", b""):
        line = curl_line("http://localhost:1/x?y=1&z=2", "POST", {"A": "b c"}, body)
        subprocess.run(
            ["sh", "-c", line], env={"PATH": f"{here}:/usr/bin:/bin"}, check=True, stdin=-3
        )
        arguments = (here / "arguments").read_text().splitlines()
        assert arguments[:6] == ["-i", "-X", "POST", "http://localhost:1/x?y=1&z=2", "-H", "A: b c"]
        data = arguments[-1].encode() if "--data-raw" in arguments else (here / "body").read_bytes()
        assert data == body
    assert curl_line("http://localhost:1/", "POST", {}, b"x" * 100_000) == ""
    assert curl_line("http://localhost:1/", "GET", {}, None) == "curl -i http://localhost:1/"
