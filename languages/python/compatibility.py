"""What has changed between two manifests of a plugin, and which step of the version that needs.

Callers send inputs and read outputs: an input may only get wider, an output only narrower. This
file is also in every plugin, for `make release`: `make schema` copies it. So it imports nothing of
the package.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

STEPS = ("none", "patch", "minor", "major")
"""From the smallest to the largest."""

_FLOORS = ("minimum", "minLength", "minItems")
_CEILINGS = ("maximum", "maxLength", "maxItems")
_EXACT = ("pattern", "format", "contentMediaType")
_ABSENT = object()


class Change(NamedTuple):
    """One change.

    Attributes:
        step: Which part of the version has to move for it: major, minor or patch.
        place: What has changed, such as `input unit`.
        text: How.
    """

    step: str
    place: str
    text: str


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """List what callers, planners and operators can notice, the largest step first."""
    found = [
        *_identity(old, new),
        *_inputs(old, new),
        *_outputs(old, new),
        *_permissions(old, new),
        *_limits(old, new),
        *_configuration(old, new),
    ]
    return sorted(found, key=lambda change: -STEPS.index(change.step))


def step_needed(found: Iterable[Change]) -> str:
    """Return the largest step of some changes; none if there are none."""
    return max((change.step for change in found), key=STEPS.index, default="none")


def lowest_version(old: str, step: str) -> str:
    """Return the lowest version that is a large enough step: 1.2.3 and minor make 1.3.0.

    Before 1.0.0 everything may change: a major step is then a minor one, a minor one a patch.
    """
    major, minor, patch = map(int, old.split("."))
    if major == 0 and step in ("major", "minor"):
        step = STEPS[STEPS.index(step) - 1]
    if step == "major":
        return f"{major + 1}.0.0"
    if step == "minor":
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + (step == 'patch')}"


def is_enough(old: str, new: str, step: str) -> bool:
    """Tell whether the version has moved far enough. Raises ValueError for invalid versions."""
    return numbers(new) >= numbers(lowest_version(old, step))


def numbers(version: str) -> list[int]:
    """Return the parts of a version, which compare. Raises ValueError."""
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        raise ValueError(f"{version} is not a version such as 1.2.0")
    return [int(part) for part in version.split(".")]


def lines(found: Iterable[Change]) -> list[str]:
    """Return a line for each change."""
    return [f"{change.step:<5}  {change.place}: {change.text}" for change in found]


def _identity(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for key in ("id", "verb"):
        if old.get(key) != new.get(key):
            yield Change("major", key, f"{old.get(key)} became {new.get(key)}")


def _inputs(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    before, after = _by_name(old, "inputDefinitions"), _by_name(new, "inputDefinitions")
    names = {alias: one for one in after.values() for alias in (*one.get("aliases", ()),)}
    kept = set()
    for name, was in before.items():
        place = f"input {name}"
        now = after.get(name)
        if now is None and name in names:
            now = names[name]
            yield Change("minor", place, f"renamed to {now['name']}; the old name is an alias")
        if now is None:
            yield Change("major", place, "removed; values from callers no longer have an effect")
            continue
        kept.add(now["name"])
        yield from _input(place, was, now)
    for name in after.keys() - kept:
        added = after[name]
        required = added.get("required", False)
        word = "added, and required" if required else "added"
        yield Change("major" if required else "minor", f"input {name}", word)


def _input(place: str, was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
    required, must = was.get("required", False), now.get("required", False)
    if must and not required:
        yield Change("major", place, "now required")
    elif required and not must:
        yield Change("minor", place, "now optional")
    for wider, text in _value_changes(was, now):
        yield Change("minor" if wider else "major", place, text)
    default, other = _default(was), _default(now)
    if not _same(default, other) and not (was.get("secret") or now.get("secret")):
        if default is _ABSENT:
            if not required:
                yield Change("minor", place, f"now has the default {_json(other)}")
        elif other is _ABSENT:
            if not must:
                yield Change("major", place, f"no longer has a default; it was {_json(default)}")
        else:
            yield Change("major", place, f"the default was {_json(default)} and is {_json(other)}")
    aliases, others = set(was.get("aliases", ())), set(now.get("aliases", ()))
    known = others | {now["name"]}
    for alias in sorted(aliases - known):
        yield Change("major", place, f"the alias {alias} was removed")
    for alias in sorted(others - aliases - {was["name"]}):
        yield Change("minor", place, f"the alias {alias} was added")
    if bool(was.get("secret")) != bool(now.get("secret")):
        yield Change("minor", place, "now secret" if now.get("secret") else "no longer secret")


def _outputs(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    before, after = _by_name(old, "outputDefinitions"), _by_name(new, "outputDefinitions")
    for name, was in before.items():
        place = f"output {name}"
        now = after.get(name)
        if now is None:
            yield Change("major", place, "removed")
            continue
        required, must = was.get("required", False), now.get("required", False)
        if required and not must:
            yield Change("major", place, "no longer always present")
        elif must and not required:
            yield Change("minor", place, "now always present")
        for wider, text in _value_changes(was, now):
            yield Change("major" if wider else "minor", place, text)
    for name in after.keys() - before.keys():
        yield Change("minor", f"output {name}", "added")
    first, now_first = next(iter(before), None), next(iter(after), None)
    if first in after and now_first != first:
        yield Change("major", f"output {first}", f"{now_first} now comes first; some plans "
                     "keep only the first output")  # fmt: skip


def _value_changes(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[tuple[bool, str]]:
    """Yield how the values that are allowed have changed, and whether there are more of them.

    What is neither more nor less, such as another pattern, is yielded as both.
    """
    kind, other = was["type"], now["type"]
    if kind != other:
        text = f"the type was {kind} and is {other}"
        if "any" not in (kind, other):
            yield from ((True, text), (False, text))
        else:
            yield other == "any", text
        return
    yield from _choices(was.get("enum"), now.get("enum"))
    for key in (*_FLOORS, *_CEILINGS):
        limit, bound = was.get(key), now.get(key)
        if limit == bound:
            continue
        text = f"the {key} was {_shown(limit)} and is {_shown(bound)}"
        if limit is None or bound is None:
            yield bound is None, text
        else:
            yield (bound < limit) == (key in _FLOORS), text
    for key in _EXACT:
        one, another = was.get(key), now.get(key)
        if one != another:
            text = f"the {key} was {_shown(one)} and is {_shown(another)}"
            if one is None or another is None:
                yield another is None, text
            else:
                yield from ((True, text), (False, text))
    yield from _items(was.get("items"), now.get("items"))


def _choices(was: list[Any] | None, now: list[Any] | None) -> Iterator[tuple[bool, str]]:
    if was is None and now is not None:
        yield False, f"now only {_listed(now)}"
    elif was is not None and now is None:
        yield True, f"now any value, not only {_listed(was)}"
    elif was is not None and now is not None:
        if removed := [value for value in was if value not in now]:
            yield False, f"{_listed(removed)} no longer allowed"
        if added := [value for value in now if value not in was]:
            yield True, f"{_listed(added)} now allowed"


def _items(
    was: Mapping[str, Any] | None, now: Mapping[str, Any] | None
) -> Iterator[tuple[bool, str]]:
    """Yield changes of the items of a list; nothing declared is the type any."""
    if was is None and now is None:
        return
    for wider, text in _value_changes(was or {"type": "any"}, now or {"type": "any"}):
        yield wider, f"items: {text}"


def _permissions(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    before, after = ({*one.get("security", {}).get("permissions", ())} for one in (old, new))
    for name in sorted(after - before):
        yield Change("major", "permissions", f"{name} was added")
    for name in sorted(before - after):
        yield Change("patch", "permissions", f"{name} was removed")


def _limits(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for place, lowered, values in (
        ("api.timeout", "major", [one.get("api", {}).get("timeout") for one in (old, new)]),
        ("memory", "major", [_resource(one, "memory") for one in (old, new)]),
        ("cpu", "minor", [_resource(one, "cpu") for one in (old, new)]),
    ):
        before, after = map(_size, values)
        if before is None or after is None or before == after:
            continue
        word = "lowered" if after < before else "raised"
        step = lowered if after < before else "minor"
        yield Change(step, place, f"{word} from {values[0]} to {values[1]}")


def _configuration(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    before, after = ({one["key"]: one for one in each.get("configuration", ())}
                     for each in (old, new))  # fmt: skip
    for key in sorted(after.keys() - before.keys()):
        required = after[key].get("required", False)
        word = "added, and required" if required else "added"
        yield Change("major" if required else "minor", f"configuration {key}", word)
    for key in sorted(before.keys() - after.keys()):
        yield Change("minor", f"configuration {key}", "removed")
    for key in sorted(before.keys() & after.keys()):
        if after[key].get("required", False) and not before[key].get("required", False):
            yield Change("major", f"configuration {key}", "now required")


def _by_name(manifest: Mapping[str, Any], key: str) -> dict[str, Mapping[str, Any]]:
    return {definition["name"]: definition for definition in manifest.get(key, ())}


def _default(definition: Mapping[str, Any]) -> Any:
    return definition.get("defaultValue", definition.get("default", _ABSENT))


def _same(one: Any, other: Any) -> bool:
    if one is _ABSENT or other is _ABSENT:
        return one is other
    return isinstance(one, bool) is isinstance(other, bool) and bool(one == other)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _resource(manifest: Mapping[str, Any], key: str) -> Any:
    return manifest.get("container", {}).get("resources", {}).get(key)


def _size(value: Any) -> float | None:
    """Return a limit as a number; None if there is none, or none that can be read."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([kmg]?)", str(value).lower())
    factors = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}
    return float(match[1]) * factors[match[2]] if match else None


def _shown(value: Any) -> str:
    return "not set" if value is None else str(value)


def _listed(values: list[Any]) -> str:
    return ", ".join(map(str, values))
