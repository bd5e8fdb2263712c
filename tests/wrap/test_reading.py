# ruff: noqa: E501 - a case a line
"""What is read off a function: types, defaults, constraints, outputs; and what cannot be."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from stage7_plugin.spec.parameters import parse_parameters
from stage7_plugin.wrap.function import read
from stage7_plugin.wrap.model import CannotWrap, Wrapping

IMPORTS = """\
from __future__ import annotations
import datetime, decimal, enum, pathlib, typing as t, uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import *
from typing import Annotated, Any, Literal, NamedTuple, NewType, Optional, TypedDict, TypeVar, Union
from annotated_types import Ge, Gt, Le, Len, Lt
from pydantic import BaseModel, Field
import pandas
class Size(enum.Enum):
    SMALL = "s"
    LARGE = "l"
class Level(enum.IntEnum):
    ONE = 1
    TWO = 2
@dataclass
class Point:
    x: float
    y: float = 0
    tags: list[str] = field(default_factory=list)
@dataclass
class Tree:
    name: str
    children: list[Tree] = field(default_factory=list)
class Item(BaseModel):
    name: str
    price: float = Field(gt=0)
    note: Optional[str] = None
class Pair(NamedTuple):
    left: int
    right: Point
class Plain(TypedDict, total=False):
    a: int
    b: t.Required[str]
