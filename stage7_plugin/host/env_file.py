"""Settings of a plugin in a file, one NAME=value a line, as `docker run --env-file` reads it."""

from __future__ import annotations

import re
from pathlib import Path

from stage7_plugin.errors import UserError

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def read_env_file(file: Path) -> dict[str, str]:
    """Return the variables of a file. Values are kept as they are, quotes included.

    Raises:
        UserError: The file cannot be read, or a line is no NAME=value.
    """
    try:
        lines = file.read_text("utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        raise UserError(f"{str(file)!r} cannot be read: {error}") from error
    found = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not equals or not _NAME.fullmatch(name.strip()):
            # Without the line itself: it may be a secret.
            raise UserError(f"{str(file)!r}, line {number}: write NAME=value, such as API_TOKEN=x")
        found[name.strip()] = value
    return found
