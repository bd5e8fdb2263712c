"""What `cookiecutter.json` names as its Jinja extension.

It uses the `stage7_plugin` next to this file, as it is on disk now:

- Cookiecutter puts the template's folder at the end of the import path, so that an installed
  package, perhaps of another version, would come first.
- `cruft update` renders two versions of the template in one process, one after the other and in
  the same folder, so that the second one would be rendered with the modules of the first.
"""

import importlib
import os
import shutil
import sys
from pathlib import Path
from types import ModuleType

from jinja2 import Environment
from jinja2.ext import Extension

NAME = "stage7_plugin"
# Resolved now: the path may be relative, and Cookiecutter changes the working directory.
HERE = Path(__file__).resolve().parent
PACKAGE = HERE / NAME

_imported: dict[str, int] = {}
"""The sources as they were when they were imported: file name and time in nanoseconds."""


class PluginExtension(Extension):
    """Adds the filters and globals that the template and its hook use."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        own_module("rendering.extension").install(environment)
        if PACKAGE.is_dir():  # pip would not remove what a template adds to an installed package
            importlib.import_module(f"{NAME}.rendering.compiled_templates").keep(environment)

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Let each default that is rendered for a prompt look at the answer before it, first.

        Cookiecutter renders defaults as templates without a name. cruft may render an older version
        of the template, which has no such filter, through this class.
        """
        if name is not None or "ask_again" not in self.environment.filters:
            return source
        asking = importlib.import_module(f"{NAME}.rendering.asking")
        return source if asking.session() is None else "{{ cookiecutter | ask_again }}" + source


def own_module(name: str) -> ModuleType:
    """Return a module of the package next to this file, imported anew if a source has changed."""
    # A wheel holds no second copy of the package: there the installed one is the template's own.
    if PACKAGE.is_dir():
        sources = _sources()
        changed = bool(_imported) and _imported != sources
        if changed or _loaded_from_elsewhere():
            _forget(changed)
        _imported.update(sources)
        if str(HERE) not in sys.path[:1]:
            sys.path.insert(0, str(HERE))
    return importlib.import_module(f"{NAME}.{name}")


def _sources() -> dict[str, int]:
    # Three times in a generation, so without a Path object for each file.
    return {
        path: os.stat(path).st_mtime_ns  # noqa: PTH116
        for folder, _, names in os.walk(PACKAGE)
        for path in (os.path.join(folder, name) for name in names if name.endswith(".py"))  # noqa: PTH118
    }


def _loaded_from_elsewhere() -> bool:
    loaded = sys.modules.get(NAME)
    return loaded is not None and Path(str(loaded.__file__)).resolve().parent != PACKAGE


def _forget(changed: bool) -> None:
    if changed:
        # Byte code is matched by size and whole seconds, which a quick checkout can leave equal.
        for cache in list(PACKAGE.rglob("__pycache__")):
            shutil.rmtree(cache, ignore_errors=True)
    importlib.invalidate_caches()
    _imported.clear()
    for name in [key for key in sys.modules if key.split(".")[0] == NAME]:
        del sys.modules[name]
