"""What a user meant by a line that is not in the notation: near misses and the corrected line."""

from __future__ import annotations

import re
from collections.abc import Callable

from stage7_plugin.spec.problems import nearest
from stage7_plugin.spec.value_types import TYPES

_LONGEST = 400  # characters of a line that is looked at

# Types of other languages and of databases, and what people call formats.
_SYNONYMS = {
    "string": "str text varchar char chars",
    "number": "int integer float double decimal num real long numeric",
    "boolean": "bool flag",
    "array": "list tuple set sequence vector",
    "object": "dict map json record struct dictionary mapping",
    "any": "mixed unknown",
    "string(uri)": "uri url link href",
    "string(email)": "email mail e-mail",
    "string(date-time)": "datetime date-time timestamp",
    "string(date)": "date day",
    "string(base64)": "base64 file bytes binary blob image",
    "string!secret": "secret password token apikey credential",
}
_MEANT = {word: kind for kind, words in _SYNONYMS.items() for word in words.split()}
_TYPE = r"\b(?:string|number|boolean|array|object|any)\b"
_WHOLE_TYPE = rf"{_TYPE}(?:<[^>:;]*>)?(?:\([^()]*\))?"
_NUMBER = r"-?\d+(?:\.\d+)?"

Fix = tuple[str, "str | Callable[[re.Match[str]], str]"]


def _replace_type(match: re.Match[str]) -> str:
    word = match[2].lower()
    if word in TYPES:
        return match[1] + word
    meant = _MEANT.get(word) or nearest(word, [*TYPES, *_MEANT])
    meant = _MEANT.get(meant or "", meant)
    return match[1] + (meant or match[2])


def _choices(match: re.Match[str]) -> str:
    values = [value.strip(" \t'\"[]") for value in re.split(r",|/|\||\bor\b", match[2])]
    return f"{match[1]}({'|'.join(filter(None, values))})"


