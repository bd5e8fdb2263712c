"""The plugins of `examples/rendered`: what the template makes of nothing but Enter, by language.

Run as a program (`make example`), it renders them again.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support.template import TEMPLATE, isolated_environment, template_files

FOLDER = TEMPLATE / "examples" / "rendered"
NAMES = {"python": "text-echo", "typescript": "text-echo-in-typescript", "go": "text-echo-in-go"}
ANSWERS = ("author=Ada Lovelace", "git_init=no")


def render_examples(folder: Path) -> list[Path]:
    """Render the examples with the real command in a folder of its own, and return their paths.

    From a copy without a repository, because an address and a commit of the template would differ
    in each clone; and with the year in which the example was made.
    """
    template = folder / "template"
    for name in template_files():
        (template / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(TEMPLATE / name, template / name)
    environment = isolated_environment(folder / "home")
    # With it, or in this repository's folder, Python would find the package of this repository.
    environment.pop("PYTHONPATH", None)
    for language, name in NAMES.items():
        answers = (*ANSWERS, f"language={language}", f"plugin_slug={name}")
        subprocess.run(
            [sys.executable, "-m", "cookiecutter", template, "--no-input", "-o", folder, *answers],
            cwd=folder,
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        text = (folder / name / "LICENSE").read_text("utf-8")
        text = re.sub(r"\(c\) \d{4}", "(c) 2026", text)
        (folder / name / "LICENSE").write_text(text, "utf-8", newline="\n")
    return [folder / name for name in NAMES.values()]


def main() -> None:
    """Replace the examples."""
    with tempfile.TemporaryDirectory() as folder:
        for project in render_examples(Path(folder)):
            shutil.rmtree(FOLDER / project.name, ignore_errors=True)
            shutil.copytree(project, FOLDER / project.name)


if __name__ == "__main__":
    main()
