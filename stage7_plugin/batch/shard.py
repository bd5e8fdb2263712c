"""Dividing a fleet among machines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Shard:
    """Part `number` of `count`, from 1."""

    number: int
    count: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Read K/N. Raises ValueError with the rule."""
        match = re.fullmatch(r"([1-9][0-9]{0,5})/([1-9][0-9]{0,5})", text)
        if not match or int(match[1]) > int(match[2]):
            raise ValueError(f"{text!r} must be K/N with K from 1 to N, for example 2/4")
        return cls(int(match[1]), int(match[2]))

    def of(self, items: Sequence[_Item]) -> Sequence[_Item]:
        """This part; every item is in exactly one part, and the parts are of equal size."""
        return items[self.number - 1 :: self.count]
