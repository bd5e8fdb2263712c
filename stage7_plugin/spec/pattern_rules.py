"""Which patterns a definition may have: those that mean the same everywhere, and end soon.

A backtracking engine such as Python's takes exponential time where a repeated group can match one
text in several ways, as (a+)+ can; no deadline ends that, and health is not answered meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from stage7_plugin.spec.constraints import compiled

_LONGEST = 200
_TOKEN = re.compile(
    r"(?P<atom>\\.|\[\^?\]?(?:\\.|[^\]\\])*\])|(?P<open>\((?:\?:)?)|(?P<close>\))|(?P<or>\|)"
    r"|(?P<times>(?:[*+?]|\{\d+,?\d*\})\??)|(?P<char>.)",
    re.DOTALL,
)
_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]")
_NOT_UNIVERSAL = re.compile(r"\(\?(?!:)|\\[1-9kpPuUNAZz]|\\[^\x00-\x7f]|\\\n|[*+?}]\+|(?<!\\)\{,")
_NOT_IN_A_CLASS = re.compile(r"\\[1-9bBuUN]|\\[^\x00-\x7f]|\\\n|\[:")
_MOST_REPEATS = 1000
"""Of one atom, those of the groups around it included: Go's and RE2's limit."""
_FIXED = re.compile(r"(?:\{\d+\})?")
_AT_MOST_ONCE = re.compile(r"(?:\?|\{[01]\}|\{0?,1\})?\??")
_LITERAL = re.compile(r"[^.^$\\\[]|\\[^\w]", re.DOTALL)


class _Item(NamedTuple):
    """An atom, or a group with its alternatives; and how often it is repeated."""

    atom: str
    group: list[list[_Item]]
    times: str


def pattern_faults(pattern: object) -> Iterator[str]:
    """Yield the rule that a pattern breaks."""
    if not isinstance(pattern, str):
        yield "must be text"
        return
    if not 0 < len(pattern) <= _LONGEST:
        yield f"must have 1 to {_LONGEST} characters"
        return
    try:
        compiled(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        yield f"must be a regular expression: {error}"
        return
    if found := _not_universal(pattern):
        yield (
            f"must not use {found}: its meaning depends on the plugin's language; use classes, "
            "groups, alternatives and repeats"
        )
    elif _most_repeats(_read(pattern)) > _MOST_REPEATS:
        yield (
            f"must not repeat anything more than {_MOST_REPEATS} times by counts, as "
            "(a{40}){40} does: not every language of plugins allows more"
        )
    elif any(map(_is_slow, _items(_read(pattern)))):
        yield (
            "must not repeat a group that can match a text in several ways, as (a+)+ can: some "
            "texts would take for ever to match. Begin the group with a character that occurs "
            "in it only once, as (-[a-z]+)* does"
        )


def _not_universal(pattern: str) -> str:
    found = _NOT_UNIVERSAL.search(_CLASS.sub("x", pattern))
    if found:
        return found[0]
    for token in _TOKEN.finditer(pattern):
        if (token["atom"] or "").startswith("["):
            for part in re.findall(r"\\.|\[:|.", token["atom"][1:], re.DOTALL):
                if _NOT_IN_A_CLASS.fullmatch(part):
                    return str(part)
    return ""


def _most_repeats(alternatives: list[list[_Item]]) -> int:
    """Return how often the most repeated atom is repeated in numbers."""
    return max(
        (
            _count(item.times) * _most_repeats(item.group)
            for items in alternatives
            for item in items
        ),
        default=1,
    )


def _count(times: str) -> int:
    return max(map(int, re.findall(r"\d+", times)), default=1) or 1


def _read(pattern: str) -> list[list[_Item]]:
    """Return the alternatives of a pattern that compiles."""
    stack: list[list[list[_Item]]] = [[[]]]
    for token in _TOKEN.finditer(pattern):
        alternatives = stack[-1]
        if token["open"]:
            stack.append([[]])
        elif token["close"]:
            stack.pop()
            stack[-1][-1].append(_Item("", alternatives, ""))
        elif token["or"]:
            alternatives.append([])
        elif token["times"] and alternatives[-1]:
            last = alternatives[-1].pop()
            alternatives[-1].append(last._replace(times=token["times"]))
        else:
            alternatives[-1].append(_Item(token[0], [], ""))
    return stack[0]


def _items(alternatives: list[list[_Item]]) -> Iterator[_Item]:
    """Yield every item, those inside groups too."""
    for item in (item for items in alternatives for item in items):
        yield item
        yield from _items(item.group)


def _is_slow(item: _Item) -> bool:
    if not item.group or _AT_MOST_ONCE.fullmatch(item.times):
        return False
    return not (_is_delimited(item.group) if len(item.group) == 1 else _is_distinct(item.group))


def _is_delimited(group: list[list[_Item]]) -> bool:
    """Tell whether each repeat of a group has one length, or begins or ends with a mark."""
    (items,) = group
    if _is_fixed(items):
        return True
    for mark, rest in ((items[0], items[1:]), (items[-1], items[:-1])):
        if _is_literal(mark) and not any(_can_be(one, mark.atom) for one in _items([rest])):
            return True
    return False


def _is_distinct(group: list[list[_Item]]) -> bool:
    """Tell whether one character decides between the alternatives, each of which has one length."""
    if not all(items and _is_fixed(items) and _is_literal(items[0]) for items in group):
        return False
    return len({items[0].atom for items in group}) == len(group)


def _is_fixed(items: list[_Item]) -> bool:
    return all(not item.group and _FIXED.fullmatch(item.times) for item in items)


def _is_literal(item: _Item) -> bool:
    return not item.group and not item.times and _LITERAL.fullmatch(item.atom) is not None


def _can_be(item: _Item, literal: str) -> bool:
    character = literal[-1]
    return bool(item.atom) and compiled(item.atom).fullmatch(character) is not None
