"""Returns what its inputs describe as Python expressions."""

import dataclasses
import datetime  # noqa: F401 - for the expressions
import decimal  # noqa: F401
import enum
import fractions  # noqa: F401
import pathlib  # noqa: F401
import uuid  # noqa: F401
from typing import Any


@dataclasses.dataclass
class Point:
    x: int


class Colour(enum.Enum):
    RED = "red"


class Model:
    """As pydantic has it."""

    def model_dump(self, mode: str) -> dict[str, Any]:
        return {}


class int64:
    """What numpy's scalars and arrays have in common."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def tolist(self) -> Any:
        return self.value


int64.__module__ = "numpy"
numpy_scalar = int64


def loop() -> list[Any]:
    found: list[Any] = [[]]
    found[0].append(found[0])
    return found


def deep(levels: int) -> list[Any]:
    found: list[Any] = []
    for _ in range(levels):
        found = [found]
    return found


def execute_plugin(inputs: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    if inputs["do"] == "success":
        return {"success": int64(True), "outputs": {"result": 1}}
    if inputs["do"] == "count":
        return {"success": True, "outputs": {"result": 1, "count": eval(inputs["value"])}}
    return {"success": True, "outputs": {"result": eval(inputs["do"])}}
