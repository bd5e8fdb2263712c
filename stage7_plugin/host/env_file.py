"""Settings of a plugin in a file, one NAME=value a line: `.env`, or what ENV_FILE names."""

from __future__ import annotations

import re
from pathlib import Path

from stage7_plugin.errors import UserError

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def read_env_file(file: Path) -> dict[str, str]:
    """Return the variables of a file, as `tests/start_plugin.py` of a plugin reads them.

    Empty lines, lines that begin with `#` and the word `export` do not count; one pair of quotes
    around a value goes.

    Raises:
        UserError: The file cannot be read, or a line is not NAME=value. Lines are not quoted:
            they may hold a secret.
    """
    try:
        lines = file.read_text("utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise UserError(
            f"the settings file {str(file)!r} cannot be read: {reason}; choose another one with "
            "--env-file or the variable ENV_FILE"
        ) from error
    found = {}
    for number, line in enumerate(lines, 1):
        text = line.strip().removeprefix("export ")
        if not text or text.startswith("#"):
            continue
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not _NAME.fullmatch(name):
            raise UserError(
                f"the settings file {str(file)!r}, line {number}: write NAME=value, such as "
                "API_TOKEN=x"
            )
        quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
        found[name] = value[1:-1] if quoted else value
    return found
