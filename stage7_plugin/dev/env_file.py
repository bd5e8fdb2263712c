"""A file of settings, as the rendered Makefile's ENV_FILE names it."""

from __future__ import annotations

import re
from pathlib import Path

from stage7_plugin.errors import UserError

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class WrongEnvFile(UserError):
    """The file cannot be used. The message is one sentence, without a value: it may be a secret."""


def settings_of(folder: Path, name: str | None) -> dict[str, str]:
    """Return the settings of a file; of the folder's `.env` where none is named and one is there.

    Args:
        folder: The plugin's folder; the name is relative to it.
        name: The file's path; "" for no file.

    Raises:
        WrongEnvFile: It cannot be read, or a line is not NAME=value.
    """
    if name is None:
        name = ".env" if (folder / ".env").is_file() else ""
    values: dict[str, str] = {}
    if not name:
        return values
    try:
        lines = (folder / name).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise WrongEnvFile(f"--env-file {name} cannot be read: {error}") from error
    for number, line in enumerate(lines, 1):
        text = line.strip().removeprefix("export ")
        if not text or text.startswith("#"):
            continue
        key, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not _NAME.fullmatch(key):
            raise WrongEnvFile(f"{name}:{number} must be NAME=value, such as API_TOKEN=abc")
        quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
        values[key] = value[1:-1] if quoted else value
    return values
