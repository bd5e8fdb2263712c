"""What happens once the files are written: check, git, image, next steps.

Each step is safe to repeat, because `cruft update` runs it again over the same answers.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stage7_plugin.generate import git
from stage7_plugin.generate.next_steps import next_steps
from stage7_plugin.spec.manifest import manifest_problems, manifest_warnings
from stage7_plugin.spec.problems import printable


def main(answers: Mapping[str, str], folder: Path | None = None, linked: bool = False) -> int:
    """Finish a rendered plugin.

    Args:
        answers: By prompt, already checked.
        folder: The rendered plugin; the working directory by default, where hooks run.
        linked: Whether cruft renders it, to create the plugin or to compare two versions.

    Returns:
        The exit status: 1 if the manifest is refused, or the image was required and failed.
    """
    project = Path.cwd() if folder is None else folder
    manifest, problems = _read_manifest(project)
    if problems:
        print("The host would not accept manifest.json:")
        print("\n".join(f"  - {problem}" for problem in problems))
        return 1
    remove_empty_folders(project)
    if linked and _is_temporary(project):
        # A repository in it would be a difference that cruft cannot merge. Not a word, because what
        # `cruft diff` prints is a patch.
        return 0

    path = shlex.quote(git.path_from_shell(project))
    print(f"Created {path}")
    for warning in manifest_warnings(manifest):
        print(f"warning: manifest.json: {printable(warning)}")
    committed = _start_repository(project) if answers["git_init"] == "yes" else False
    built = False
    if answers["build_image"] != "no":
        # After the commit: whatever becomes of the image, the repository is there.
        built = _build(project, answers["build_image"])
        if not built and answers["build_image"] == "required":
            return 1
    print()
    print(next_steps(answers, path, committed, built, linked))
    return 0


def remove_empty_folders(project: Path) -> None:
    """Remove the CI folders that Cookiecutter creates even where no file of theirs is rendered."""
    for name in (".github/workflows", ".github"):
        folder = project / name
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def _is_temporary(project: Path) -> bool:
    import tempfile  # slow to import, and only needed under cruft

    return project.resolve().is_relative_to(Path(tempfile.gettempdir()).resolve())


def _read_manifest(project: Path) -> tuple[dict[str, Any], list[str]]:
    """The manifest, and why the host would not accept it."""
    try:
        manifest = json.loads((project / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return {}, [f"it cannot be read: {error}"]
    return manifest, manifest_problems(manifest)


def _start_repository(project: Path) -> bool:
    outcome = git.start_repository(project)
    print(outcome.message)
    if outcome.commands:
        print("  To commit the plugin, run:")
        print("\n".join(f"    {command}" for command in outcome.commands))
    return outcome.committed


def _build(project: Path, mode: str) -> bool:
    try:
        # Imported here, because it needs packages that only this step needs.
        from stage7_plugin.generate.image import build_and_try

        return build_and_try(project, mode)
    except Exception as error:  # a fault in here must not cost the user the plugin
        print(f"image: not built: {type(error).__name__}: {error}")
        return False
