"""Write the entries of the template folder from the files of `languages/`: python -m tools.entries

A file there without an entry would not be rendered, and an entry without a file would fail.
"""

from __future__ import annotations

import subprocess
from pathlib import Path, PurePosixPath

from stage7_plugin.rendering.entries import RENDERED, SOURCES, parse_name
from stage7_plugin.rendering.template_folder import template_folder
from stage7_plugin.spec.languages import LANGUAGES

PROJECT = "{{cookiecutter.plugin_slug}}"
ONLY_WITH = {
    ".github": {"ci": "github"},
    ".gitlab-ci.yml": {"ci": "gitlab"},
    "renovate.json": {"ci": "gitlab"},
}
"""By the first part of a rendered path: the answers without which it is not rendered."""


def entries(sources: list[str]) -> dict[str, str]:
    """Return path -> content of the entries for these sources, as `python/server.py`."""
    return dict(map(_entry, sources))


def _entry(source: str) -> tuple[str, str]:
    language, _, rendered = source.partition("/")
    path = PurePosixPath(rendered.removesuffix(RENDERED))
    choices = "".join(
        f", {key}='{value}'" for key, value in ONLY_WITH.get(path.parts[0], {}).items()
    )
    name = f"{{{{ {language}('{path.name}'{choices}) }}}}"
    return (path.parent / name).as_posix(), f"{{{{ source('{source}') }}}}\n"


def sources(root: Path) -> list[str]:
    """List the files in `languages/` that git does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", SOURCES],
        cwd=root,
        check=True,
        capture_output=True,
        encoding="utf-8",
    ).stdout.split("\0")
    there = {name for name in listed if name and (root / name).is_file()}
    named = sorted(name.removeprefix(f"{SOURCES}/") for name in there)
    return [name for name in named if name.partition("/")[0] in LANGUAGES]


def present(root: Path) -> dict[str, str]:
    """Return path -> content of the entries in the template folder."""
    project = root / PROJECT
    found = (path.relative_to(project).as_posix() for path in project.rglob("*") if path.is_file())
    return {name: (project / name).read_text("utf-8") for name in found if parse_name(name)}


def write(root: Path) -> int:
    """Bring the entries in line with the sources; return how many there are."""
    wanted = entries(sources(root))
    for name in present(root).keys() - wanted.keys():
        (root / PROJECT / name).unlink()
    for name, content in wanted.items():
        path = root / PROJECT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8", newline="\n")
    return len(wanted)


if __name__ == "__main__":
    print(f"wrote {write(template_folder())} entries")
