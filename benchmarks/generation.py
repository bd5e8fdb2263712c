"""`cookiecutter . --no-input`, beside the same with a template that has nothing in it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.plan import Plan
from benchmarks.samples import figure
from benchmarks.stacks import COMPETITORS, OURS
from benchmarks.workplace import TEMPLATE, environment

EMPTY = "empty_template"
IDENTITY = "[user]\nname = Author\nemail = author@example.com\n"


def measure(plan: Plan) -> list[dict[str, Any]]:
    """Seconds of the whole command, output folder included."""
    python = (
        environment("cookiecutter", COMPETITORS / "cookiecutter" / "requirements.txt") / "python"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "gitconfig").write_text(IDENTITY, "utf-8")
        cases: dict[tuple[str, str], list[str]] = {
            ("defaults", OURS): [str(TEMPLATE)],
            ("without git", OURS): [str(TEMPLATE), "git_init=no"],
            ("defaults", EMPTY): [str(_empty_template(folder))],
        }
        seconds: dict[tuple[str, str], list[float]] = {case: [] for case in cases}
        # The first of each writes byte code; it is not counted.
        for number in range(plan.generations + 1):
            for case, arguments in cases.items():
                taken = _generate(python, folder, arguments)
                if number:
                    seconds[case].append(taken)
    return [
        figure("generation", case, stack, "s", found, "cookiecutter TEMPLATE --no-input")
        for (case, stack), found in seconds.items()
    ]


def _empty_template(folder: Path) -> Path:
    template = folder / "empty"
    project = template / "{{cookiecutter.slug}}"
    project.mkdir(parents=True)
    (template / "cookiecutter.json").write_text(json.dumps({"slug": "project"}), "utf-8")
    (project / "README.md").write_text("", "utf-8")
    return template


def _generate(python: Path, folder: Path, arguments: list[str]) -> float:
    template, *answers = arguments
    out = folder / "out"
    # A home of its own, without the settings of the user: byte code is written, as usual.
    settings = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    started = time.monotonic()
    subprocess.run(
        [python, "-m", "cookiecutter", template, "--no-input", "-o", out, *answers],
        env={**settings, "HOME": str(folder), "GIT_CONFIG_GLOBAL": str(folder / "gitconfig")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    taken = time.monotonic() - started
    shutil.rmtree(out)
    return taken
