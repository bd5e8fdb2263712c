"""The plugin of `examples/rendered`: what the template makes of nothing but Enter.

Run as a program (`make example`), it renders that plugin again.
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
NAME = "text-echo"
ANSWERS = ("author=Ada Lovelace", "git_init=no")


def render_example(folder: Path) -> Path:
    """Render the example with the real command in a folder of its own, and return its path.

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
    subprocess.run(
        [sys.executable, "-m", "cookiecutter", template, "--no-input", "-o", folder, *ANSWERS],
        cwd=folder,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    text = (folder / NAME / "LICENSE").read_text("utf-8")
    text = re.sub(r"\(c\) \d{4}", "(c) 2026", text)
    (folder / NAME / "LICENSE").write_text(text, "utf-8", newline="\n")
    return folder / NAME


def main() -> None:
    """Replace the example."""
    with tempfile.TemporaryDirectory() as folder:
        project = render_example(Path(folder))
        shutil.rmtree(FOLDER / NAME, ignore_errors=True)
        shutil.copytree(project, FOLDER / NAME)


if __name__ == "__main__":
    main()
