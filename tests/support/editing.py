"""Change a plugin with `stage7-plugin add`, `remove` and `rename`."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from stage7_plugin.cli import main
from stage7_plugin.spec import derived
from tests.support.template import render


def run(project: Path, *arguments: str) -> tuple[int, str]:
    """Run a command on the plugin; return its exit status and what it printed."""
    command, *rest = arguments
    done = CliRunner().invoke(main, [command, "--folder", str(project), *rest])
    return done.exit_code, done.output


def state(project: Path) -> dict[str, bytes]:
    """Return the files of a plugin."""
    files = (path for path in project.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return {str(path.relative_to(project)): path.read_bytes() for path in files}


def made(folder: Path, inputs: str, outputs: str = "result:string", **answers: str) -> Path:
    """Render a plugin with these inputs and outputs."""
    answers = {"inputs": inputs, "outputs": outputs, **answers}
    answers.setdefault("description", derived.description(answers))
    return render(folder, **answers)
