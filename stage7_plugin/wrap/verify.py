"""`wrap --verify`: a plugin's lint, its tests, and the rules of the contract that need no image.

Its code is executed, with the example request and with inputs that the suite makes up.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from stage7_plugin.contract.context import Context
from stage7_plugin.contract.model import Status
from stage7_plugin.contract.rule import Result
from stage7_plugin.contract.runner import Runner, rules_named
from stage7_plugin.contract.scenarios import Scenarios, from_file
from stage7_plugin.contract.schedule import check_rules
from stage7_plugin.contract.targets.process import ProcessTarget
from stage7_plugin.dev.start_command import NoCommand, start_command
from stage7_plugin.host.view import read_manifest
from stage7_plugin.spec.problems import printable
from stage7_plugin.spec.sample_inputs import example_inputs

_SECONDS = 300
_HEALTHY = "lifecycle.healthy"
_RULES: tuple[str, ...] = ()
"""Names of rules, or of groups; every rule if there is none."""
# The server takes the port from the environment; the target gives it in a manifest.
_START = """\
import json, os, runpy, sys
server, path = sys.argv[1:]
with open(path, encoding="utf-8") as file:
    port = json.load(file)["container"]["ports"][0]["container"]
os.environ["PLUGIN_PORT"] = str(port)
sys.argv[1:] = []
sys.path.insert(0, os.path.dirname(server))
runpy.run_path(server, run_name="__main__")
"""
# What is run, with the modules that it needs; nothing is left in the plugin's folder.
_TOOLS: dict[str, tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]] = {
    "lint": (
        ("ruff", "mypy"),
        (
            ("ruff", "check", "--no-cache", "--quiet", "."),
            ("ruff", "format", "--no-cache", "--check", "--quiet", "."),
            ("mypy", f"--cache-dir={os.devnull}", "."),
        ),
    ),
    "test": (
        ("pytest", "jsonschema"),
        (("pytest", "-q", "-p", "no:cacheprovider", "-m", "not engine"),),
    ),
}


def verify(folder: Path) -> bool:
    """Run everything and print a line for each result; return whether nothing is broken."""
    print("Verifying:")
    sound = True
    before = {*folder.rglob("__pycache__")}
    try:
        for line, fine in _results(folder.resolve()):
            sound = sound and fine
            print(printable(f"  {line}"), flush=True)
    finally:
        for path in {*folder.rglob("__pycache__")} - before:
            shutil.rmtree(path, ignore_errors=True)
    return sound


def _results(folder: Path) -> Iterator[tuple[str, bool]]:
    manifest = read_manifest(folder / "manifest.json")
    try:
        python = start_command(folder, manifest)[0]
    except NoCommand as error:
        yield f"nothing was run: {error}", True
        return
    for name, (modules, commands) in _TOOLS.items():
        missing = [module for module in modules if not _has(python, module)]
        if missing:
            listed = " and ".join(missing)
            yield f"{name}: not run: no {listed} in this environment; run make {name}", True
            continue
        faults = [line for command in commands for line in _run(python, command, folder)]
        for line in faults or ["passes"]:
            yield f"{name}: {line}", not faults
    yield from _contract(folder, python)


def _has(python: str, module: str) -> bool:
    code = f"import importlib.util, sys; sys.exit(importlib.util.find_spec('{module}') is None)"
    return subprocess.run([python, "-c", code], check=False, timeout=_SECONDS).returncode == 0


def _run(python: str, command: tuple[str, ...], folder: Path) -> list[str]:
    """Run a tool; return what it found, no line if it is content."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTEST_ADDOPTS": ""}
    try:
        done = subprocess.run(
            [python, "-m", *command], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, errors="replace", timeout=_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return [f"{' '.join(command)} did not end in {_SECONDS} seconds"]
    if done.returncode == 0:
        return []
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    failed = [line for line in lines if line.startswith(("FAILED ", "ERROR "))]
    return failed or lines[-5:] or [f"{' '.join(command)} ended with {done.returncode}"]


def _contract(folder: Path, python: str) -> Iterator[tuple[str, bool]]:
    manifest = read_manifest(folder / "manifest.json")
    file = folder / "examples" / "scenarios.json"
    scenarios = from_file(file) if file.is_file() else Scenarios({})
    command = [python, "-B", "-E", "-s", "-c", _START, str(folder / "server.py")]
    context = Context(
        ProcessTarget(command, manifest), example_inputs(folder, manifest), lambda: scenarios
    )
    with Runner(context) as runner:
        results = list(check_rules(runner, rules_named(_RULES)))
    broken = [result for result in results if result.broken]
    held = sum(result.status is Status.PASSED for result in results)
    for result in broken:
        yield f"contract: {_words(result)}", False
    if any(result.rule.id == _HEALTHY for result in broken):
        yield "contract: if it lacks packages: make lock setup, then make contract", False
    yield f"contract: {held} rules that need no image hold; make contract checks every rule", True


def _words(result: Result) -> str:
    log = result.log.strip().splitlines()[-1:] if result.rule.id == _HEALTHY else []
    return "; ".join([f"{result.rule.id} is broken: {result.got}", *log])
