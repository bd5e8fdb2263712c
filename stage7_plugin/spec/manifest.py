"""Whether the host would accept a manifest; needs no package beyond the standard library."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stage7_plugin.host_facts import BUNDLED_VERBS
from stage7_plugin.spec._manifest_validator import validate
from stage7_plugin.spec.constraint_rules import constraint_faults, value_faults
from stage7_plugin.spec.manifest_advice import manifest_advice
from stage7_plugin.spec.names import RULE, clashing_names, spellings
from stage7_plugin.spec.problems import shown
from stage7_plugin.spec.schema_errors import JsonSchemaValueException, JsonSchemaValuesException


def manifest_problems(manifest: Any) -> list[str]:
    """List every reason for which the host would refuse or ignore a manifest, one sentence each.

    Args:
        manifest: The parsed manifest.json.
    """
    try:
        validate(manifest)  # type: ignore[no-untyped-call]
    except JsonSchemaValuesException as found:
        problems = [_sentence(error) for error in found.errors]
    except JsonSchemaValueException as error:
        problems = [_sentence(error)]
    else:
        problems = _constraints(manifest)
    return list(dict.fromkeys(problems + _names_twice(manifest)))


def manifest_warnings(manifest: dict[str, Any]) -> list[str]:
    """List what the host accepts but the author should look at, in a manifest without problems."""
    return manifest_advice(manifest, BUNDLED_VERBS)


def _sentence(error: JsonSchemaValueException) -> str:
    path = error.name.removeprefix("data").removeprefix(".") or "the manifest"
    wanted = error.definition.get(error.rule) if isinstance(error.definition, dict) else None
    if error.rule == "required" and isinstance(error.value, dict):
        missing = [name for name in wanted or [] if name not in error.value]
        return f"{path} lacks {', '.join(missing)}"
    rule = _RULES[error.rule](wanted) if error.rule in _RULES else error.message
    return f"{path} is {shown(error.value)}: {rule}"


def _listed(values: list[Any]) -> str:
    return ", ".join(map(str, values))


_RULES: dict[str | None, Callable[[Any], str]] = {
    "type": lambda kind: (
        f"must be of type {' or '.join([kind] if isinstance(kind, str) else kind)}"
    ),
    "enum": lambda values: f"must be one of {_listed(values)}",
    "const": lambda value: f"must be {value}",
    "pattern": lambda pattern: f"must match {pattern}",
    "minLength": lambda length: f"must have {length} or more characters",
    "minItems": lambda count: f"must have {count} or more entries",
    "minimum": lambda least: f"must be at least {least}",
    "maximum": lambda most: f"must be at most {most}",
    "exclusiveMinimum": lambda limit: f"must be above {limit}",
    "not": lambda schema: f"must not be one of {_listed(schema['enum'])}",
}


def _constraints(manifest: dict[str, Any]) -> list[str]:
    """List constraints that are wrong, and defaults and examples that break one."""
    return [
        f"{key}[{index}] is {shown(value)}: {rule}"
        for key in ("inputDefinitions", "outputDefinitions")
        for index, definition in enumerate(manifest[key])
        for value, rule in (*constraint_faults(definition), *value_faults(definition))
    ]


def _names_twice(manifest: Any) -> list[str]:
    """List names that occur more than once across both lists, which no schema can express."""
    if not isinstance(manifest, dict):
        return []
    definitions = []
    for key in ("inputDefinitions", "outputDefinitions"):
        listed = manifest.get(key)
        definitions += listed if isinstance(listed, list) else []
    return [
        f"inputDefinitions, outputDefinitions: the name {shown(spellings(group))} occurs "
        f"{len(group)} times; {RULE}"
        for group in clashing_names(d for d in definitions if isinstance(d, dict))
    ]
