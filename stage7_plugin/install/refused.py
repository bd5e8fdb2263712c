"""Why a plugin was not installed."""

from __future__ import annotations

from stage7_plugin.errors import UserError


class Refused(UserError):
    """A plugin that is not installed, or an installation that failed.

    Args:
        sentence: What is wrong, on one line.
        command: What helps, as typed in the plugin's folder; empty if nothing simple does.
        details: More lines, such as what the host answered.
    """

    def __init__(self, sentence: str, command: str = "", details: str = "") -> None:
        super().__init__(sentence, details=details, command=command)
