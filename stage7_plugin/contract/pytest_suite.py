"""The suite as pytest tests, one for each rule. In a test module of the plugin:

    from stage7_plugin.contract.pytest_suite import *

The target is the current folder, or what `STAGE7_PLUGIN_TARGET` names; to decide otherwise,
override the fixture `contract_target`. A rule that is only advice becomes a warning.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from stage7_plugin.contract.context import Context
from stage7_plugin.contract.model import Status
from stage7_plugin.contract.report import broken_lines, first_line
from stage7_plugin.contract.rule import Rule
from stage7_plugin.contract.runner import Runner, rules_named
from stage7_plugin.contract.targets.base import Target
from stage7_plugin.contract.targets.resolve import resolve_inputs, resolve_target, scenario_source

__all__ = ["contract_runner", "contract_target", "test_contract"]


@pytest.fixture(scope="session")
def contract_target() -> Iterator[Target]:
    """What is checked. `STAGE7_PLUGIN_MANIFEST` names the manifest of an image or a URL."""
    manifest = os.environ.get("STAGE7_PLUGIN_MANIFEST")
    name = os.environ.get("STAGE7_PLUGIN_TARGET", ".")
    with closing(resolve_target(name, Path(manifest) if manifest else None)) as target:
        yield target


@pytest.fixture(scope="session")
def contract_runner(contract_target: Target) -> Iterator[Runner]:
    """What checks the rules, with plugins that they share."""
    inputs = resolve_inputs(contract_target, None)
    with Runner(Context(contract_target, inputs, scenario_source(contract_target, None))) as runner:
        yield runner


@pytest.mark.parametrize("rule", rules_named(()), ids=lambda rule: rule.id)
def test_contract(rule: Rule, contract_runner: Runner) -> None:
    """Check one rule."""
    result = contract_runner.result(rule)
    told = "\n".join([f"{rule.id}: {rule.title}", *broken_lines(result, "  ")])
    if result.status is Status.SKIPPED:
        pytest.skip(first_line(result.reason))
    if result.status is Status.WARNED:
        warnings.warn(told, stacklevel=1)
    if result.status is Status.FAILED:
        pytest.fail(told, pytrace=False)
