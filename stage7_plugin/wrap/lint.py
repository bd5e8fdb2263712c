"""The lint of a plugin leaves alone what was copied byte for byte: its pyproject.toml says so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

PYPROJECT = "pyproject.toml"
_CHECKED = (".py", ".pyi", ".ipynb")
"""What Ruff looks at."""
# The lists of the rendered file: how each begins, and what an entry of it looks like.
_LISTS = ("extend-exclude = [", "exclude = [", "module = [")


def left_alone(paths: Iterable[str]) -> list[str]:
    """Return the files and folders next to plugin_logic.py that lint has to leave alone.

    Args:
        paths: Every file that was copied byte for byte, as seen from the plugin's folder.
    """
    code = [PurePosixPath(path) for path in paths if path.endswith(_CHECKED)]
    return sorted({path.parts[0] for path in code})


def without_lint(text: str, names: Iterable[str]) -> str:
    """Add files and folders to what Ruff and mypy leave alone.

    Args:
        text: The plugin's pyproject.toml. A list that is no longer as the template has it, one
            entry a line, stays as it is.
        names: See `left_alone`.
    """
    for name in names:
        for opening, entry in zip(_LISTS, _entries(name), strict=True):
            text = _with_entry(text, opening, entry)
    return text


def _entries(name: str) -> Iterator[str]:
    """Yield what stands for one file or folder in each list."""
    is_file = name.endswith(_CHECKED)
    yield f'"{name}"'
    pattern = re.escape(name).replace("\\", "\\\\")
    yield f'"^{pattern}{"$" if is_file else "/"}"'
    module = name.rpartition(".")[0] if is_file else name
    if not module.isidentifier() or name.endswith(".ipynb"):
        yield ""  # nothing can import it
    else:  # of a folder, the package itself and everything in it
        yield f'"{module}"' + ("" if is_file else f', "{module}.*"')


def _with_entry(text: str, opening: str, entry: str) -> str:
    found = re.search(rf"^{re.escape(opening)}[^\]\n]*\n(?:  .*\n)*?\]$", text, re.M)
    if found is None or not entry or f"  {entry}," in found[0]:
        return text
    end = found.end() - 1
    return f"{text[:end]}  {entry},\n{text[end:]}"
