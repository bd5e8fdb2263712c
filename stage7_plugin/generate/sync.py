"""`stage7-plugin sync`: bring what names inputs and outputs in line with manifest.json.

The files are the author's: only the parts that the template wrote are replaced, found by the lines
around them. A part whose lines are gone is left alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from stage7_plugin.errors import UserError
from stage7_plugin.generate.sync_stub import is_authors, stub_hints, synced_stub
from stage7_plugin.rendering import escaping, readme_tables
from stage7_plugin.rendering.go_stub import go_fields
from stage7_plugin.rendering.typescript_stub import typescript_fields
from stage7_plugin.spec import derived, planner_texts, strict_json
from stage7_plugin.spec.languages import LANGUAGES
from stage7_plugin.spec.manifest import manifest_problems
from stage7_plugin.spec.parameters import Parameter, parameter_of
from stage7_plugin.spec.sample_inputs import sample_value

README = (
    ("| Name | Type | Required | Default |", "inputDefinitions", readme_tables.input_rows),
    ("| Name | Type | Always there |", "outputDefinitions", readme_tables.output_rows),
)
# A description that is still the default.
DERIVED = re.compile(r"Takes \w+ \((string|number|boolean|array|object|any)\).* and returns ")


class OutOfReach(UserError):
    """There is nothing to go by; the text says why."""


def run_sync(folder: Path, check: bool) -> int:
    """Write, or with `check` only name, what is not in line; return the exit status.

    Returns:
        0 if everything is in line now, 1 with `check` if something is not, 2 if nothing was done.
    """
    try:
        manifest = read_manifest(folder)
        files = [one.logic for one in LANGUAGES.values()]
        if not any((folder / name).is_file() for name in files):
            raise OutOfReach(f"there is no {' or '.join(files)} in {folder}")
        changes = dict(_changes(folder, manifest))
    except (OutOfReach, OSError, UnicodeDecodeError) as error:
        print(f"Nothing was changed: {error}")
        return 2
    for path, text in changes.items():
        if not check:
            path.write_text(text, "utf-8", newline="\n")
        print(f"{path.relative_to(folder)}: {'not in line' if check else 'brought in line'}")
    for hint in _hints(folder, manifest):
        print(hint)
    if not changes:
        print("Everything is in line with manifest.json.")
    return int(check and bool(changes))


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of a plugin. Raises OutOfReach if it has problems."""
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
    except ValueError as error:
        raise OutOfReach(f"manifest.json is not JSON: {error}") from error
    problems = manifest_problems(manifest)
    if problems:
        raise OutOfReach("\n  ".join(["manifest.json has problems:", *problems]))
    return manifest


