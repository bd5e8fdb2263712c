"""The plugin of the guide on other languages: what is printed there passes the suite."""

from __future__ import annotations

import json
import re
import shutil
import uuid
from contextlib import closing
from pathlib import Path

import pytest

from stage7_plugin.contract.context import Context, Generation
from stage7_plugin.contract.instances import Patience
from stage7_plugin.contract.model import Need
from stage7_plugin.contract.rule import Result
from stage7_plugin.contract.runner import Runner, rules_named
from stage7_plugin.contract.scenarios import Scenarios
from stage7_plugin.contract.schedule import check_rules
from stage7_plugin.contract.targets.base import Target
from stage7_plugin.contract.targets.image import FolderTarget
from stage7_plugin.contract.targets.process import ProcessTarget
from stage7_plugin.host.engine import connect
from stage7_plugin.host.view import read_manifest
from stage7_plugin.spec.sample_inputs import sample_inputs
from tests.support.contract import broken_rules
from tests.support.template import TEMPLATE

GUIDE = TEMPLATE / "docs" / "guides" / "other-languages.md"
EXAMPLE = TEMPLATE / "examples" / "words-in-node"
NODE = shutil.which("node")


def check(target: Target, *rules: str) -> list[Result]:
    samples, made = sample_inputs(target.manifest), Generation(examples=100)
    context = Context(target, samples, Scenarios({}), Patience(50, 0.1), made)
    with Runner(context) as runner:
        return list(check_rules(runner, rules_named(rules)))


def test_the_guide_prints_the_files_of_the_example() -> None:
    text = GUIDE.read_text("utf-8")
    printed = re.findall(r"(?ms)^```(?:json|dockerfile|javascript)\n(.*?)^```$", text)
    names = ("manifest.json", "Dockerfile", "server.mjs")
    assert printed == [(EXAMPLE / name).read_text("utf-8") for name in names]
    assert sorted(path.name for path in EXAMPLE.iterdir()) == sorted(names)


def test_forty_lines_are_enough() -> None:
    lines = (EXAMPLE / "server.mjs").read_text("utf-8").splitlines()
    assert sum(bool(line.strip()) for line in lines) <= 42


@pytest.mark.skipif(NODE is None, reason="there is no node on this machine")
def test_it_passes_every_rule_that_needs_no_container() -> None:
    command = ["/usr/bin/env", "-u", "NODE_OPTIONS", str(NODE), str(EXAMPLE / "server.mjs")]
    results = check(ProcessTarget(command, read_manifest(EXAMPLE / "manifest.json")))
    assert broken_rules(results) == {}
    passed = {result.rule.id for result in results if result.status.value == "passed"}
    assert {"generated.invalid", "errors.odd-json", "lifecycle.sigterm-idle"} <= passed


@pytest.mark.engine
def test_its_image_passes_every_rule_for_containers(tmp_path: Path) -> None:
    folder = tmp_path / "words-in-node"
    shutil.copytree(EXAMPLE, folder)
    manifest = read_manifest(folder / "manifest.json")
    manifest["container"]["image"] = f"stage7-test/words-{uuid.uuid4().hex[:8]}:1.0.0"
    (folder / "manifest.json").write_text(json.dumps(manifest))
    rules = [rule.id for rule in rules_named(()) if rule.needs in (Need.CONTAINER, Need.FOLDER)]
    with closing(FolderTarget(connect(), folder, manifest)) as target:
        broken = broken_rules(check(target, "env", *rules))
    # The first poll is a race that Node loses now and then; it is advice.
    assert set(broken) <= {"lifecycle.first-poll"}, "\n".join(broken.values())
