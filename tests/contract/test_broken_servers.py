"""Each broken server is caught by the rule meant for it and no other; the correct one by none."""

from __future__ import annotations

import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest

from stage7_plugin.contract import scenarios
from stage7_plugin.contract.context import Context
from stage7_plugin.contract.instances import Patience
from stage7_plugin.contract.model import Need, Status
from stage7_plugin.contract.rule import Result
from stage7_plugin.contract.rules import lifecycle, unread_output
from stage7_plugin.contract.runner import Runner, rules_named
from stage7_plugin.contract.schedule import check_rules
from stage7_plugin.contract.targets.process import ProcessTarget
from stage7_plugin.host.view import read_manifest
from stage7_plugin.spec.sample_inputs import sample_inputs
from tests.support.contract import broken_rules, caught_by

SERVERS = Path(__file__).parent / "servers"
CORRECT = SERVERS / "correct"
BROKEN = sorted((SERVERS / "broken").glob("*.py"))
RULES = rules_named(())
MADE = {rule.id for rule in rules_named(("generated",))}
"""Rules on inputs made from the manifest; test_made_inputs.py has servers for them."""
PATIENCE = Patience(polls=600, interval=0.1)
IMPATIENCE = Patience(polls=30, interval=0.1)
"""For servers that do not always start, which is waited for in vain."""
OF_A_START = {rule.id for rule in rules_named(("env",))}
"""They start a server and ask for health: no fault of an answer to anything else can show."""
FEW_LINES = 600
"""Of 1 kB each, they are more than a pipe holds; the rule has to fill what an engine holds."""
GRACE = 3
"""Seconds instead of the host's 10 after SIGTERM; the correct server ends in 1."""


@pytest.fixture(autouse=True)
def short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    for rules in (lifecycle, unread_output):
        monkeypatch.setattr(rules, "STOP_GRACE", GRACE)


def check(
    name: str,
    manifest: dict[str, Any] | None = None,
    program: str = sys.executable,
    without: Collection[str] = (),
    patience: Patience = PATIENCE,
) -> list[Result]:
    manifest = manifest or read_manifest(CORRECT / "manifest.json")
    command = [program, "-E", "-s", str(SERVERS / "run.py"), name]
    target = ProcessTarget(command, manifest)
    known = scenarios.from_file(CORRECT / "examples" / "scenarios.json")
    with Runner(Context(target, sample_inputs(manifest), known, patience)) as runner:
        return list(check_rules(runner, [rule for rule in RULES if rule.id not in without]))


def test_the_correct_server_passes_every_rule_that_needs_no_container() -> None:
    results = check("correct")
    assert broken_rules(results) == {}
    skipped = {r.rule.id for r in results if r.status is Status.SKIPPED}
    containers = {r.id for r in RULES if r.needs in (Need.CONTAINER, Need.FOLDER)}
    assert skipped == containers | MADE | {"env.node-options-ignored"}


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_server_is_caught_by_its_rule_alone(path: Path, tmp_path: Path) -> None:
    program = sys.executable
    if path.stem == "obeys_node_options":  # the rule is for programs called node
        (tmp_path / "node").symlink_to(sys.executable)
        program = str(tmp_path / "node")
    rule = caught_by(path)
    starts = not rule.startswith(("env.", "lifecycle.healthy"))
    results = check(
        f"broken.{path.stem}",
        program=program,
        without=OF_A_START if starts and not rule.startswith("lifecycle.") else (),
        patience=PATIENCE if starts else IMPATIENCE,
    )
    found = broken_rules(results)
    assert set(found) == {rule}, "\n".join(found.values())


def test_output_that_nobody_reads_needs_no_scenario(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unread_output, "LINES", FEW_LINES)
    for name, broken in (("correct", False), ("broken.blocks_on_output", True)):
        manifest = read_manifest(CORRECT / "manifest.json")
        command = [sys.executable, "-E", "-s", str(SERVERS / "run.py"), name]
        target = ProcessTarget(command, manifest)
        context = Context(target, sample_inputs(manifest), scenarios.Scenarios({}), PATIENCE)
        with Runner(context) as runner:
            (rule,) = rules_named(("lifecycle.unread-output",))
            assert runner.result(rule).broken is broken


def test_a_manifest_that_the_host_refuses() -> None:
    manifest = {**read_manifest(CORRECT / "manifest.json"), "verb": "THINK"}
    assert set(broken_rules(check("correct", manifest))) == {"manifest.valid"}


def test_every_rule_that_needs_no_container_has_a_broken_server() -> None:
    without_container = {r.id for r in RULES if r.needs in (None, Need.START)} - MADE
    assert without_container - {caught_by(path) for path in BROKEN} == {"manifest.valid"}
