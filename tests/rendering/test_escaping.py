"""Literals: whatever the text, the language that they are for reads it back unchanged."""

from __future__ import annotations

import ast
import json
import shlex
import subprocess
import sys
from collections.abc import Callable

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from stage7_plugin.rendering import escaping
from stage7_plugin.spec.text_rules import UNSAFE, columns

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

# What a prompt accepts: anything but lone surrogates and what text_rules calls unsafe.
TEXT = st.text(st.characters(codec="utf-8"), max_size=60).map(lambda text: UNSAFE.sub("", text))
# Values inside a JSON default may hold control characters as well.
ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=60)
HOSTILE = (
    "\"'\\ $HOME ${x} $(id) `id` {{ 7*7 }} {% raw %} </script> : # | <b> & * _ [a](b) ~~ \\",
    "🎉 مرحبا 文字 é",
    '"""',
    "\\",
    "'",
)


def texts(
    strategy: st.SearchStrategy[str],
) -> Callable[[Callable[[str], None]], Callable[..., None]]:
    """Hypothesis over the strategy, with the known hostile texts first."""

    def decorate(test: Callable[[str], None]) -> Callable[..., None]:
        decorated = given(strategy)(test)
        for text in HOSTILE:
            decorated = example(text)(decorated)
        return decorated

    return decorate


@texts(ANY_TEXT)
def test_json(text: str) -> None:
    written = escaping.json(text)
    assert json.loads(written) == text
    assert not UNSAFE.search(written)


def test_json_keeps_what_people_can_read() -> None:
    assert escaping.json("</script> é 🎉 &") == '"</script> é 🎉 &"'


def test_json_of_a_structure_fits_the_file_that_it_stands_in() -> None:
    written = escaping.json({"a": [1, "x"]}, indent=2, level=1)
    assert written == '{\n    "a": [\n      1,\n      "x"\n    ]\n  }'


@texts(ANY_TEXT)
def test_yaml_and_toml(text: str) -> None:
    written = escaping.json_string(text)
    assert yaml.safe_load(f"key: {written}\nnext: 1") == {"key": text, "next": 1}
    assert tomllib.loads(f"key = {written}\nnext = 1") == {"key": text, "next": 1}


def test_compose_string_starts_no_variable() -> None:
    assert yaml.safe_load(escaping.compose_string("a $HOME ${x}")) == "a $$HOME $${x}"


@texts(ANY_TEXT)
def test_python(text: str) -> None:
    assert ast.literal_eval(escaping.python_literal(text)) == text


def test_python_structures() -> None:
    value = {"a": [1, 2.5, True, None, "x'\""], "b": {}}
    assert ast.literal_eval(escaping.python_literal(value)) == value


def test_python_refuses_what_it_cannot_write() -> None:
    with pytest.raises(TypeError, match="there is no Python literal for a object"):
        escaping.python_literal(object())


@texts(TEXT)
def test_docstring(text: str) -> None:
    source = f'"""Start: {escaping.docstring(text, indent=10)} :end\n"""'
    (statement,) = ast.parse(source).body
    assert isinstance(statement, ast.Expr)
    found = ast.literal_eval(statement.value)
    assert found.split() == f"Start: {text} :end".split()


@texts(TEXT)
def test_docstring_lines_are_short_where_they_can_be(text: str) -> None:
    first, *rest = escaping.docstring(text, indent=8, hanging=4, width=40).split("\n")
    for start, line in ((8, first), *((0, line) for line in rest)):
        assert start + columns(line) <= 40 or " " not in line.strip()


@texts(TEXT)
@settings(max_examples=40, deadline=None)
def test_shell_word(text: str) -> None:
    written = escaping.shell_word(text)
    assert shlex.split(written) == [text]
    done = subprocess.run(["sh", "-c", f"printf %s {written}"], capture_output=True, check=True)
    assert done.stdout.decode() == text.replace("\0", "")


def rendered_text(markdown: str) -> str:
    """The text that a reader sees in the first cell of a table."""
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(f"| a |\n|---|\n| {markdown} |\n")
    inline = [token for token in tokens if token.type == "inline"][-1]
    kinds = {child.type for child in inline.children or []}
    assert kinds <= {"text", "text_special", "code_inline"}, "the text was read as Markdown"
    return "".join(child.content for child in inline.children or [])


@texts(TEXT)
@settings(deadline=None)
def test_markdown(text: str) -> None:
    assert rendered_text(escaping.markdown(text)) == text.strip()


@pytest.mark.parametrize("text", ["- a", "1. a", "+ a", "= a", "# a", "> a", "--- ", "1) a", "---"])
def test_markdown_at_the_start_of_a_line(text: str) -> None:
    tokens = MarkdownIt("commonmark").parse(f"above\n\n{escaping.markdown(text)}\n")
    assert [token.type for token in tokens].count("paragraph_open") == 2
    assert len(tokens) == 6


@texts(TEXT)
@settings(deadline=None)
def test_markdown_code(text: str) -> None:
    if text.strip():
        assert rendered_text(escaping.markdown_code(text)).strip() == text.strip()


def test_dockerfile_string() -> None:
    assert escaping.dockerfile_string('a "b" \\ $c `d`') == '"a \\"b\\" \\\\ \\$c `d`"'
