"""Scenarios: requests that make a plugin do what no black box can ask for, such as taking long.

A scenario is a name and the inputs to execute with, laid over the sample inputs. They come from
the author's file (`--scenarios FILE`, or `examples/scenarios.json` of a folder), for a plugin
in any language:

    {"slow": {"seconds": 1}, "failing": {"text": ""}, "overdue": {"seconds": 60}}

Without that file, the suite replaces the logic of a plugin that this template rendered by its own
for that language, from `scenario_logic/LANGUAGE/`, and the report says so: in the container, or
before the build where the language is compiled. A rule without its scenario is skipped.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

KINDS: Mapping[str, str] = {
    "slow": "succeeds, and takes between 0.3 and 3 seconds",
    "failing": "raises or reports failure",
    "exiting": "ends the process, as sys.exit() in Python and process.exit() in Node do",
    "overdue": "takes at least 10 seconds longer than api.timeout",
    "noisy": "writes 2 MB to standard output and succeeds",
    "leaking": "prints, logs and raises its tokens",
}
LOGIC = Path(__file__).with_name("scenario_logic")
"""A folder for each language, with what takes the place of the same files of a plugin."""

_SCENARIO_TIMEOUT_MS = 2500
_OF_AN_OUTPUT = ("name", "type", "required", "description")
_FOR_SCENARIO_LOGIC: Mapping[str, Mapping[str, Any]] = {
    "slow": {"scenario": {"sleep": 0.8}},
    "failing": {"scenario": {"raise": "the scenario was asked to fail"}},
    "exiting": {"scenario": {"exit": 3}},
    "overdue": {"scenario": {"sleep": 15}},
    "noisy": {"scenario": {"write": 20_000}},
    "leaking": {"scenario": {"leak": ["__auth_token", "S7_CM_TOKEN"]}},
}
IMPOSSIBLE: Mapping[str, Mapping[str, str]] = {
    "go": {"exiting": "no program in Go outlives os.Exit, which ends the process at once"},
}
"""By language: the scenarios that no server in it can survive, and why."""


@dataclass(frozen=True)
class Scenarios:
    """The scenarios at hand. `with_logic`: they work only with the suite's own logic.

    `lacking` says why there are none, where more is known than that none are given; `impossible`,
    why one of them cannot be.
    """

    inputs: Mapping[str, Mapping[str, Any]]
    with_logic: bool = False
    lacking: str = ""
    impossible: Mapping[str, str] = field(default_factory=dict)


def from_file(path: Path) -> Scenarios:
    """Raises ValueError."""
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise ValueError(f'{path} must be like {{"slow": {{"seconds": 1}}}}')
    for name, inputs in document.items():
        if name not in KINDS or not isinstance(inputs, dict):
            known = ", ".join(KINDS)
            raise ValueError(f"{path}: {name!r} must be one of {known}, with an object of inputs")
    return Scenarios(document)


def for_scenario_logic(language: str | None) -> Scenarios:
    """The scenarios that the logic in `scenario_logic/` answers to in a language."""
    impossible = IMPOSSIBLE.get(language or "", {})
    inputs = {name: one for name, one in _FOR_SCENARIO_LOGIC.items() if name not in impossible}
    return Scenarios(inputs, with_logic=True, impossible=impossible)


def overlay(language: str, manifest: Mapping[str, Any]) -> dict[str, bytes]:
    """Path -> content that puts the suite's logic in the place of a plugin's; none without one."""
    folder = LOGIC / language
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
    if not files:
        return {}
    return {**files, "manifest.json": json.dumps(manifest_for_scenarios(manifest)).encode()}


def manifest_for_scenarios(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest with an `api.timeout` that keeps nobody waiting, and outputs of any value.

    The suite's logic returns a value of each output's type, whatever values are allowed.
    """
    outputs = manifest.get("outputDefinitions")
    changed: dict[str, Any] = {"api": {**manifest["api"], "timeout": _SCENARIO_TIMEOUT_MS}}
    if isinstance(outputs, list):
        changed["outputDefinitions"] = [
            {key: one[key] for key in _OF_AN_OUTPUT if key in one} for one in outputs
        ]
    return {**manifest, **changed}
