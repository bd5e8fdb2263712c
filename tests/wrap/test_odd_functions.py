"""Functions that are not ordinary ones: refused with file, line, rule and example, or explained."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent

import pytest

from stage7_plugin.wrap.function import read
from stage7_plugin.wrap.model import CannotWrap, Wrapping
from tests.wrap.conftest import SOURCES

MODULE = """\
import functools, sys
from typing import Callable

shout = lambda text: text.upper()
shorter = functools.partial(max, 5)


class Shop:
    def __init__(self, name: str = "x") -> None:
        self.name = name

    @property
    def title(self) -> str:
        return self.name


def call(function: Callable[[int], int]) -> int:
    return function(1)


def options(**given: int) -> int:
    return len(given)
"""


def of(folder: Path, text: str, name: str, file: str = "source.py") -> Wrapping:
    (folder / file).write_text(dedent(text), "utf-8")
    return read(f"{folder / file}:{name}")


@pytest.mark.parametrize(
    ("name", "line", "found", "example"),
    [
        ("shout", 4, "shout is not a function", "def shout(text: str)"),
        ("shorter", 5, "shorter is not a function", "def shorter(text: str)"),
        ("Shop.title", 13, "Shop.title is not a function", "def title("),
        ("Shop.__init__", 9, "makes an object", "def shop(...): return Shop(...)"),
        ("call", 17, "function is typing.Callable", "def call(rows: list[dict[str, float]])"),
        ("options", 21, "takes no input", "def options(limit: int = 10)"),
    ],
)
def test_what_is_no_function_of_values_is_refused(
    tmp_path: Path, name: str, line: int, found: str, example: str
) -> None:
    with pytest.raises(CannotWrap) as raised:
        of(tmp_path, MODULE, name)
    error = raised.value
    assert (error.path, error.line) == ("source.py", line)
    assert found in error.found
    assert error.expected
    assert example in error.example


F = "def f(x: int) -> int: ...\n"


@pytest.mark.parametrize(
    ("text", "file", "line", "said"),
    [
        (f"{F}    return\n", "source.py", 2, ["unexpected indent", "-m py_compile source.py"]),
        ("VALUE = 5\n", "source.py", None, ["has no function f", "def shorten("]),
        (
            f"from .other import g\n{F}",
            "source.py",
            1,
            ["points outside", "PACKAGE:source.FUNCTION"],
        ),
        (f"import sys\n{F}sys.exit(3)\n", "source.py", 3, ["ends the program", "if __name__ =="]),
        (f"{F}raise RuntimeError\n", "source.py", 2, ["ends the program", "if __name__ =="]),
        (F, "import.py", None, ["import cannot be imported", "text_tools.py"]),
    ],
)
def test_a_module_that_cannot_be_imported_is_refused(
    tmp_path: Path, text: str, file: str, line: int | None, said: list[str]
) -> None:
    with pytest.raises(CannotWrap) as raised:
        of(tmp_path, text, "f", file)
    assert raised.value.path.endswith(file)
    assert raised.value.line == line
    for words in (*said, "expected:", "example:"):
        assert words in str(raised.value)


def test_what_runs_at_the_start_and_may_be_missing_is_noted(tmp_path: Path) -> None:
    text = f"""
        import logging
        try:
            from .fast import g
        except ImportError:
            g = None
        logging.basicConfig()
        {F.strip()}
        if __name__ == "__main__":
            print(f(1))
    """
    notes = [str(note) for note in of(tmp_path, text, "f").notes]
    assert "taken: source.py:7: logging.basicConfig() runs when the plugin starts, not" in notes[2]
    assert notes[1] == "dropped: source.py:4: this import points outside the source's folder"
    assert len(notes) == 3


def test_a_function_with_several_definitions_is_described_as_in_the_last(tmp_path: Path) -> None:
    found = read(f"{SOURCES / 'odd.py'}:separated")
    (note,) = (str(note) for note in found.notes if "more than once" in note.text)
    assert note.startswith("changed: odd.py:58: it is defined more than once")
    assert '"type": "string"' in found.answers["inputs"]


CLASSES = """\
from __future__ import annotations
import functools
from abc import abstractmethod
from dataclasses import KW_ONLY, InitVar, dataclass, field
from enum import Enum, auto
from typing import *
from pydantic import BaseModel, Field

