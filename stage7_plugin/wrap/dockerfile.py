"""The syntax of a Dockerfile: instructions, stages, variables and shell commands.

Source: Docker's reference of the Dockerfile.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_HEREDOC = re.compile(r"<<-?\s*(['\"]?)([A-Za-z_]\w*)\1")
_VARIABLE = re.compile(
    r"\\\$|\$(?:(?P<plain>[A-Za-z_]\w*)|\{(?P<name>[A-Za-z_]\w*)(?::(?P<sign>[-+])(?P<other>[^}]*))?\})"
)
_OPERATORS = frozenset(";&|()<>\n")
# What may stand before the command itself.
_BEFORE = frozenset(("sudo", "env", "exec", "time", "then", "do", "else", "if", "!", "{", "xargs"))
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=.*", re.S)


@dataclass(frozen=True)
class Instruction:
    """One instruction, its lines joined.

    Attributes:
        line: Of its first line, from 1.
        word: In capitals: RUN.
        rest: What follows, options included.
        documents: Its here-documents, one after the other.
    """

    line: int
    word: str
    rest: str
    documents: tuple[str, ...] = ()

    @property
    def options(self) -> dict[str, str]:
        """Return the options before the arguments: {"from": "build"}."""
        found = {}
        for word in self.rest.split():
            if not word.startswith("--"):
                break
            key, _, value = word[2:].partition("=")
            found[key] = value
        return found

    @property
    def arguments(self) -> str:
        """Return what follows the options."""
        return re.sub(r"^(?:--\S+\s*)+", "", self.rest)

    def words(self) -> list[str]:
        """Return the arguments one by one, of the JSON form or the plain one. Raises ValueError."""
        if self.arguments.startswith("["):
            found = json.loads(self.arguments)
            if isinstance(found, list) and all(isinstance(word, str) for word in found):
                return found
            raise ValueError("a list of strings is expected")
        return shlex.split(self.arguments)


@dataclass
class Stage:
    """What follows one FROM."""

    base: str
    name: str
    line: int
    instructions: list[Instruction] = field(default_factory=list)


def instructions(text: str) -> Iterator[Instruction]:
    """Yield every instruction, comments left out."""
    lines = text.splitlines()
    position = 0
    while position < len(lines):
        start, joined = position, ""
        while position < len(lines):
            line = lines[position]
            position += 1
            stripped = line.strip()
            if stripped.startswith("#") or not stripped:
                if not joined:
                    start = position
                continue
            if not re.search(r"\\\s*$", line):
                joined += line
                break
            joined += re.sub(r"\\\s*$", " ", line)
        word, _, rest = joined.strip().partition(" ")
        if not word:
            continue
        documents = []
        marks = _HEREDOC.findall(rest) if word.upper() in ("RUN", "COPY", "ADD") else []
        for _, mark in marks:
            body = []
            while position < len(lines) and lines[position].strip() != mark:
                body.append(lines[position])
                position += 1
            position += 1
            documents.append("\n".join(body))
        yield Instruction(start + 1, word.upper(), rest.strip(), tuple(documents))


def final_stages(text: str) -> tuple[list[Stage], list[Stage]]:
    """Return the stages that make up the image, the first one first; and the others."""
    stages: list[Stage] = []
    for one in instructions(text):
        if one.word == "FROM":
            words = one.arguments.split()
            named = len(words) > 2 and words[1].upper() == "AS"
            stages.append(Stage(words[0] if words else "", words[2] if named else "", one.line))
        elif stages:
            stages[-1].instructions.append(one)
    chain = stages[-1:]
    while chain:
        before = stages[: stages.index(chain[0])]
        earlier = [one for one in before if one.name and one.name == chain[0].base]
        if not earlier:
            break
        chain.insert(0, earlier[-1])
    return chain, [stage for stage in stages if stage not in chain]


def substituted(text: str, values: Mapping[str, str]) -> str | None:
    """Return the text with variables in place, or None if it names an unknown one."""
    unknown = False

    def value(match: re.Match[str]) -> str:
        nonlocal unknown
        name = match["plain"] or match["name"]
        if name is None:
            return "$"
        given = values.get(name, "")
        if match["sign"] == "-":
            return given or match["other"]
        if match["sign"] == "+":
            return match["other"] if given else ""
        unknown = unknown or name not in values
        return given

    found = _VARIABLE.sub(value, text)
    return None if unknown else found


def assignments(one: Instruction) -> list[tuple[str, str]]:
    """Return what ENV, ARG or LABEL sets: `A=1 B="2 3"`, or the old form `A 1`."""
    words = shlex.split(one.rest)
    if words and "=" not in words[0] and one.word == "ENV":
        name, _, value = one.rest.partition(" ")
        return [(name, value.strip())]
    return [(name, value) for name, sign, value in (word.partition("=") for word in words) if sign]


def commands(one: Instruction) -> Iterator[list[str]]:
    """Yield each command of a RUN as its words, without what stands before it.

    Raises:
        ValueError: A quote is not closed.
    """
    if one.arguments.startswith("["):
        yield from _shell(one.words()) if "-c" not in one.words() else _script(one.words()[-1])
        return
    for document in one.documents:
        lines = re.sub(r"\\\s*\n", " ", document).splitlines()
        for line in lines:
            if not line.strip().startswith("#"):
                yield from _script(line)
    if not one.documents:
        yield from _script(one.arguments)


def _script(text: str) -> Iterator[list[str]]:
    lexer = shlex.shlex(text, posix=True, punctuation_chars=";&|()<>")
    lexer.whitespace_split = True
    lexer.commenters = ""
    yield from _shell(list(lexer))


def _shell(words: list[str]) -> Iterator[list[str]]:
    command: list[str] = []
    for word in [*words, ";"]:
        if word and _OPERATORS.issuperset(word):
            while command and (command[0] in _BEFORE or _ASSIGNMENT.fullmatch(command[0])):
                command.pop(0)
            if command:
                yield command
            command = []
        else:
            command.append(word)