UserId = NewType("UserId", int)
T = TypeVar("T", bound=str)
Names: t.TypeAlias = "list[str]"
LIMIT = 5
"""


def wrapping(folder: Path, text: str, name: str = "f") -> Wrapping:
    (folder / "source.py").write_text(IMPORTS + dedent(text), "utf-8")
    return read(f"{folder / 'source.py'}:{name}")


def inputs(found: Wrapping) -> list[dict[str, Any]]:
    parameters, problems = parse_parameters("inputs", found.answers["inputs"])
    assert problems == []
    assert parameters
    listed: list[dict[str, Any]] = json.loads(found.answers["inputs"])
    return listed


def outputs(found: Wrapping) -> list[dict[str, Any]]:
    _, problems = parse_parameters("outputs", found.answers["outputs"])
    assert problems == []
    listed: list[dict[str, Any]] = json.loads(found.answers["outputs"])
    return listed


NUMBER, TEXT = {"type": "number"}, {"type": "string"}


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [
        ("x", {"type": "any"}),
        ("x: int", NUMBER),
        ("x: 'float'", NUMBER),
        ("x: str = 'a'", {**TEXT, "defaultValue": "a"}),
        ("x: bool = False", {"type": "boolean", "defaultValue": False}),
        ("x=3", {**NUMBER, "defaultValue": 3}),
        ("x=True", {"type": "boolean", "defaultValue": True}),
        ("x=('a', 'b')", {"type": "array", "defaultValue": ["a", "b"]}),
        ("x=None", {"type": "any", "required": False}),
        ("x: int = LIMIT", {**NUMBER, "defaultValue": 5}),
        ("x: int = -1", {**NUMBER, "defaultValue": -1}),
        ("x: float = float('inf')", {**NUMBER, "required": False}),
        ("x: str = 5", {**TEXT, "required": False}),
        ("x: Optional[int]", {**NUMBER, "required": False}),
        ("x: int | None = None", {**NUMBER, "required": False}),
        ("x: t.Union[str, None] = 'a'", {**TEXT, "defaultValue": "a"}),
        ("x: int | float", NUMBER),
        ("x: int | str", {"type": "any", "example": 1}),
        ("x: Any", {"type": "any"}),
        ("x: list", {"type": "array"}),
        ("x: list[str]", {"type": "array", "items": TEXT}),
        ("x: Names", {"type": "array", "items": TEXT}),
        ("x: t.Sequence[int]", {"type": "array", "items": NUMBER}),
        ("x: Iterable[list[bool]]", {"type": "array", "items": {"type": "array", "items": {"type": "boolean"}}}),
        ("x: list[int | None]", {"type": "array"}),
        ("x: set[int] = frozenset()", {"type": "array", "items": NUMBER, "defaultValue": []}),
        ("x: dict[str, int]", {"type": "object"}),
        ("x: Mapping[str, Any] = {}", {"type": "object", "defaultValue": {}}),
        ("x: Literal['a', 'b']", {**TEXT, "enum": ["a", "b"]}),
        ("x: Literal[1, 2] = 2", {**NUMBER, "enum": [1, 2], "defaultValue": 2}),
        ("x: Literal['a', None] = None", {**TEXT, "enum": ["a"], "required": False}),
        ("x: Literal[True]", {"type": "boolean", "example": True}),
        ("x: Size = Size.LARGE", {**TEXT, "enum": ["s", "l"], "defaultValue": "l"}),
        ("x: Level", {**NUMBER, "enum": [1, 2]}),
        ("x: UserId = UserId(7)", {**NUMBER, "required": False}),
        ("x: T", TEXT),
        ("x: datetime.date", {**TEXT, "format": "date"}),
        ("x: datetime.datetime | None = None", {**TEXT, "format": "date-time", "required": False}),
        ("x: pathlib.Path = pathlib.Path('a')", {**TEXT, "defaultValue": "a"}),
        ("x: decimal.Decimal = decimal.Decimal('1.5')", {**NUMBER, "defaultValue": 1.5}),
        ("x: bytes", {**TEXT, "format": "base64"}),
        ("x: tuple[int, int]", {"type": "array", "minItems": 2, "maxItems": 2, "items": NUMBER, "example": [1, 1]}),
        ("x: tuple[str, ...]", {"type": "array", "items": TEXT}),
        ("x: Point", {"type": "object", "example": {"x": 1}, "description": "With x (number), y (number, optional), tags (array, optional)"}),
        ("x: list[Point]", {"type": "array", "items": {"type": "object"}, "example": [{"x": 1}]}),
        ("x: Tree", {"type": "object", "example": {"name": "Ada Lovelace"}, "description": "With name (string), children (array, optional)"}),
        ("x: Item", {"type": "object", "example": {"name": "Ada Lovelace", "price": 1}, "description": "With name (string), price (number), note (string, optional)"}),
        ("x: Plain", {"type": "object", "example": {"b": "example"}, "description": "With a (number, optional), b (string)"}),
        ("x: Pair", {"type": "object", "example": {"left": 1, "right": {"x": 1}}, "description": "With left (number), right (object)"}),
        ("x: Annotated[int, Ge(1), Le(9)]", {**NUMBER, "minimum": 1, "maximum": 9}),
        ("x: Annotated[int, Gt(1), Lt(9)]", {**NUMBER, "minimum": 2, "maximum": 8}),
        ("x: Annotated[float, Gt(0)]", {**NUMBER, "minimum": 0, "description": "Above 0"}),
        ("x: Annotated[str, Field(min_length=2, max_length=5)]", {**TEXT, "minLength": 2, "maxLength": 5}),
        ("x: Annotated[str, Field(pattern='^a', examples=['ab'])]", {**TEXT, "pattern": "^a", "example": "ab"}),
        ("x: Annotated[str, Field(pattern='^a')]", TEXT),
        ("x: Annotated[list[int], Len(1, 3)]", {"type": "array", "items": NUMBER, "minItems": 1, "maxItems": 3}),
        ("x: Annotated[str, Doc('Some text.')]", {**TEXT, "description": "Some text"}),
        ("*x: str", {"type": "array", "items": TEXT, "required": False, "example": ["example", "example"]}),
    ],
)  # fmt: skip
def test_a_parameter_becomes_an_input(
    tmp_path: Path, parameter: str, expected: dict[str, Any]
) -> None:
    found = wrapping(tmp_path, f"def f({parameter}) -> int: ...\n")
    assert inputs(found) == [{"name": "x", **expected}]


@pytest.mark.parametrize(
    ("returns", "expected"),
    [
        ("", [{"name": "result", "type": "any"}]),
        ("-> str", [{"name": "result", **TEXT}]),
        ("-> int | None", [{"name": "result", **NUMBER, "required": False}]),
        ("-> None", [{"name": "done", "type": "boolean", "description": "Whether it ran to its end"}]),
        ("-> list[Point]", [{"name": "result", "type": "array", "items": {"type": "object"}}]),
        ("-> Plain", [{"name": "a", **NUMBER, "required": False}, {"name": "b", **TEXT}]),
        ("-> t.Iterator[int]", [{"name": "result", "type": "array", "items": NUMBER}]),
        ("-> pandas.DataFrame", [{"name": "result", "type": "any"}]),
        ("-> Annotated[str, Field(pattern='a')]", [{"name": "result", **TEXT}]),
    ],
)  # fmt: skip
def test_what_is_returned_becomes_outputs(
    tmp_path: Path, returns: str, expected: list[dict[str, Any]]
) -> None:
    assert outputs(wrapping(tmp_path, f"def f(x: int) {returns}: ...\n")) == expected


def test_the_names_of_outputs_are_free(tmp_path: Path) -> None:
    text = """
        class Out(TypedDict):
            text: str
            error: str
        def f(text: str) -> Out: ...
    """
    found = wrapping(tmp_path, text)
    assert [one["name"] for one in outputs(found)] == ["text_result", "error_result"]
    assert sum("is called" in str(note) for note in found.notes) == 2
    assert b'"text_result": result["text"]' in found.files["plugin_logic.py"]


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("def f(x: pandas.DataFrame): ...", "f", ["source.py:39: x is pandas.DataFrame", "JSON can represent"]),
        ("def f(x: t.Callable[[], int]): ...", "f", ["x is typing.Callable", "def f(rows"]),
        ("class C:\n    def m(self, x: int): ...\n    def __init__(self, a): ...", "C.m", ["C.m needs an object, and C() needs a"]),
        ("class C:\n    def m(self, x: int): ...", "C", ["C is a class", "C.m"]),
        ("def g(x): ...\ndef h(x): ...", "", ["several functions", "g, h", "source.py:g"]),
        ("f = 5", "f", ["f is not a function"]),
        ("def g(x): ...", "f", ["no function f", "source.py:g"]),
        ("import contextlib\n@contextlib.contextmanager\ndef f(x: int): yield", "f", ["@contextlib.contextmanager makes something else"]),
        ("@click.command()\ndef f(x: int): ...", "f", ["@click.command makes something else"]),
        ("def f(x:\n", "f", ["source.py:39", "can read", "python -m py_compile source.py"]),
        ("if t.TYPE_CHECKING:\n    from uuid import UUID\ndef f(x: UUID): ...", "f", ["UUID is imported only for type checkers"]),
        ("def f(): ...", "f", ["f() takes no input", "def f("]),
    ],
)  # fmt: skip
def test_what_cannot_be_wrapped_is_reported(
    tmp_path: Path, text: str, name: str, said: list[str]
) -> None:
    with pytest.raises(CannotWrap) as raised:
        wrapping(tmp_path, text, name)
    for words in said:
        assert words in str(raised.value)


@pytest.mark.parametrize(
    ("text", "names", "note"),
    [
        ("def f(x: int, hook: t.Callable = print): ...", ["x"], "hook is typing.Callable"),
        ("def f(x: int, **more): ...", ["x"], "**more takes any name"),
        ("def f(x: int, **more: t.Unpack[Plain]): ...", ["x", "a", "b"], ""),
        ("def f(x: int = 1, y=object(), /): ...", ["x"], "y is not a JSON value"),
        ("@trace\ndef f(x: int): ...", ["x"], "@trace is assumed not to change its parameters"),
        ("class C:\n    @classmethod\n    def f(cls, x: int): ...", ["x"], ""),
    ],
)
def test_what_is_left_out_is_reported(
    tmp_path: Path, text: str, names: list[str], note: str
) -> None:
    found = wrapping(tmp_path, text, "C.f" if text.startswith("class") else "f")
    assert [one["name"] for one in inputs(found)] == names
    assert note in "\n".join(map(str, found.notes))


@pytest.mark.skipif(sys.version_info < (3, 11), reason="pyproject.toml is read with tomllib")
def test_imports_become_requirements(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\ndependencies = ["pydantic>=2,<3"]\n')
    text = """
        import yaml, unheard_of, json
        import source_helpers
        try:
            import ujson
        except ImportError:
            ujson = None
        def f(x: int): ...
    """
    (tmp_path / "source_helpers.py").write_text("import click\n")
    found = wrapping(tmp_path, text)
    lines = found.files["requirements.in"].decode().splitlines()[2:]
    names = [line.partition(">")[0] for line in lines]
    assert names == ["annotated-types", "click", "pandas", "pydantic", "unheard_of", "PyYAML"]
    assert "pydantic>=2,<3" in lines
    notes = "\n".join(map(str, found.notes))
    assert "the package for unheard_of is taken to be unheard_of" in notes
    assert "ujson is imported only if it is there" in notes
    assert "wrapped/source_helpers.py" in found.files


@pytest.mark.parametrize("name", ["json", "plugin_logic"])
def test_a_module_cannot_hide_one_of_python_or_of_the_plugin(tmp_path: Path, name: str) -> None:
    (tmp_path / f"{name}.py").write_text("def f(x: int) -> int: ...\n")
    with pytest.raises(CannotWrap, match=f"the module {name} has the same name as one of"):
        read(f"{tmp_path / name}.py:f")


def test_nothing_is_executed(tmp_path: Path) -> None:
    text = "import pathlib\npathlib.Path(__file__).with_name('ran').touch()\ndef f(x: int) -> int: ...\n"
    (tmp_path / "source.py").write_text(text)
    read(f"{tmp_path / 'source.py'}:f")
    assert [path.name for path in tmp_path.iterdir()] == ["source.py"]
    read(f"{tmp_path / 'source.py'}:f", execute=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ran", "source.py"]


def test_with_import_computed_defaults_and_added_parameters_are_known() -> None:
    source = f"{Path(__file__).parent / 'sources' / 'computed.py'}:pad"
    assert [one["name"] for one in inputs(read(source))] == ["text", "width"]
    found = {one["name"]: one.get("defaultValue") for one in inputs(read(source, execute=True))}
    assert found == {"text": None, "width": 10, "prefix": "> "}


def test_with_import_a_failure_is_reported(tmp_path: Path) -> None:
    (tmp_path / "source.py").write_text("import not_there\ndef f(x: int) -> int: ...\n")
    with pytest.raises(CannotWrap, match="ModuleNotFoundError: No module named 'not_there'"):
        read(f"{tmp_path / 'source.py'}:f", execute=True)
