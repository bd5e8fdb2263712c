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
from stage7_plugin.spec.problems import Problem, format_problems

Kind = Literal["input", "output", "permission", "setting"]
Manifest = dict[str, Any]

KEYS = {"input": "inputDefinitions", "output": "outputDefinitions"}
_SECRET = re.compile(
    r"(?:[A-Z0-9_]*_)?(?:TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|(?:API|ACCESS|PRIVATE|SECRET)_?KEY)"
)
_SETTING = re.compile(r"(?P<name>[A-Z][A-Z0-9_]*)=(?P<value>.*)")


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
                _known(name, manifest["security"]["permissions"], kind)
                manifest["security"]["permissions"].remove(name)
            elif kind == "setting":
                _known(name, manifest["container"].get("environment", {}), kind)
                del manifest["container"]["environment"][name]
            else:
                listed = manifest[KEYS[kind]]
                _known(name, names_of(listed), kind)
                manifest[KEYS[kind]] = [one for one in listed if one["name"] != name]
                if not manifest[KEYS[kind]]:
                    raise OutOfReach(f"a plugin needs at least one {kind}; add another one first")

    return remove


def renaming(kind: Kind, old: str, new: str) -> Callable[[Manifest], None]:
    """Return what gives an input or output another name in a manifest."""
    prompt: Prompt = "inputs" if kind == "input" else "outputs"
    _refuse(parse_parameters(prompt, json.dumps([{"name": new, "type": "any"}]))[1])

    def rename(manifest: Manifest) -> None:
        listed = manifest[KEYS[kind]]
        _known(old, names_of(listed), kind)
        if new in names_of(manifest["inputDefinitions"] + manifest["outputDefinitions"]):
            raise OutOfReach(f"there is already an input or output called {new}")
        for definition in listed:
            if definition["name"] == old:
                definition["name"] = new

    return rename


def _known(name: str, known: Any, kind: Kind) -> None:
    if name not in known:
        listed = ", ".join(sorted(known)) or "none"
        raise OutOfReach(f"there is no {kind} {name}; there is {listed}")


def _permissions(text: str) -> list[str]:
    named = derived.permissions_by_name(text)
    _refuse(answers.check({"permissions": named}))
    return derived.permission_list(named)


def _setting(text: str) -> tuple[str, str]:
    name = text.partition("=")[0]
    if _SECRET.fullmatch(name):
        entry = {"key": name, "type": "secret", "required": True, "description": "..."}
        raise OutOfReach(
            f"{name} looks like a secret, and manifest.json is committed and is in the image. "
            "Add this to `configuration` in manifest.json, and write the value into .env:\n"
            f"  {json.dumps(entry)}"
        )
    found = _SETTING.fullmatch(text)
    if found is None:
        rule = "must be NAME=value on one line, NAME of A-Z, 0-9 and _"
        raise OutOfReach(format_problems([Problem("setting", text, rule, "API_URL=https://...")]))
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
