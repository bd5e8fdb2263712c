"""Compiled templates are kept beside Python's byte code, as modules are.

Jinja would compile each of them again at every generation.
Source: https://jinja.palletsprojects.com/en/stable/api/#bytecode-cache
"""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path

from jinja2 import Environment, FileSystemBytecodeCache
from jinja2.bccache import Bucket


class CompiledTemplates(FileSystemBytecodeCache):
    """Jinja's own cache, for which a folder that cannot be written is no error."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled, if the folder is there and can be written."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


def keep(environment: Environment) -> None:
    """Let an environment keep its compiled templates, unless Python is not to keep its own."""
    if not sys.dont_write_bytecode:
        folder = Path(cache_from_source(__file__)).parent
        environment.bytecode_cache = CompiledTemplates(str(folder))