Made = Enum("Made", ["A", "B"])

class Auto(Enum):
    X = auto()
    Y = 5
    Z = auto()

@dataclass
class Part:
    a: int
    start: InitVar[int]
    worked_out: int = field(init=False)
    _: KW_ONLY
    kind: ClassVar[str] = "k"
    more: int = 0

class Model(BaseModel):
    name: str = Field(alias="fullName")

class Shop:
    def wait(self, x: int) -> Awaitable[int]: ...
    @abstractmethod
    def run(self, x: int) -> int: ...

class Corner(Shop): ...

@functools.singledispatch
def dispatched(x: int) -> int: ...
def made(x: Made) -> int: ...
def automatic(x: Auto) -> int: ...
def part(x: Part) -> int: ...
def model(x: Model) -> int: ...
def member(x: Literal[Auto.X]) -> int: ...
def starred(x: Optional[Literal["a"]]) -> int: ...
def numbers(x: dict[int, str]) -> int: ...
def too_long(x_is_a_name_that_is_longer_than_the_sixty_characters_of_an_input: int) -> int: ...
"""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("made", {"type": "number", "enum": [1, 2]}),
        ("automatic", {"type": "number", "enum": [1, 5, 6]}),
        ("part", {"type": "object", "example": {"a": 1, "start": 1}}),
        ("model", {"type": "object", "example": {"fullName": "example"}}),
        ("starred", {"type": "string", "enum": ["a"], "required": False}),
        ("numbers", {"type": "object", "example": {"1": "example"}}),
    ],
)
def test_values_are_made_of_what_json_has(
    tmp_path: Path, name: str, expected: dict[str, object]
) -> None:
    found = of(tmp_path, CLASSES, name)
    (given,) = json.loads(found.answers["inputs"])
    given.pop("description", None)
    assert given == {"name": "x", **expected}
    assert (b"to_python(" in found.files["plugin_logic.py"]) == (name != "starred")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("dispatched", ["@functools.singledispatch makes something else", "def answer(...)"]),
        ("Shop.run", ["@abstractmethod makes something else"]),
        ("Corner.wait", ["it has no function Corner.wait", "source.py:Shop.wait"]),
        ("member", ["x is a Literal of members of an enum"]),
        ("too_long", ["source.py:44: inputs of too_long(): x_is_a_name", "60 characters"]),
    ],
)
def test_what_cannot_be_called_by_name_is_refused(
    tmp_path: Path, name: str, said: list[str]
) -> None:
    with pytest.raises(CannotWrap) as raised:
        of(tmp_path, CLASSES, name)
    for words in said:
        assert words in str(raised.value)


def test_what_an_ordinary_function_returns_is_awaited(tmp_path: Path) -> None:
    logic = of(tmp_path, CLASSES, "Shop.wait").files["plugin_logic.py"].decode()
    assert "async def execute_plugin" in logic
    assert "await Shop().wait(" in logic


def test_types_that_name_themselves_end(tmp_path: Path) -> None:
    text = """
        from __future__ import annotations
        from dataclasses import dataclass
        from typing import Union
        JSON = Union[dict[str, "JSON"], list["JSON"], str, None]
        Loop = "Loop"
        @dataclass
        class A:
            one: A
            two: A
            three: B
        @dataclass
        class B:
            one: A
            two: "B"
            three: list[B]
        def f(a: A, json: JSON, loop: Loop) -> A: ...
    """
    found = of(tmp_path, text, "f")
    assert '"name": "a", "type": "object"' in found.answers["inputs"]
    assert '"name": "json", "type": "any"' in found.answers["inputs"]
