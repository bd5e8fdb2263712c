"""Types that name themselves, values that JSON has none for, and a name without an end."""

from __future__ import annotations

import os
from dataclasses import InitVar, dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, Generic, TypeVar

T = TypeVar("T")
Made = Enum("Made", ["A", "B"])
Tree = dict[str, "Tree"]


@dataclass
class Link:
    value: int
    next: Link | None = None


def depth(tree: Tree, link: Link | None = None) -> dict[str, Any]:
    """Tell how deep things are; what is inside the answer is told by no hint."""
    levels = 1 + max((depth(inner)["levels"] for inner in tree.values()), default=0)
    links = 1 + depth({}, link.next)["links"] if link else 0
    return {"levels": levels, "links": links, "seen": [date(2026, 1, 31), Decimal("1.5")]}


def the_name_of_this_function_is_longer_than_a_line_of_its_logic_can_be(input: str, /) -> str:
    return input.upper()


@dataclass
class Box(Generic[T]):
    item: T
    start: InitVar[int] = 0

    def __post_init__(self, start: int) -> None:
        self.place = start


def pick(made: Made, boxes: list[Box[int]]) -> list[Any]:
    return [made.name, *((box.item, box.place) for box in boxes)]


def at(places: dict[int, list[date]], index: int) -> date:
    return places[index][0]


if os.sep == "/":

    def separated(path: list[str]) -> str:
        return "/".join(path)

else:

    def separated(path: str) -> str:
        return path
