"""Compiled templates are kept next to Python's byte code, as modules are.

Jinja would compile each of them again at every generation.
Source: https://jinja.palletsprojects.com/en/stable/api/#bytecode-cache
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache
from jinja2.bccache import Bucket

from stage7_plugin.rendering.template_folder import template_folder

_PROJECT = "{{cookiecutter.plugin_slug}}"
_SOURCES = ("cookiecutter.json", "hooks/post_gen_project.py")


class CompiledTemplates(FileSystemBytecodeCache):
    """Jinja's own cache, for which a folder that cannot be written is not an error."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled, if the folder is there and can be written."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


def keep(environment: Environment) -> None:
    """Let an environment keep its compiled templates, unless Python is not to keep its own."""
    if not sys.dont_write_bytecode:
        folder = Path(cache_from_source(__file__)).parent
        environment.bytecode_cache = CompiledTemplates(str(folder))
        _keep_texts(environment, environment.bytecode_cache)


def _keep_texts(environment: Environment, cache: CompiledTemplates) -> None:
    """Do the same for texts without a file of their own: defaults, names of files, the hook.

    Only for those of the template: answers are rendered too, and stay out of the cache.
    """
    compiled = environment.compile
    sources = [template_folder() / name for name in _SOURCES]
    own = "\n".join([_PROJECT, *(path.read_text("utf-8") for path in sources if path.is_file())])

    def compile_text(source: Any, *arguments: Any, **options: Any) -> Any:
        is_text = isinstance(source, str) and not (arguments or options)
        if not is_text or not (source in own or os.path.isfile(source)):  # noqa: PTH113
            return compiled(source, *arguments, **options)
        text = environment.preprocess(source)
        bucket = cache.get_bucket(environment, text, None, text)
        if bucket.code is None:
            bucket.code = compiled(source)
            cache.set_bucket(bucket)
        return bucket.code

    environment.compile = compile_text  # type: ignore[method-assign]
