"""What a batch file says, whatever its format: values and the lines where they stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from stage7_plugin.errors import Stage7PluginError
from stage7_plugin.spec.problems import Problem

EXAMPLE_FILE = "plugins: [{plugin_name: Text Echo}]"


@dataclass(frozen=True, slots=True)
class Field:
    """One value. Text as it is written, a list or mapping as JSON values, or None for null."""

    line: int
    value: Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One plugin, or the defaults.

    Attributes:
        line: Where it begins, from 1.
        fields: By key.
        file: Where it stands, if not in the batch file.
    """

    line: int
    fields: dict[str, Field]
    file: str = ""


@dataclass(frozen=True, slots=True)
class Located:
    """A problem and where it is.

    Attributes:
        line: From 1.
        plugin: Names the plugin for people; empty for the file.
        problem: What is wrong.
        file: Where it stands, if not in the batch file.
    """

    line: int
    plugin: str
    problem: Problem
    file: str = ""


@dataclass
class Fleet:
    """A batch file that has been read; `problems` are those of its form."""

    defaults: Entry = field(default_factory=lambda: Entry(1, {}))
    plugins: list[Entry] = field(default_factory=list)
    problems: list[Located] = field(default_factory=list)

    def fault(self, line: int, key: str, value: object, rule: str, example: str = "") -> None:
        """Note a problem of the file itself."""
        problem = Problem(key, value, rule, example or EXAMPLE_FILE)
        self.problems.append(Located(line, "", problem))

    def key_twice(self, line: int, key: str) -> None:
        """Note a key that occurs twice in one mapping."""
        self.fault(line, key, key, "a key may occur only once", f"{key}: ...")

    def unknown_section(self, line: int, key: str) -> None:
        """Note a key of the whole file that is neither defaults nor plugins."""
        self.fault(line, key, key, "a batch file has the keys defaults and plugins, nothing else")


class Unreadable(Stage7PluginError):
    """The file cannot be read further from a line on; the text is the rule that it breaks."""

    def __init__(self, line: int, rule: str) -> None:
        super().__init__(rule)
        self.line = line
        self.rule = rule
