"""The exceptions of this package, below one base."""

from __future__ import annotations


class Stage7PluginError(Exception):
    """Base of every exception that this package raises on purpose."""


class UserError(Stage7PluginError):
    """Something that the user can fix.

    Attributes:
        sentence: What is wrong, on one line.
        details: What was seen, such as the last lines of a log; may be empty.
        command: What to run next; may be empty.
    """

    def __init__(self, sentence: str, *, details: str = "", command: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.details = details
        self.command = command
