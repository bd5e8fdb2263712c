"""Keys of a manifest made by hand that no prompt asks for, corrected where need be."""

from __future__ import annotations

import json
import re
from typing import Any

from stage7_plugin.spec.problems import shown
from stage7_plugin.wrap.old_definitions import Tell

Given = dict[str, Any]

# Read below one by one.
_READ = frozenset(
    ("$schema", "id", "name", "verb", "version", "description", "author", "license", "language",
     "inputDefinitions", "outputDefinitions", "entryPoint", "container", "api", "repository",
     "packageSource", "security", "metadata", "configuration")
)  # fmt: skip
_TEXTS = {"explanation": 20, "semanticDescription": 1, "inputGuidance": 1}
_LISTS = ("capabilityKeywords", "usageExamples")
_SECRET = re.compile(
    r"(.*_)?(TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS|[A-Z]*_?KEY)", re.I
)


def take_extras(manifest: Given, laid_over: Given, tell: Tell) -> None:
    """Take over the configuration, the metadata, texts for the planner, and what nobody knows.

    Args:
        manifest: The old one.
        laid_over: Gets the keys.
        tell: Gets a note for what is changed or dropped.
    """
    for take in (_configuration, _metadata, _others):
        take(manifest, laid_over, tell)


def is_secret(name: str) -> bool:
    """Tell whether a variable's name says that its value is a secret."""
    return _SECRET.fullmatch(name) is not None


def _object(manifest: Given, key: str) -> Given:
    found = manifest.get(key)
    return found if isinstance(found, dict) else {}


def _configuration(manifest: Given, laid_over: Given, tell: Tell) -> None:
    listed = manifest.get("configuration")
    kept = []
    for index, one in enumerate(listed if isinstance(listed, list) else []):
        at = f"configuration.{index}"
        key = one.get("key") if isinstance(one, dict) else None
        if not isinstance(key, str) or not key:
            tell(at, f"configuration has {shown(one)}, which has no key",
                       "dropped")  # fmt: skip
            continue
        ours = {"description": key.replace("_", " ").capitalize(), "required": False,
                "type": "secret" if is_secret(key) else "string"}  # fmt: skip
        for name, usual in ours.items():
            types = ("string", "number", "boolean", "secret")
            right = one.get(name) in types if name == "type" else isinstance(
                one.get(name), type(usual))  # fmt: skip
            if not right:
                tell(at, f"configuration {key}: {name} is {shown(one.get(name))}; it is "
                                f"now {json.dumps(usual)}", "changed")  # fmt: skip
                one = {**one, name: usual}
        if one["type"] == "secret" and one.get("value"):
            one = {name: value for name, value in one.items() if name != "value"}
            tell(at, f"configuration {key}: a secret's value must not be "
                            "committed; write it into .env", "changed")  # fmt: skip
        kept.append(one)
    if kept:
        laid_over["configuration"] = [*kept, *laid_over.get("configuration", [])]


def _metadata(manifest: Given, laid_over: Given, tell: Tell) -> None:
    metadata = dict(_object(manifest, "metadata"))
    for key in ("category", "tags", "dependencies"):
        value = metadata.get(key)
        if isinstance(value, str):
            metadata[key] = [value]
        elif value is not None:
            texts = [str(one) for one in value] if isinstance(value, list) else []
            metadata[key] = texts
        if key in metadata and metadata[key] != value:
            tell(f"metadata.{key}", f"metadata.{key} is {shown(value)}; it is now {metadata[key]}",
                       "changed")  # fmt: skip
    level = metadata.get("complexity")
    if level is not None and not (type(level) is int and 1 <= level <= 10):
        del metadata["complexity"]
        tell("metadata.complexity", f"metadata.complexity is {shown(level)}; it must be 1 to 10",
                   "dropped")  # fmt: skip
    if metadata:
        laid_over["metadata"] = metadata


def _others(manifest: Given, laid_over: Given, tell: Tell) -> None:
    source = manifest.get("packageSource")
    if source:
        tell("packageSource", "packageSource names the repository of the old plugin; "
                                    "make install writes the new one", "dropped")  # fmt: skip
    repository = _object(manifest, "repository").get("type")
    if repository not in (None, "local"):
        tell("repository.type", f"repository.type is {shown(repository)}; it is now local, "
                                 "from which the host executes plugins", "changed")  # fmt: skip
    for key, shortest in _TEXTS.items():
        value = manifest.get(key)
        _keep(key, value, isinstance(value, str) and len(value) >= shortest,
              f"must be text of {shortest} or more characters", laid_over, tell)  # fmt: skip
    for key in _LISTS:
        value = manifest.get(key)
        is_list = isinstance(value, list) and all(isinstance(one, str) for one in value)
        _keep(key, value, is_list, "must be a list of strings", laid_over, tell)
    for key in manifest.keys() - _READ - _TEXTS.keys() - {*_LISTS}:
        laid_over[key] = manifest[key]


def _keep(key: str, value: object, is_right: bool, rule: str, laid_over: Given, tell: Tell) -> None:
    if is_right:
        laid_over[key] = value
    elif value is not None:
        tell(key, f"{key} is {shown(value)}, and {rule}", "dropped")
