"""What Python's own types mean for an input or output."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from stage7_plugin.spec.sample_inputs import sample_value
from stage7_plugin.wrap.python import objects

ANY: dict[str, Any] = {"type": "any"}


@dataclass(frozen=True)
class Meaning:
    """What a hint means.

    Attributes:
        definition: Type and constraints, as in manifest.json.
        optional: Whether None is one of its values.
        plain: Whether the JSON value is what Python has, without a conversion.
        words: What the hint itself says about the value.
        sample: A JSON value of it; None where one follows from the definition.
        fault: What it is, if JSON has nothing that stands for it.
        members: The fields, only of a TypedDict.
        parts: The meanings of the parts of a tuple of fixed length.
        stream: Whether it is an iterator, and its values come one after the other.
    """

    definition: dict[str, Any] = field(default_factory=lambda: dict(ANY))
    optional: bool = False
    plain: bool = True
    words: str = ""
    sample: Any = None
    fault: str = ""
    members: tuple[objects.Member, ...] = ()
    parts: tuple[Meaning, ...] = ()
    stream: bool = False

    def example(self, name: str) -> Any:
        """Return a value to try an input of that name with."""
        if self.sample is not None:
            return self.sample
        return sample_value({**self.definition, "name": name})


def plain(kind: str, **constraints: Any) -> Meaning:
    """Return the meaning of a type whose values are those of JSON."""
    return Meaning({"type": kind, **constraints})


def converted(kind: str, sample: Any = None, **constraints: Any) -> Meaning:
    """Return the meaning of a type that a JSON value stands for."""
    return Meaning({"type": kind, **constraints}, plain=False, sample=sample)


SIMPLE = {
    "str": plain("string"),
    "int": plain("number"),
    "float": plain("number"),
    "bool": plain("boolean"),
    "object": Meaning(),
    "typing.Any": Meaning(),
    "typing.AnyStr": plain("string"),
    "typing.Text": plain("string"),
    "typing.LiteralString": plain("string"),
    "dict": plain("object"),
    "list": plain("array"),
    "complex": Meaning(fault="a complex number"),
    "bytes": converted("string", format="base64"),
    "bytearray": converted("string", format="base64"),
    "datetime.datetime": converted("string", format="date-time"),
    "datetime.date": converted("string", format="date"),
    "datetime.time": converted("string", "12:30:00"),
    "datetime.timedelta": converted("number", 60),
    "decimal.Decimal": converted("number"),
    "fractions.Fraction": converted("number"),
    "uuid.UUID": converted("string", "12345678-1234-5678-1234-567812345678"),
    "os.PathLike": converted("string", "folder/file.txt"),
    **{
        f"pathlib.{name}": converted("string", "folder/file.txt")
        for name in ("Path", "PurePath", "PosixPath", "PurePosixPath")
    },
    "pydantic.EmailStr": plain("string", format="email"),
    "pydantic.HttpUrl": converted("string", format="uri"),
    "pydantic.AnyUrl": converted("string", format="uri"),
}
LISTS = {"list": True, "set": False, "frozenset": False, "collections.deque": False}
LISTS |= {
    f"{module}.{name}": name not in ("Set", "FrozenSet", "AbstractSet", "MutableSet", "Deque")
    for module in ("typing", "collections.abc")
    for name in (
        "List", "Sequence", "MutableSequence", "Iterable", "Collection", "Set", "FrozenSet",
        "AbstractSet", "MutableSet", "Deque",
    )
}  # fmt: skip
STREAMS = {
    f"{module}.{name}"
    for module in ("typing", "collections.abc")
    for name in ("Iterator", "Generator", "AsyncIterator", "AsyncGenerator", "AsyncIterable")
}
OBJECTS = {"dict", "collections.OrderedDict", "collections.defaultdict", "collections.Counter"}
OBJECTS |= {
    f"{module}.{name}"
    for module in ("typing", "collections.abc")
    for name in ("Dict", "Mapping", "MutableMapping", "OrderedDict", "DefaultDict", "Counter")
}
WRAPPERS = {"Final", "Required", "NotRequired", "ReadOnly", "ClassVar", "Awaitable", "Coroutine"}


TUPLES = ("tuple", "typing.Tuple")
