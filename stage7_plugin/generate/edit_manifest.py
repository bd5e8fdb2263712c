"""What `add`, `remove` and `rename` change in a manifest, with every rule for it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Literal

from stage7_plugin.generate.sync import OutOfReach
from stage7_plugin.host_facts import PERMISSIONS
from stage7_plugin.spec import answers, derived
from stage7_plugin.spec.parameters import Prompt, parse_parameters
from stage7_plugin.spec.problems import Problem, format_problems, nearest
from stage7_plugin.spec.value_types import TYPES

Kind = Literal["input", "output", "permission", "setting"]
Manifest = dict[str, Any]

KEYS = {"input": "inputDefinitions", "output": "outputDefinitions"}
_SECRET = re.compile(
    r"(?:[A-Z0-9_]*_)?(?:TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|(?:API|ACCESS|PRIVATE|SECRET)_?KEY)"
)
_SETTING = re.compile(r"(?P<name>[A-Z][A-Z0-9_]*)=(?P<value>.*)")
_NEARLY = re.compile(r"\s*(?:export\s+)?([A-Za-z][\w.-]*)\s*([:=]?)\s*(.*?)\s*")
_TYPE = re.compile(rf"({'|'.join(TYPES)}|secret)\b[^=]*=?")


def names_of(definitions: list[dict[str, Any]]) -> set[str]:
    """Return the names of inputs or outputs."""
    return {definition["name"] for definition in definitions}


def adding(kind: Kind, texts: tuple[str, ...]) -> Callable[[Manifest], None]:
    """Return what adds to a manifest.

    Args:
        kind: What is added.
        texts: Entries of the notation, names or numbers of permissions, or NAME=value.

    Raises:
        OutOfReach: A text breaks a rule.
    """
    if kind == "permission":
        names = _permissions(", ".join(texts))
        return lambda manifest: _extend(manifest["security"]["permissions"], names)
    if kind == "setting":
        settings = [_setting(text) for text in texts]
        return lambda manifest: _set(manifest["container"], settings)
    prompt: Prompt = "inputs" if kind == "input" else "outputs"
    parameters, problems = parse_parameters(prompt, "\n".join(texts))
    _refuse(problems)
    definitions = [parameter.definition() for parameter in parameters]

    def add(manifest: Manifest) -> None:
        present = names_of(manifest["inputDefinitions"] + manifest["outputDefinitions"])
        for definition in definitions:
            if definition["name"] in present:
                raise OutOfReach(f"there is already an input or output called {definition['name']}")
        manifest[KEYS[kind]] += definitions

    return add


def removing(kind: Kind, names: tuple[str, ...]) -> Callable[[Manifest], None]:
    """Return what removes names from a manifest."""

    def remove(manifest: Manifest) -> None:
        for name in names:
            if kind == "permission":
                named = derived.permissions_by_name(name)
                _known(named, kind, manifest)
                manifest["security"]["permissions"].remove(named)
            elif kind == "setting":
                _known(name, kind, manifest)
                del manifest["container"]["environment"][name]
            else:
                listed = manifest[KEYS[kind]]
                _known(name, kind, manifest)
                manifest[KEYS[kind]] = [one for one in listed if one["name"] != name]
                if not manifest[KEYS[kind]]:
                    raise OutOfReach(f"a plugin needs at least one {kind}; add another one first")

    return remove


def renaming(kind: Kind, old: str, new: str) -> Callable[[Manifest], None]:
    """Return what gives an input or output another name in a manifest."""
    prompt: Prompt = "inputs" if kind == "input" else "outputs"
    problems = parse_parameters(prompt, json.dumps([{"name": new, "type": "any"}]))[1]
    example = re.sub(r"\W+", "_", re.split("[:=?]", new)[0].strip())
    if example == new or not example.isidentifier():
        example = "max_words"
    _refuse([one._replace(example=example) for one in problems])

    def rename(manifest: Manifest) -> None:
        listed = manifest[KEYS[kind]]
        _known(old, kind, manifest)
        if new in names_of(manifest["inputDefinitions"] + manifest["outputDefinitions"]):
            raise OutOfReach(f"there is already an input or output called {new}")
        for definition in listed:
            if definition["name"] == old:
                definition["name"] = new

    return rename


def _known(name: str, kind: Kind, manifest: Manifest) -> None:
    known = _names(kind, manifest)
    if name in known:
        return
    listed = ", ".join(sorted(known)) or "none"
    raise OutOfReach(f"there is no {kind} {name}; there is {listed}{_meant(name, kind, manifest)}")


def _names(kind: Kind, manifest: Manifest) -> set[str]:
    if kind == "permission":
        return set(manifest["security"]["permissions"])
    if kind == "setting":
        return set(manifest["container"].get("environment", {}))
    return names_of(manifest[KEYS[kind]])


def _meant(name: str, kind: Kind, manifest: Manifest) -> str:
    """Return a sentence about what is there and was probably meant; "" if nothing is like it."""
    bare = re.split("[:=?]", name, maxsplit=1)[0].strip()
    if kind == "setting" and bare in {one["key"] for one in manifest.get("configuration", ())}:
        return f". {bare} is in `configuration` of manifest.json: remove it there"
    other: Kind = "output" if kind == "input" else "input"
    if kind in KEYS and bare in _names(other, manifest):
        return f". {bare} is an {other}: write {other} {bare}"
    known = {one.lower(): one for one in sorted(_names(kind, manifest))}
    near = nearest(bare.lower(), known)
    return f". Write {kind} {known[near]}" if near else ""


def _permissions(text: str) -> list[str]:
    named = derived.permissions_by_name(text)
    _refuse(answers.check({"permissions": named}))
    return derived.permission_list(named)


def _setting(text: str) -> tuple[str, str]:
    nearly = _NEARLY.fullmatch(text)
    name, sign, value = nearly.groups() if nearly else ("", "", "")
    name = re.sub("[.-]", "_", name).upper()
    if _SECRET.fullmatch(name) or (sign == ":" and re.match(r"(string\s*)?!?secret\b", value)):
        entry = {"key": name, "type": "secret", "required": True, "description": "..."}
        raise OutOfReach(
            f"{name} looks like a secret, and manifest.json is committed and is in the image. "
            "Add this to `configuration` in manifest.json, and write the value into .env:\n"
            f"  {json.dumps(entry)}"
        )
    found = _SETTING.fullmatch(text)
    if found is None:
        rule = "must be NAME=value on one line, NAME of A-Z, 0-9 and _"
        if sign == ":":  # the notation of inputs, or YAML
            value = _TYPE.sub("", value, count=1)
        example = f"{name}={value or 'value'}" if _SETTING.fullmatch(f"{name}=") else ""
        raise OutOfReach(
            format_problems([Problem("setting", text, rule, example or "API_URL=https://...")])
        )
    return found["name"], found["value"]


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise OutOfReach(format_problems(problems))


def _extend(listed: list[str], names: list[str]) -> None:
    listed += [name for name in names if name not in listed]
    listed.sort(key=PERMISSIONS.index)


def _set(container: dict[str, Any], settings: list[tuple[str, str]]) -> None:
    environment = container.setdefault("environment", {})
    for name, value in settings:
        if environment.get(name, value) != value:
            raise OutOfReach(
                f"the setting {name} is {environment[name]!r} already; remove it first"
            )
        environment[name] = value
