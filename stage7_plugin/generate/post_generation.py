"""What happens once the files are written: check, git, image, next steps.

Each step is safe to repeat, because `cruft update` runs it again over the same answers.
"""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

from stage7_plugin.generate import git
from stage7_plugin.generate.next_steps import Done, next_steps
from stage7_plugin.spec.manifest import manifest_problems, manifest_warnings
from stage7_plugin.spec.problems import printable
from stage7_plugin.terminal import outlive_reader

_TEMPLATE = Path(__file__).resolve().parents[2]


@outlive_reader()
def main(
    *,
    git_init: str,
    build_image: str,
    ci: str,
    kubernetes: str,
    linked: bool = False,
    written: bool = False,
    unlocked: bool = False,
    logic: str = "plugin_logic.py",
    folder: Path | None = None,
) -> int:
    """Finish a rendered plugin.

    Args:
        git_init: The answer to that prompt, as are the next three.
        build_image: no, yes or required.
        ci: github, gitlab or none.
        kubernetes: yes or no.
        linked: Whether cruft renders it, to create the plugin or to compare two versions.
        written: Whether the author's file is more than a stub.
        unlocked: Whether it needs packages that are not locked yet.
        logic: That file.
        folder: The rendered plugin; the working directory by default, where hooks run.

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
    if linked and _is_compared(project):
        # A repository in it would be a difference that cruft cannot merge. Not a word, because what
        # `cruft diff` prints is a patch.
        return 0

    # Before anything is called done: Cookiecutter removes the folder if it fails.
    built = build_image == "required" and _build(project, manifest, build_image)
    if build_image == "required" and not built:
        return 1
    path = shlex.quote(git.path_from_shell(project))
    print(f"Created {path}")
    for warning in manifest_warnings(manifest):
        print(f"warning: manifest.json: {printable(warning)}")
    committed = git_init == "yes" and _start_repository(project, ci)
    if build_image == "yes":  # after the commit: whatever becomes of it, the repository is there
        built = _build(project, manifest, build_image)
    print()
    image = manifest["container"]["image"]
    done = Done(committed, built, linked, written, unlocked, logic)
    print(next_steps(path, image, ci, kubernetes == "yes", done))
    return 0


def remove_empty_folders(project: Path) -> None:
    """Remove the CI folders that Cookiecutter creates even where no file of theirs is rendered."""
    for name in (".github/workflows", ".github"):
        folder = project / name
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def _is_compared(project: Path) -> bool:
    """Whether cruft renders the plugin only to compare it, as update and diff do.

    They clone the template to `repo` in a temporary folder; create clones it to such a folder
    itself, and may well be called below one.
    """
    import tempfile  # slow to import, and only needed under cruft

    temporary = Path(tempfile.gettempdir()).resolve()
    copy = _TEMPLATE.name == "repo" and _TEMPLATE.parent.parent == temporary
    return copy and project.resolve().is_relative_to(temporary)


def _read_manifest(project: Path) -> tuple[dict[str, Any], list[str]]:
    """Read the manifest; return it with every reason for which the host would not accept it."""
    try:
        manifest = json.loads((project / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return {}, [f"it cannot be read: {error}"]
    return manifest, manifest_problems(manifest)


def _start_repository(project: Path, ci: str) -> bool:
    outcome = git.start_repository(project)
    print(outcome.message)
    if outcome.commands:
        print("  To commit the plugin, run:")
        print("\n".join(f"    {command}" for command in outcome.commands))
    if outcome.inside and ci != "none":
        print(
            "  Git servers do not read CI files in subfolders. Answer ci=none, and test what "
            "has changed from the root: see the guide Two hundred plugins."
        )
    return outcome.committed


def _build(project: Path, manifest: dict[str, Any], mode: str) -> bool:
    try:
        # Imported here, because it needs packages that only this step needs.
        from stage7_plugin.generate.image import build_and_try

        return build_and_try(project, manifest, mode)
    except Exception as error:  # a fault in here must not cost the user the plugin
        print(f"image: not built: {type(error).__name__}: {error}")
        return False
