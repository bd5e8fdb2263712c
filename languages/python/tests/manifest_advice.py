"""What the host accepts in a manifest, and what will not work as its author thinks.

This file is also in every plugin, for `make test`: `make schema` copies it. So it imports nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any


def manifest_advice(manifest: dict[str, Any], bundled_verbs: Collection[str]) -> list[str]:
    """One sentence for each thing that the author should look at.

    Args:
        manifest: A manifest that follows its schema.
        bundled_verbs: Verbs of the host's own plugins.
    """
    advice = [*_verb(manifest, bundled_verbs), *_description(manifest["description"])]
    for index, definition in enumerate(manifest["inputDefinitions"]):
        place = f"inputDefinitions[{index}] ({definition['name']})"
        advice += [f"{place}: {text}" for text in _input(definition)]
    for index, definition in enumerate(manifest["outputDefinitions"]):
        if definition["name"] in ("error", "status"):
            advice.append(
                f"outputDefinitions[{index}]: the host treats an output called "
                f"{definition['name']} specially; call it {definition['name']}_text, for example"
            )
    for index, setting in enumerate(manifest.get("configuration", ())):
        if setting.get("type") == "secret" and setting.get("value"):
            advice.append(
                f"configuration[{index}] ({setting['key']}): a secret in the manifest is committed "
                "with it; remove value, and set it in .env or in the host's environment"
            )
    return advice


def _verb(manifest: dict[str, Any], bundled_verbs: Collection[str]) -> Iterator[str]:
    verb = manifest["verb"]
    if verb in bundled_verbs:
        yield (
            f"verb: the host already has a plugin for {verb}, and installing this one replaces it; "
            f"choose another verb, such as {verb}_PLUGIN, unless you mean to"
        )


def _description(description: str) -> Iterator[str]:
    first, stop, rest = description.partition(".")
    if stop and rest.strip():
        yield (
            f'description: the planner reads it up to the first full stop, "{first}"; '
            "put inputs and outputs before it, and write no full stop inside"
        )
    if "password" in description.lower():
        yield (
            'description: the host objects to the word "password" in it; '
            'write "credentials", for example'
        )


def _input(definition: dict[str, Any]) -> Iterator[str]:
    refused = {"number": "0", "boolean": "false"}.get(definition["type"])
    if definition["required"] and refused:
        yield (
            f"the host refuses {refused} for a required {definition['type']} before the plugin is "
            f'called; write "required": false and "defaultValue": {refused}'
        )
    if "default" in definition and "defaultValue" not in definition:
        yield "the host reads defaultValue; rename default"
