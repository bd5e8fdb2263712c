"""Dataclasses and an enum, in and out."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass, field


class Unit(enum.Enum):
    METRE = "m"
    FOOT = "ft"


@dataclass
class Point:
    x: float
    y: float = 0.0


@dataclass
class Path:
    points: list[Point]
    labels: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Measured:
    length: float
    unit: Unit
    last: Point | None = None


def measure(path: Path, unit: Unit = Unit.METRE, *, closed: bool = False) -> Measured:
    """Measure the length of a path.

    Args:
        path: The path.
        unit: Of the result.
        closed: Whether the last point is joined to the first.
    """
    points = path.points + path.points[:1] if closed else path.points
    length = sum(math.dist((a.x, a.y), (b.x, b.y)) for a, b in zip(points, points[1:]))
    scale = {Unit.METRE: 1, Unit.FOOT: 3.28084}[unit]
    return Measured(length * scale, unit, path.points[-1] if path.points else None)
