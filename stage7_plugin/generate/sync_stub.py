"""The parts of plugin_logic.py that name inputs and outputs, written anew where they are."""

from __future__ import annotations

import re

from stage7_plugin.rendering import python_stub
from stage7_plugin.spec.parameters import Parameter

_STUB_OUTPUT = r'            "[^"\n]+": (?:(?:STUB_ANSWER|0|False|\[\]|\{\}),|.*,  # stub)\n'

# What stands before a part and what after it, as the template writes them.
_INPUT_DOCS = (r"^        inputs: The declared inputs.*:\n", r"^        context: ")
_OUTPUT_DOCS = (r"^.* with every declared output:\n", r'^        or \{"success": False')
_LOCALS = (r'^    """\n(?=    \w+: .* = inputs)', r"^\n    # Report a failure like this:")
_RECEIVED = (r"^    received = \[\n", r"^    \]\n")
# Both as the template wrote them, with no line that the author has added.
_LOCAL = r'    \w+: .* = inputs(?:\.get)?[\[(](?:"[^"\n]*"|\n        "[^"\n]*"\n    )[\])]\n'
_UNTOUCHED = (
    rf'^    """\n(?:{_LOCAL})+{_LOCALS[1][1:]}',
    rf"{_RECEIVED[0]}(?:        \w+,\n)+{_RECEIVED[1][1:]}",
)
_OUTPUTS = (r'^        "outputs": \{\n(?=' + _STUB_OUTPUT + ")", r"^        \},\n")


def is_authors(text: str) -> bool:
    """Return whether the author has written among the locals of a stub that is otherwise there."""
    untouched = all(re.search(part, text, re.MULTILINE) for part in _UNTOUCHED)
    return _has_locals(text) and not untouched


def synced_stub(text: str, inputs: list[Parameter], outputs: list[Parameter]) -> str:
    """Return the file with docstring, locals and stub values for the present inputs and outputs."""
    text = _between(text, _INPUT_DOCS, python_stub.parameter_docs(inputs, 12))
    text = _between(text, _OUTPUT_DOCS, python_stub.parameter_docs(outputs, 12))
    if _has_locals(text):
        text = _between(text, _LOCALS, python_stub.input_locals(inputs, 4))
        text = _between(text, _RECEIVED, python_stub.received_list(inputs, 8))
        text = _with_imports(text, python_stub.typing_names(inputs))
    stub = re.search(rf"{_OUTPUTS[0]}(?:{_STUB_OUTPUT})+{_OUTPUTS[1][1:]}", text, re.MULTILINE)
    if stub is not None:
        text = _between(text, _OUTPUTS, python_stub.output_values(outputs, 12))
    return text


def _has_locals(text: str) -> bool:
    return all(re.search(part, text, re.MULTILINE) for part in (_LOCALS[1], _RECEIVED[0]))


def _with_imports(text: str, names: str) -> str:
    """Return the text with what the locals need from typing."""
    line = re.search(r"^from typing import (.*)$", text, re.MULTILINE)
    if line is None or line[1].startswith("("):
        return text
    present = line[1].split(", ")
    if "Literal" in names and "Literal" not in present:
        wanted = ", ".join(sorted([*present, "Literal"]))
    elif line[1] == "Any, Literal" and "Literal[" not in text:
        wanted = "Any"
    else:
        return text
    return f"{text[: line.start(1)]}{wanted}{text[line.end(1) :]}"


def stub_hints(text: str, inputs: list[Parameter], outputs: list[Parameter]) -> list[str]:
    """List the inputs and outputs that the code, once it is the author's, does not name."""
    code = re.sub(r'"""(?:.|\n)*?"""', "", text)
    missing = [one for one in (*inputs, *outputs) if not re.search(rf"['\"]{one.name}['\"]", code)]
    return [
        f"plugin_logic.py: the code does not use {one.name} yet: "
        + (python_stub.input_locals([one], 0) if one in inputs else f'"{one.name}": ...')
        for one in missing
    ]


def _between(text: str, anchors: tuple[str, str], lines: str) -> str:
    """Replace what is between two anchors; return the text as it is if one is missing."""
    before = re.search(anchors[0], text, re.MULTILINE)
    if before is None:
        return text
    after = re.compile(anchors[1], re.MULTILINE).search(text, before.end())
    if after is None:
        return text
    return f"{text[: before.end()]}{lines}\n{text[after.start() :]}"
