"""What a docstring says: in one line, about each parameter, about what is returned, by example."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from stage7_plugin.spec.derived import LONGEST_DESCRIPTION
from stage7_plugin.spec.text_rules import UNSAFE

if TYPE_CHECKING:
    import griffe

_SENTENCE = re.compile(r"(?<=[.!?])\s")
# Roles, links and code marks of reStructuredText and Markdown.
_MARKS = re.compile(r":\w+:`~?([^`]*)`|`{1,2}([^`]*)`{1,2}|\*\*([^*]+)\*\*")
_SHORTEST = 10


class Described(NamedTuple):
    """A parameter, or a part of what is returned.

    Attributes:
        name: As the docstring has it; may be empty.
        hint: Its type in the docstring; None for none.
        words: What it is, on one line; may be empty.
    """

    name: str
    hint: str | None
    words: str


@dataclass
class Docs:
    """A docstring that was read.

    Attributes:
        summary: Its first sentence; empty where that is not a description.
        parameters: By name.
        returns: One for each part that is described.
        examples: The arguments of a call in its examples: by position or name, as literals.
    """

    summary: str = ""
    parameters: dict[str, Described] = field(default_factory=dict)
    returns: list[Described] = field(default_factory=list)
    examples: tuple[list[Any], dict[str, Any]] = ((), {})  # type: ignore[assignment]


def read(function: griffe.Function) -> Docs:
    """Read the docstring of a function, whichever of the three styles it has."""
    docstring = function.docstring
    if docstring is None:
        return Docs()
    found = Docs(summary=one_line(docstring.value.strip().partition("\n\n")[0]))
    for section in docstring.parse("auto"):
        kind = section.kind.value
        if kind == "text" and found.summary.startswith((":param", "Args:", "Parameters")):
            found.summary = ""
        elif kind in ("parameters", "other parameters"):
            for one in section.value:
                hint = None if one.annotation is None else str(one.annotation)
                if hint and hint[:1] in "'\"":  # of NumPy's {"m", "km"}, Griffe keeps the inside
                    hint = f"Literal[{hint}]"
                name = one.name.lstrip("*")
                found.parameters[name] = Described(name, hint, one_line(one.description))
        elif kind in ("returns", "yields"):
            for one in section.value:
                hint = None if one.annotation is None else str(one.annotation)
                found.returns.append(Described(one.name or "", hint, one_line(one.description)))
    found.examples = _example(docstring.value, function.name)
    return found


def class_docs(docstring: str | None, names: set[str]) -> dict[str, str]:
    """Return what a class says about its fields, by name."""
    if not docstring:
        return {}
    import griffe

    found = {}
    for section in griffe.Docstring(docstring).parse("auto"):
        if section.kind.value in ("attributes", "parameters"):
            for one in section.value:
                found[one.name] = one_line(one.description)
    return {name: words for name, words in found.items() if name in names and words}


def one_line(text: str) -> str:
    """Return a text on one line, without marks, cut at a sentence or a word to what is allowed."""
    plain = _MARKS.sub(lambda match: next(filter(None, match.groups()), ""), text)
    line = " ".join(UNSAFE.sub(" ", plain).split())
    if len(line) > LONGEST_DESCRIPTION:
        line = _SENTENCE.split(line)[0]
    if len(line) > LONGEST_DESCRIPTION:
        line = line[: LONGEST_DESCRIPTION - 3].rpartition(" ")[0] + "..."
    return line.removesuffix(".") if not line.endswith("...") else line


def summary_of(docs: Docs) -> str:
    """Return the first sentence of the summary, where it is fit for a description; else ""."""
    line = _SENTENCE.split(docs.summary)[0].removesuffix(".")
    # The host refuses a description with that word.
    usable = len(line) >= _SHORTEST and "password" not in line.lower()
    return line if usable else ""


def _example(text: str, name: str) -> tuple[list[Any], dict[str, Any]]:
    """Return the arguments of the first call of the function in a doctest, if all are literals."""
    for block in re.findall(r"(?m)^\s*>>> (.*(?:\n\s*\.\.\. .*)*)", text):
        code = re.sub(r"\n\s*\.\.\. ", "\n", block)
        try:
            tree = ast.parse(code)
        except SyntaxError:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == name:
                try:
                    keywords = {
                        one.arg: ast.literal_eval(one.value) for one in node.keywords if one.arg
                    }
                    return [ast.literal_eval(one) for one in node.args], keywords
                except (ValueError, SyntaxError):
                    continue
    return [], {}
