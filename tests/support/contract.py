"""What a check found, and servers to check, for the tests of the contract suite."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stage7_plugin.contract import report
from stage7_plugin.contract.model import Status
from stage7_plugin.contract.rule import Result
from stage7_plugin.contract.targets.base import StartOptions
from stage7_plugin.contract.targets.process import ProcessTarget
from stage7_plugin.host import health
from stage7_plugin.host.view import read_manifest

SERVERS = Path(__file__).parents[1] / "contract" / "servers"
MANIFEST = SERVERS / "correct" / "manifest.json"


@contextmanager
def served(name: str) -> Iterator[str]:
    """The URL of a server that runs until the end of the block."""
    command = [sys.executable, "-E", "-s", str(SERVERS / "run.py"), name]
    with ProcessTarget(command, read_manifest(MANIFEST)).start(StartOptions()) as running:
        health.poll(running.view, running.address, running.ended, polls=100, interval=0.1)
        yield str(running.address)


def caught_by(path: Path) -> str:
    """The rule that a broken server names, read without running it."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "CAUGHT_BY":
            return str(ast.literal_eval(node.value))
    raise AssertionError(f"{path.name} names no rule")


def broken_rules(results: list[Result]) -> dict[str, str]:
    """Rule -> why, of those that did not pass."""
    return {
        result.rule.id: "\n".join(report.lines(result))
        for result in results
        if result.status in (Status.FAILED, Status.WARNED)
    }
