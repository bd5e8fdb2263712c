"""Inputs made from the manifest: what they find that fixed requests do not, and how it is told."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stage7_plugin.contract import made_inputs
from stage7_plugin.contract.context import Context, Generation
from stage7_plugin.contract.instances import Patience
from stage7_plugin.contract.model import Status
from stage7_plugin.contract.rule import Result
from stage7_plugin.contract.runner import Runner, rules_named
from stage7_plugin.contract.scenarios import Scenarios
from stage7_plugin.contract.schedule import check_rules
from stage7_plugin.contract.targets.process import ProcessTarget
from stage7_plugin.host.view import read_manifest
from stage7_plugin.spec.constraints import faults
from stage7_plugin.spec.sample_inputs import sample_inputs
from stage7_plugin.spec.value_types import has_type
from tests.contract.fakes import GOOD, always, judge, listening, reply, success
from tests.support.contract import SERVERS, broken_rules, caught_by

MADE = SERVERS / "made"
FAULTY = sorted(path for path in MADE.glob("*.py") if path.stem != "careful")
MANIFEST = read_manifest(MADE / "manifest.json")
DEFINITIONS = {d["name"]: d for d in MANIFEST["inputDefinitions"]}
GENERATED = rules_named(("generated",))
REQUESTS = tuple(rule.id for rule in rules_named(()) if rule.needs is None)
"""What is left starts and stops a plugin, which none of the faulty servers does in its own way."""
EXAMPLES = Generation(examples=100)
PATIENCE = Patience(polls=600, interval=0.1)
"""All of these servers start, on a busy machine too."""


def check(
    name: str, rules: tuple[str, ...] = (), generation: Generation = EXAMPLES
) -> dict[str, Result]:
    command = [sys.executable, "-E", "-s", str(SERVERS / "run.py"), name]
    target = ProcessTarget(command, MANIFEST)
    samples = sample_inputs(MANIFEST)
    with Runner(Context(target, samples, Scenarios({}), PATIENCE, generation)) as runner:
        results = check_rules(runner, rules_named(rules))
        return {result.rule.id: result for result in results}


def test_a_careful_server_passes_every_rule() -> None:
    found = check("made.careful")
    assert broken_rules(list(found.values())) == {}
    assert {rule.id for rule in GENERATED} <= {
        name for name, result in found.items() if result.status is Status.PASSED
    }
    assert "number refused" in found["generated.convertible"].got


@pytest.mark.parametrize("path", FAULTY, ids=lambda path: path.stem)
def test_made_inputs_find_what_no_fixed_request_does(path: Path) -> None:
    broken = broken_rules(list(check(f"made.{path.stem}", REQUESTS).values()))
    assert set(broken) == {caught_by(path)}, "\n".join(broken.values())


def test_there_are_servers_for_every_rule_on_made_inputs() -> None:
    assert {caught_by(path) for path in FAULTY} == {rule.id for rule in GENERATED}
    assert len(FAULTY) >= 10


def test_a_failing_input_is_shrunk_and_told_as_a_curl_line() -> None:
    rules = ("generated.valid", "generated.invalid")
    result = check("made.wants_an_item", rules)["generated.valid"]
    command = shlex.split(result.curl)
    inputs = json.loads(command[command.index("--data-raw") + 1])["inputs"]
    assert inputs.keys() == {"text", "tags"}
    assert inputs["tags"] == []
    assert len(str(inputs["text"])) == 1
    assert result.sent.endswith("(made with --seed 0)")
    assert result.rule.todo


def test_the_seed_decides_what_is_made() -> None:
    def made(seed: int) -> list[dict[str, Any]]:
        respond, given = listening(lambda inputs: success())
        generation = Generation(examples=30, seed=seed)
        result = judge("generated.valid", respond, plugin=MANIFEST, generation=generation)
        assert result.status is Status.PASSED
        return given

    assert len(made(1)) == 30
    assert made(1) == made(1) != made(2)
    failing = always(reply(500, {}))
    result = judge("generated.valid", failing, generation=Generation(examples=2, seed=1))
    assert "--seed 1" in result.sent


def test_a_plugin_that_dies_of_an_input_is_started_again_and_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = (MADE / "wants_an_item.py").read_text()
    changed = text.replace('values["tags"][0]', 'values["tags"][0] if values["tags"] else _exit(7)')
    (tmp_path / "dies.py").write_text(f"from os import _exit\n{changed}")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    code = (
        f"import sys; sys.path[:0] = [{str(SERVERS)!r}, {str(SERVERS / 'correct')!r}, "
        f"{str(tmp_path)!r}]; import dies; from correct import server; server.main(dies.Broken)"
    )
    target = ProcessTarget([sys.executable, "-E", "-s", "-c", code], MANIFEST)
    context = Context(target, sample_inputs(MANIFEST), Scenarios({}), PATIENCE, Generation(60))
    with Runner(context) as runner:
        (result,) = (r for r in check_rules(runner, rules_named(("generated.valid",))))
    assert result.status is Status.FAILED
    assert "the plugin died: the process ended with exit code 7" in result.got
    assert '"tags": []' in result.curl


def test_strict_inputs_tells_plugins_that_convert_from_strict_ones() -> None:
    rule = ("generated.convertible",)
    strict = Generation(examples=20, strict=True)
    assert check("made.careful", rule, strict)[rule[0]].status is Status.PASSED
    lenient = judge(rule[0], GOOD, generation=Generation(20))
    assert lenient.status is Status.PASSED
    assert "string converted" in lenient.got
    refused = judge(rule[0], GOOD, generation=strict)
    assert refused.status is Status.FAILED
    assert "--strict-inputs" in refused.wanted


def test_a_failure_that_the_plugin_reports_is_no_fault() -> None:
    def fails(method: str, path: str, body: bytes) -> Any:
        if path == "/health":
            return GOOD(method, path, body)
        return reply(500, {"success": False, "error": "no such city"})

    assert judge("generated.valid", fails, generation=EXAMPLES).status is Status.PASSED


@pytest.mark.parametrize("rule", GENERATED, ids=lambda rule: rule.id)
def test_without_hypothesis_or_examples_the_rules_are_skipped(
    monkeypatch: pytest.MonkeyPatch, rule: Any
) -> None:
    result = judge(rule.id, GOOD, generation=Generation(examples=0))
    assert (result.status, "--examples 0" in result.reason) == (Status.SKIPPED, True)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    result = judge(rule.id, GOOD, generation=EXAMPLES)
    assert result.status is Status.SKIPPED
    assert "pip install 'stage7-plugin[generated]'" in result.reason


def is_allowed(value: Any, definition: dict[str, Any]) -> bool:
    return has_type(value, definition["type"]) and not faults(value, definition)


@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_what_is_made_is_what_it_is_called(data: st.DataObject) -> None:
    definition = data.draw(st.sampled_from(list(DEFINITIONS.values())))
    assert is_allowed(data.draw(made_inputs.allowed_values(definition)), definition)
    samples = sample_inputs(MANIFEST)
    name, inputs = data.draw(made_inputs.forbidden_inputs([definition], samples))
    if name in inputs:
        value = inputs[name]
        assert not (value is not None and is_allowed(value, definition))
        assert not made_inputs.is_convertible(value, definition["type"]) or has_type(
            value, definition["type"]
        )
    else:
        assert definition["required"]
