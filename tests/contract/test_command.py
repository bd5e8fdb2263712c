"""`stage7-plugin check` on the command line, and the suite in pytest, against a running plugin."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from stage7_plugin.contract.command import CheckOptions, run_check
from stage7_plugin.contract.instances import Patience
from stage7_plugin.contract.runner import rules_named
from tests.support.contract import served

ROOT = Path(__file__).parents[2]
SERVERS = Path(__file__).parent / "servers"
MANIFEST = SERVERS / "correct" / "manifest.json"
SCENARIOS = SERVERS / "correct" / "examples" / "scenarios.json"
RULES = rules_named(())
QUICK = ("--rule", "execute", "--rule", "errors.unknown-path", "--rule", "lifecycle.drain")


def stage7_plugin(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "stage7_plugin", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize("option", ["--scenarios", "--probes"])
def test_the_option_for_scenarios_has_two_names(option: str) -> None:
    with served("correct") as url:
        arguments = ("check", url, "--manifest", str(MANIFEST), "--rule", "errors.one-sentence")
        done = stage7_plugin(*arguments, option, str(SCENARIOS))
    assert "passed  errors.one-sentence" in done.stdout


def test_a_url_that_passes_every_rule() -> None:
    with served("correct") as url:
        arguments = ("check", url, "--manifest", str(MANIFEST), "--scenarios", str(SCENARIOS))
        done = stage7_plugin(*arguments)
    assert done.returncode == 0, done.stdout
    assert done.stdout.startswith(f"echo-for-tests 1.0.0, url {url}\n")
    assert " 0 failed, 0 warned, " in done.stdout.splitlines()[-1]
    counted = sum(rule.needs is not None for rule in RULES)
    assert f"NOT CHECKED: {counted} of {len(RULES)} rules\n" in done.stdout
    skipped = [line for line in done.stdout.splitlines() if line.startswith("skipped")]
    assert len(skipped) == sum(rule.needs is not None for rule in RULES)
    assert any("lifecycle.drain " in line and "this is a URL" in line for line in skipped)


def test_a_url_that_breaks_a_rule_tells_what_was_sent_what_came_back_and_what_to_do() -> None:
    with served("broken.knows_no_envelope") as url:
        done = stage7_plugin("check", url, "--manifest", str(MANIFEST), "--rule", "execute")
    assert done.returncode == 1
    report = done.stdout.split("FAILED  execute.envelope", 1)[1].splitlines()
    assert report[1].strip().startswith('sent       POST /execute {"inputs": {"text": {"value"')
    assert report[2].strip().startswith('came back  422 {"success": false')
    assert report[3].strip().startswith("wanted     2xx")
    assert report[4].strip().startswith("to do      Unwrap an object")


def test_advice_does_not_fail_the_check() -> None:
    with served("broken.reports_one_problem") as url:
        arguments = ("check", url, "--manifest", str(MANIFEST), "--rule", "errors.all-problems")
        done = stage7_plugin(*arguments)
    assert done.returncode == 0
    assert "warned  errors.all-problems" in done.stdout


def test_the_reports_for_machines(tmp_path: Path) -> None:
    junit = tmp_path / "junit.xml"
    with served("broken.knows_no_envelope") as url:
        arguments = ("check", url, "--manifest", str(MANIFEST), *QUICK)
        done = stage7_plugin(*arguments, "--json", "-", "--junit", str(junit))
    assert done.returncode == 1
    document = json.loads(done.stdout)
    rules = {entry["id"]: entry for entry in document["rules"]}
    assert document["passed"] is False
    assert document["kind"] == "url"
    assert rules["execute.envelope"]["status"] == "failed"
    assert rules["execute.envelope"]["to_do"]
    assert rules["execute.raw-inputs"]["came_back"].startswith("200 ")
    assert rules["lifecycle.drain"]["status"] == "skipped"
    assert set(rules) == {r.id for r in RULES if r.id.startswith("execute.") or r.id in QUICK}
    suite = ElementTree.parse(junit).getroot()
    assert suite.get("failures") == "1"
    assert suite.get("tests") == str(len(rules))
    failure = suite.find("testcase[@name='execute.envelope']/failure")
    assert failure is not None
    assert "came back" in (failure.text or "")
    assert suite.find("testcase[@name='lifecycle.drain']/skipped") is not None


def test_the_list_names_every_rule_once() -> None:
    done = stage7_plugin("check", "--list")
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == [rule.id for rule in RULES]
    assert len({rule.id for rule in RULES}) == len(RULES)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "Missing argument 'TARGET'"),
        (("http://localhost:1", "--manifest", "none.json"), "'none.json' does not exist"),
        (
            ("http://localhost:1",),
            "there is no manifest.json in this folder for http://localhost:1",
        ),
        (("http://localhost:1", "--rule", "lifecycl"), "there is no rule or group 'lifecycl'"),
        (("./nowhere",), "'./nowhere' is not a folder"),
        (("ftp://localhost",), "no Docker engine answers"),
        (("stage7/some-image:1.0.0",), "no Docker engine answers"),
    ],
)
def test_what_cannot_be_checked_ends_with_status_2(
    arguments: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    done = stage7_plugin("check", *arguments, DOCKER_HOST=f"unix://{tmp_path}/none.sock")
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_nothing_listens_at_the_url(capsys: pytest.CaptureFixture[str]) -> None:
    request = CheckOptions(
        ["http://127.0.0.1:1"],
        manifest=MANIFEST,
        rules=("errors.unknown-path",),
        patience=Patience(polls=2, interval=0.1),
    )
    assert run_check(request) == 1
    told = capsys.readouterr().out
    assert "FAILED  lifecycle.healthy" in told
    assert "the connection was refused" in told
    assert "lifecycle.healthy must pass first" in told


def test_the_suite_in_pytest(tmp_path: Path) -> None:
    module = tmp_path / "test_my_plugin.py"
    module.write_text("from stage7_plugin.contract.pytest_suite import *  # noqa: F403\n")
    with served("broken.knows_no_envelope") as url:
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-p",
                "no:xdist",
                "-c",
                os.devnull,
                "-q",
                "-k",
                "execute",
                str(module),
            ],
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "STAGE7_PLUGIN_TARGET": url,
                "STAGE7_PLUGIN_MANIFEST": str(MANIFEST),
            },
            capture_output=True,
            text=True,
            cwd=tmp_path,
            timeout=120,
        )
    # What a container is needed for is skipped on a URL.
    count = sum(rule.id.startswith("execute.") and not rule.needs for rule in RULES)
    assert f"1 failed, {count - 1} passed, 1 skipped" in done.stdout
    assert "execute.envelope" in done.stdout
    assert "to do      Unwrap an object" in done.stdout