# Each fix brings a line closer to the notation; they are tried one after the other, each on what
# the previous ones have made of it.
_FIXES: tuple[Fix, ...] = (
    # Typing habits: curly quotes, long dashes, := and several colons.
    ("[\u201c\u201d\u00ab\u00bb]", '"'),
    ("[\u2018\u2019]", "'"),
    (r"[ \t]+[\u2013\u2014][ \t]+", " - "),
    ("[\u2013\u2014]", "-"),
    (r"^[ \t]*[-*][ \t]+", ""),
    (r":=|[ \t]*:[ \t]*=", "="),
    # Marks at the name: name?:type, name!:type, *name.
    (r"^(\w+)[ \t]*\?[ \t]*:[ \t]*([^=?-]*?)(?=[ \t]*(?:=|[ \t]-[ \t]|$))", r"\1:\2?"),
    (r"^(\w+)[ \t]*!secret[ \t]*:[ \t]*(\w+)", r"\1:\2!secret"),
    (r"^(\w+)[ \t]+\(?(\w+)\)?(?=[ \t]*(?:$|=|\?|-[ \t]))", r"\1:\2"),
    (r"^(\w+)[ \t]*:[ \t]*(?:enum|choice|select|oneof|literal)[ \t]*(?=[(\[{<])", r"\1:string"),
    (r"^(\w+)[ \t]*:[ \t]*(?=\()", r"\1:string"),
    # Types of other languages.
    (r"^(\w+[ \t]*:[ \t]*)(?:optional[ \t]+|optional\[)([\w<>]+)\]?", r"\1\2?"),
    (r"^(\w+[ \t]*:[ \t]*)(?:required|mandatory)[ \t]+", r"\1"),
    (r"(?<=\w)[ \t]*\|[ \t]*(?:null|none|undefined)\b", "?"),
    (r"^([ \t]*\w+[ \t]*:[ \t]*)([\w-]+)(?!\|)", _replace_type),
    (r"(<)(\w+)", _replace_type),
    (r"^(\w+[ \t]*:[ \t]*)(\w+)\[\]", lambda m: f"{m[1]}array<{m[2]}>"),
    (r"array[ \t]*(?:of|:)[ \t]*(\w+?)s?\b", lambda m: _array(m[1])),
    (r"array[ \t]*[\[({][ \t]*([A-Za-z]\w*)[ \t]*[\])}]", lambda m: _array(m[1])),
    # Brackets of the wrong kind.
    (rf"({_TYPE})[ \t]*[\[{{]([^\]}}]*)[\]}}]", r"\1(\2)"),
    (rf"({_TYPE})<([^<>]*[|,.\-][^<>]*)>", r"\1(\2)"),
    (r"string<([a-z-]+)>", r"string(\1)"),
    (r"(e\.g\.[^(),]*),[ \t]*e\.g\.[ \t]*", r"\1|"),
    # Ranges.
    (
        rf"\([ \t]*({_NUMBER})[ \t]*(?:\.\.\.|-|:|to|,|;|\.\.)[ \t]*({_NUMBER})[ \t]*\w*[ \t]*\)",
        r"(\1..\2)",
    ),
    (
        rf"\([ \t]*(?:>=|min(?:imum|length)?[ \t]*[=: ]|at least)[ \t]*({_NUMBER})[ \t]*,?[ \t]*"
        rf"(?:<=|max(?:imum|length)?[ \t]*[=: ]|at most)[ \t]*({_NUMBER})[ \t]*\)",
        r"(\1..\2)",
    ),
    (
        rf"\([ \t]*(?:>=|min(?:imum|length)?[ \t]*[=: ]|at least|from)[ \t]*({_NUMBER})[ \t]*\w*\)",
        r"(\1..)",
    ),
    (
        rf"\([ \t]*(?:<=|max(?:imum|length)?[ \t]*[=: ]|at most|up to)[ \t]*({_NUMBER})[ \t]*\w*\)",
        r"(..\1)",
    ),
    (rf"\([ \t]*({_NUMBER})[ \t]*\+[ \t]*\)", r"(\1..)"),
    (rf"(number|string)[ \t]+({_NUMBER})[ \t]*(?:\.\.|-|to)[ \t]*({_NUMBER})", r"\1(\2..\3)"),
    # Formats and patterns.
    (r"\([ \t]*format[ \t]*[=:][ \t]*", "("),
    (r"\([ \t]*(?:url|link)[ \t]*\)", "(uri)"),
    (r"\([ \t]*(?:mail|e-mail)[ \t]*\)", "(email)"),
    (r"\([ \t]*(?:date[ _]?time|timestamp|iso8601)[ \t]*\)", "(date-time)"),
    (r"\([ \t]*((?:application|audio|font|image|text|video)/[\w.+-]+)[ \t]*\)", r"(base64 \1)"),
    (r"\([ \t]*base64[ \t]*[,;:/][ \t]*([a-z]+/[\w.+-]+)[ \t]*\)", r"(base64 \1)"),
    (
        r"\([ \t]*(?:pattern|regex|regexp|match)[ \t]*[=:][ \t]*[/\"']?([^/\"']*?)[/\"']?[ \t]*\)",
        r"(/\1/)",
    ),
    (r"\([ \t]*[\"']?(\^[^\"']*\$)[\"']?[ \t]*\)", r"(/\1/)"),
    # Choices.
    (
        rf"({_TYPE})[ \t]*\([ \t]*(?:enum|one of|choices)?[ \t]*[=:]?[ \t]*"
        r"([^()/|]*(?:,|/|\||\bor\b)[^()]*)\)",
        _choices,
    ),
    (r"^(\w+[ \t]*:[ \t]*)(\"?[\w.-]+\"?(?:[ \t]*\|[ \t]*\"?[\w.-]+\"?)+)", r"\1string(\2)"),
    (rf"({_TYPE})[ \t]+([\w.-]+(?:[ \t]*\|[ \t]*[\w.-]+)+)", r"\1(\2)"),
    (r"array\(([^()]*\|[^()]*)\)", r"array<string(\1)>"),
    # Secret, optional and default in the wrong place or in words.
    (rf"({_WHOLE_TYPE})(\??)[ \t]*[(\[,!]?[ \t]*secret\b[ \t]*[)\]]?", r"\1\2!secret"),
    (rf"({_WHOLE_TYPE})[ \t]*[(\[,][ \t]*optional[ \t]*[)\]]?", r"\1?"),
    (rf"({_WHOLE_TYPE})[ \t]+optional\b", r"\1?"),
    (rf"({_WHOLE_TYPE})[ \t]*[(\[,][ \t]*required[ \t]*[)\]]?", r"\1"),
    (
        rf"({_WHOLE_TYPE})[ \t]*[(\[,]?[ \t]*defaults?(?:[ \t]*[=:]|[ \t]+to|[ \t])[ \t]*"
        r"([^ \t()\[\]]+)[ \t]*[)\]]?",
        r"\1=\2",
    ),
    (rf"({_WHOLE_TYPE})\?\?+", r"\1?"),
    (rf"({_WHOLE_TYPE})[ \t]*=[ \t]*([^?=()]+?)[ \t]*(\?|!secret)[ \t]*$", r"\1\3=\2"),
    (rf"({_TYPE})([ \t]*=[ \t]*[^=()]+?)[ \t]*(\([^()]*\))", r"\1\3\2"),
    (rf"({_TYPE}[^=]*)==[ \t]*", r"\1="),
    (r"=[ \t]*'([^']*)'", r"=\1"),
    (r"=[ \t]*True\b", "=true"),
    (r"=[ \t]*False\b", "=false"),
    (r"(number[^=]*=[ \t]*)\"?(-?\d+),(\d+)\"?", r"\1\2.\3"),
    (r"(number[^=]*=[ \t]*)\"(-?[\d.]+)\"", r"\1\2"),
    (r"[ \t]*=[ \t]*(?:null|None|nil|undefined)\b", "?"),
    # A description with one space, a colon or brackets for the dash.
    (rf"({_WHOLE_TYPE}(?:!secret|\?)*)[ \t]*(?:-|--|:|#|//)[ \t]*(?=[^\s\d=])", r"\1 - "),
    (rf"({_WHOLE_TYPE}(?:!secret|\?)*)[ \t]+([A-Z][^=]*)$", r"\1 - \2"),
)


def _array(word: str) -> str:
    kind = word if word in TYPES else _MEANT.get(word, "string")
    return f"array<{kind}>"


def corrected(line: str, is_accepted: Callable[[str], bool]) -> str | None:
    """Return the accepted line that is nearest to one that is not, or None.

    Args:
        line: One entry.
        is_accepted: Tells whether a line can be used as it is.
    """
    line = line.strip()
    if len(line) > _LONGEST:
        return None
    for pattern, replacement in _FIXES:
        fixed = re.sub(pattern, replacement, line, count=0, flags=re.IGNORECASE)
        if fixed != line:
            line = fixed.strip()
            if is_accepted(line):
                return line
    return None