def _changes(folder: Path, manifest: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    """Each file that is not in line, and its new text."""
    steps: dict[str, Callable[[str, dict[str, Any]], str]] = {
        "manifest.json": synced_manifest,
        "README.md": synced_readme,
        "examples/request.json": synced_request,
        "plugin_logic.py": synced_logic,
        "plugin_types.ts": synced_types,
        "plugin_types.go": synced_go_types,
    }
    readme = folder / "README.md"
    if readme.is_file():
        added = added_inputs(readme.read_text("utf-8"), manifest)
        steps["examples/request.json"] = partial(synced_request, added=added)
    for name, step in steps.items():
        path = folder / name
        if path.is_file():
            before = path.read_text("utf-8")
            after = step(before, manifest)
            if after != before:
                yield path, after


def synced_types(text: str, manifest: Mapping[str, Any]) -> str:
    """Return the types of a TypeScript plugin as the manifest's inputs and outputs are."""
    return _with_fields(text, manifest, "export type {} = {{\n", "\n};\n", typescript_fields)


def synced_go_types(text: str, manifest: Mapping[str, Any]) -> str:
    """Return the structs of a Go plugin as the manifest's inputs and outputs are."""
    return _with_fields(text, manifest, "type {} struct {{\n", "\n}\n", go_fields)


def _with_fields(
    text: str, manifest: Mapping[str, Any], opening: str, closing: str, fields: Callable[..., str]
) -> str:
    for name, key in (("Inputs", "inputDefinitions"), ("Outputs", "outputDefinitions")):
        head = opening.format(name)
        before, found, rest = text.partition(head)
        _, end, after = rest.partition(closing)
        if found and end:
            text = f"{before}{head}{fields(manifest[key], name.lower())}{end}{after}"
    return text


def _hints(folder: Path, manifest: dict[str, Any]) -> list[str]:
    paths = [folder / "plugin_logic.py", *_wrapped_modules(folder)]
    texts = [path.read_text("utf-8", "replace") for path in paths if path.is_file()]
    return stub_hints("\n".join(texts), *parameters(manifest)) if texts else []


def _wrapped_modules(folder: Path) -> list[Path]:
    """Return the modules that `stage7-plugin wrap` brought, which plugin_logic.py calls."""
    try:
        record = json.loads((folder / ".stage7-template.json").read_text("utf-8"))
        names = sorted(record["wrapped"]["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [folder / name for name in names if name.endswith(".py") and name != "plugin_logic.py"]


def parameters(manifest: dict[str, Any]) -> tuple[list[Parameter], list[Parameter]]:
    """Return the inputs and outputs of a manifest."""
    inputs, outputs = (
        [
            parameter_of(
                {
                    **definition,
                    "description": " ".join(
                        str(definition.get("description") or definition["name"]).split()
                    ),
                }
            )
            for definition in manifest[key]
        ]
        for key in ("inputDefinitions", "outputDefinitions")
    )
    return inputs, outputs


def synced_readme(text: str, manifest: dict[str, Any]) -> str:
    """Return the README with the rows of its two tables written anew."""
    inputs, outputs = parameters(manifest)
    old, new = (escaping.markdown(one) for one in _descriptions(manifest))
    text = text.replace(f"\n{old}\n", f"\n{new}\n", 1)
    for head, key, rows in README:
        listed = inputs if key == "inputDefinitions" else outputs
        table = re.compile(rf"(^{re.escape(head)}.*\n\|[-| :]+\|\n)(?:\|.*\n)*", re.MULTILINE)
        lines = rows(listed) + "\n"
        found = table.search(text)
        if found is not None:
            text = text[: found.start()] + found[1] + lines + text[found.end() :]
    return text


def synced_logic(text: str, manifest: dict[str, Any]) -> str:
    """Return the code, with the parts of the stub written anew that are still there."""
    if is_authors(text):
        return text
    old, new = (escaping.docstring(f"Task: {one}", indent=0) for one in _descriptions(manifest))
    return synced_stub(text.replace(f"\n{old}\n", f"\n{new}\n", 1), *parameters(manifest))


def _descriptions(manifest: dict[str, Any]) -> tuple[str, str]:
    """Return the description as it is, and as it should be: the author's own is right."""
    old = manifest["description"]
    if not DERIVED.match(old):
        return old, old
    return old, derived.describe(*parameters(manifest))


def added_inputs(readme: str, manifest: dict[str, Any]) -> set[str]:
    """Return the inputs that the README's table does not list yet; none without such a table."""
    head, _, _ = README[0]
    _, found, table = readme.partition(head)
    rows = table.partition("\n\n")[0]
    names = {one["name"] for one in manifest["inputDefinitions"]}
    return {name for name in names if found and f"| `{name}` |" not in rows}


def synced_request(
    text: str, manifest: dict[str, Any], added: Collection[str] = frozenset()
) -> str:
    """Return the example request with new inputs, and without those that are gone.

    Args:
        text: examples/request.json.
        manifest: The manifest.
        added: Inputs to show although they are optional. Others may have been left out on purpose.
    """
    try:
        request = json.loads(text)
        given = request["inputs"]
        names = list(given)
    except (ValueError, KeyError, TypeError) as error:
        reason = error if isinstance(error, ValueError) else 'it must be {"inputs": {...}}'
        raise OutOfReach(f"examples/request.json is not a valid request: {reason}") from error
    inputs, _ = parameters(manifest)
    known = {name for one in inputs for name in (one.name, *one.aliases)}
    kept = {name: given[name] for name in names if name in known}
    for parameter in inputs:
        wanted = parameter.required or parameter.name in added
        if wanted and not {parameter.name, *parameter.aliases} & {*kept}:
            kept[parameter.name] = sample_value(parameter.definition())
    if kept == given:
        return text
    return escaping.json({**request, "inputs": kept}, indent=2) + "\n"


def synced_manifest(text: str, manifest: dict[str, Any]) -> str:
    """Return the manifest with the planner's texts written anew; the author's own stay."""
    inputs, outputs = parameters(manifest)
    old, new = _descriptions(manifest)
    name, verb = manifest.get("name", manifest["id"]), manifest["verb"]
    if manifest.get("explanation") == planner_texts.explanation(name, verb, old):
        text = replaced(text, "explanation", planner_texts.explanation(name, verb, new))
    text = replaced(text, "description", new)
    meaning = manifest.get("semanticDescription", "")
    if meaning == f"{old}." or re.search(r" Takes .*; returns .*\.$", meaning):
        text = replaced(
            text, "semanticDescription", planner_texts.semantic_description(new, inputs, outputs)
        )
    examples = manifest.get("usageExamples", [])
    if len(examples) == 1 and re.fullmatch(r"Use \S+ with .* to get .*", examples[0]):
        text = replaced(text, "usageExamples", [planner_texts.usage_example(verb, inputs, outputs)])
    guidance = manifest.get("inputGuidance")
    if guidance is None or re.match(r"Input \S+ \(\w+, ", guidance):
        text = replaced(text, "inputGuidance", planner_texts.input_guidance(inputs))
    return text


def replaced(text: str, key: str, value: Any, level: int = 1) -> str:
    """Return the JSON text with a value replaced, or a top-level one added above inputDefinitions.

    Args:
        text: A manifest as the template formats it.
        key: Of the value.
        value: The new one.
        level: 1 for a key of the manifest itself, 2 for one of an object in it.
    """
    written = escaping.json(value, indent=2, level=level)
    found = re.search(rf'^{"  " * level}"{key}":\s*', text, re.MULTILINE)
    if found is not None:
        before, end = strict_json.decode_at(text, found.end())
        return text if before == value else text[: found.end()] + written + text[end:]
    place = re.search(r'^  "inputDefinitions":', text, re.MULTILINE)
    if place is None or level != 1:
        return text  # formatted differently by the author
    return f'{text[: place.start()]}  "{key}": {written},\n{text[place.start() :]}'
