"""The package as it is on disk now, not as it was when it was first imported.

`cruft update` renders two versions of the template in one process, one after the other and in the
same folder. Without this the second would be rendered with the modules of the first.
"""

from __future__ import annotations

import importlib
import shutil
import sys
from pathlib import Path
from types import ModuleType

_PACKAGE_FOLDER = Path(__file__).resolve().parent
_PACKAGE = _PACKAGE_FOLDER.name


def _stamp() -> dict[str, int]:
    """When each source file was last written, in nanoseconds."""
    return {path.name: path.stat().st_mtime_ns for path in _PACKAGE_FOLDER.glob("*.py")}


_IMPORTED = _stamp()


def fresh_module(name: str) -> ModuleType:
    """The module of this package with that full name, imported anew if any source has changed."""
    if _stamp() != _IMPORTED:
        # Byte code is matched by size and whole seconds, which a quick checkout can leave equal.
        shutil.rmtree(_PACKAGE_FOLDER / "__pycache__", ignore_errors=True)
        importlib.invalidate_caches()
        for loaded in [key for key in sys.modules if key.split(".")[0] == _PACKAGE]:
            del sys.modules[loaded]
        sys.path.insert(0, str(_PACKAGE_FOLDER.parent))
        try:
            return importlib.import_module(name)
        finally:
            sys.path.remove(str(_PACKAGE_FOLDER.parent))
    return sys.modules[name]
