"""Answers that try to break out of the files that they are written to."""

from __future__ import annotations

import json
import keyword

from hypothesis import strategies as st

from stage7_plugin.spec.answers import check
from stage7_plugin.spec.names import as_python_reads
from stage7_plugin.spec.text_rules import UNSAFE
from stage7_plugin.spec.value_types import TYPES, has_type
from tests.support.template import ANSWERS

TEXTS = (
    "\"double\" 'single' `back` \\ backslash \\",
    "$HOME ${HOME} $(touch pwned) `touch pwned` $$",
    "{{ 7*7 }} {% raw %} {# comment #} {{ cookiecutter }}",
    "</script><script>alert(1)</script> <!-- & &amp;",
    "key: value # comment, - item, [a, b], {c: d}, *e, &f, !g, %h, @i",
    '"""); import os; os.system("touch pwned") #',
    "\\\"\\n\\u0041 \\N{BULLET} %s {0} \\x41",
    "# heading | cell | *bold* _it_ ~~no~~ [link](x) ![i](y) <b> 1. - +",
    "🎉 emoji مرحبا עברית 文字 é ﬁ \u00a0nbsp",
    "\ufeffbom and \u200bzero\u200cwidth\u200djoiners",
    "' OR 1=1; -- \u2019 \u2013 \uff07",
    "--flag -rf / ; rm -rf . && echo pwned > pwned",
    "ARG x=1\\nRUN touch pwned",
)  # fmt: skip
NAMES = (
    "inputs", "context", "logger", "logging", "received", "execute_plugin", "Any", "list", "str",
    "dict", "float", "bool", "print", "success", "outputs", "match", "type", "_", "__", "_1", "l",
    "O", "I", "STUB_ANSWER", "self", "sum", "value", "größe", "文字", "ﬁ", "__debug__", "None_",
    "x" * 60, "文" * 30,
)  # fmt: skip


def lines(shortest: int, longest: int) -> st.SearchStrategy[str]:
    """Any text that the rules accept on one line, hostile ones often."""
    anything = st.text(st.characters(codec="utf-8"), max_size=longest)
    mixed = st.lists(st.sampled_from(TEXTS) | anything, min_size=1, max_size=3).map(" ".join)
    return (
        mixed.map(lambda text: UNSAFE.sub("", text)[:longest].strip())
        .map(lambda text: text if len(text) >= shortest else text + "x" * shortest)
        .filter(lambda text: shortest <= len(text) <= longest)
    )


def json_values(kind: str) -> st.SearchStrategy[object]:
    """Values of one of the host's types."""
    text = st.sampled_from(TEXTS) | st.text(st.characters(codec="utf-8"), max_size=20)
    numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
    plain = text | numbers | st.booleans() | st.lists(text, max_size=2)
    return (plain | st.dictionaries(text, text, max_size=2)).filter(lambda v: has_type(v, kind))


@st.composite
def definitions(draw: st.DrawFn, names: list[str], is_input: bool) -> str:
    """A JSON list of definitions with those names."""
    found = []
    for name in names:
        kind = draw(st.sampled_from(TYPES))
        definition: dict[str, object] = {"name": name, "type": kind}
        definition["description"] = draw(lines(0, 200))
        if is_input and draw(st.booleans()):
            definition["default"] = draw(json_values(kind))
        elif draw(st.booleans()):
            definition["required"] = draw(st.booleans())
        found.append(definition)
    return json.dumps(found, ensure_ascii=draw(st.booleans()))


@st.composite
def answers(draw: st.DrawFn) -> dict[str, str]:
    """A full set of accepted answers, with free text of any kind."""
    identifiers = st.from_regex(r"[a-zA-Z_]\w{0,15}", fullmatch=True).filter(
        lambda name: name.isidentifier() and not keyword.iskeyword(name)
    )
    names = draw(
        st.lists(
            st.sampled_from(NAMES) | identifiers, min_size=2, max_size=6, unique_by=as_python_reads
        )
    )
    middle = draw(st.integers(1, len(names) - 1))
    found = {
        **ANSWERS,
        "plugin_name": draw(lines(1, 80)),
        "description": draw(lines(10, 200)),
        "author": draw(lines(1, 100)),
        "inputs": draw(definitions(names[:middle], is_input=True)),
        "outputs": draw(definitions(names[middle:], is_input=False)),
        "license": draw(st.sampled_from(["MIT", "Apache-2.0", "BSD-3-Clause", "Proprietary"])),
        "ci": draw(st.sampled_from(["github", "gitlab", "none"])),
    }
    assert check(found) == []
    return found
