"""Literals as they are written, character by character: what any change of the rules would move."""

from __future__ import annotations

from typing import Any

import pytest

from stage7_plugin.rendering import escaping


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("plain", '"plain"'),
        ('a "b"', "'a \"b\"'"),
        ("it's", '"it\'s"'),
        ("'\"", '"\'\\""'),
        ("''\"", '"\'\'\\""'),
        ('\'""', "'\\'\"\"'"),
        ("back\\slash", '"back\\\\slash"'),
        ("line\nbreak\x7f\u2028", '"line\\u000abreak\\u007f\\u2028"'),
        (None, "None"),
        (True, "True"),
        (2, "2"),
        (-1.5, "-1.5"),
        ([], "[]"),
        ((1, "a"), '[1, "a"]'),
        ({}, "{}"),
        ({"a": [1, {"b": None}], "c": ""}, '{"a": [1, {"b": None}], "c": ""}'),
    ],
)
def test_python_literal(value: Any, written: str) -> None:
    assert escaping.python_literal(value) == written


@pytest.mark.parametrize(
    ("indent", "hanging", "width", "lines"),
    [
        (4, 0, 100, ["one two three four"]),
        (0, 0, 7, ["one two", "three", "four"]),
        (0, 0, 8, ["one two", "three", "four"]),
        (1, 0, 8, ["one two", " three", " four"]),
        (1, 0, 7, ["one", " two", " three", " four"]),
        (0, 0, 10, ["one two", "three four"]),
        (2, 0, 12, ["one two", "  three four"]),
        (0, 2, 12, ["one two", "  three four"]),
        (2, 3, 15, ["one two three", "     four"]),
        (0, 9, 11, ["one two", "         three", "         four"]),
        (0, 2, 2, ["one", "  two", "  three", "  four"]),
    ],
)
def test_docstring(indent: int, hanging: int, width: int, lines: list[str]) -> None:
    found = escaping.docstring("one two three four", indent, hanging, width)
    assert found == "\n".join(lines)


def test_docstring_escapes_and_wide_characters() -> None:
    assert escaping.docstring('a\\b """ c""') == 'a\\\\b \\"\\"\\" c""'
    assert escaping.docstring("") == ""
    assert escaping.docstring("  a \t b ") == "a b"
    assert escaping.docstring("文字 文字", indent=0, width=9) == "文字 文字"
    assert escaping.docstring("文字 文字", indent=0, width=8) == "文字\n文字"
    assert escaping.docstring(f"{'x' * 90} yyyyy") == f"{'x' * 90} yyyyy"
    assert escaping.docstring(f"{'x' * 90} yyyyyy") == f"{'x' * 90}\n    yyyyyy"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain", "plain"),
        ("a*b_c`d", "a\\*b\\_c\\`d"),
        ("[x](y) <b> #1 |~&!$\\", "\\[x\\](y) \\<b\\> \\#1 \\|\\~\\&\\!\\$\\\\"),
        ("- a - b", "\\- a - b"),
        ("12. a 3. b", "12\\. a 3. b"),
        ("1) a", "1\\) a"),
        ("+a=b", "\\+a=b"),
        ("=a", "\\=a"),
        (3, "3"),
    ],
)
def test_markdown(text: object, written: str) -> None:
    assert escaping.markdown(text) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain", "`plain`"),
        ("a|b", "`a\\|b`"),
        ("a`b", "`` a`b ``"),
        ("``", "``` `` ```"),
        ("a```b`", "```` a```b` ````"),
        (7, "`7`"),
    ],
)
def test_markdown_code(text: object, written: str) -> None:
    assert escaping.markdown_code(text) == written


def test_the_short_ones() -> None:
    assert escaping.json("a\u2028b") == '"a\\u2028b"'
    assert escaping.json({"b": 1, "a": [2]}) == '{"b": 1, "a": [2]}'
    assert escaping.json({"b": 1}, indent=2) == '{\n  "b": 1\n}'
    assert escaping.json({"b": 1}, indent=3, level=2) == '{\n         "b": 1\n      }'
    assert escaping.json({"b": 1}, level=2) == '{"b": 1}'
    assert escaping.json_string(5) == '"5"'
    assert escaping.compose_string("$$a") == '"$$$$a"'
    assert escaping.dockerfile_string(5) == '"5"'
    assert escaping.shell_word("a b") == "'a b'"
    assert escaping.shell_word(5) == "5"
