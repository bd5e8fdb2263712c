"""From what the host sends to what `execute_plugin` gets.

A value arrives raw (`"hello"`), in the documented envelope (`{"value": "hello", "args": {}}`) or
in an older one (`{"inputName", "value", "valueType", "args"}`); under its name or an alias.
"""

from typing import Any, NamedTuple

from plugin_runtime import strict_json
from plugin_runtime.value_types import is_type, type_name

# Keys of the host's InputValue, and the `id` that some callers add.
ENVELOPE_KEYS = {"value", "args", "inputName", "valueType", "inputSource", "id"}
SURE_KEYS = {"args", "inputName", "valueType", "inputSource"}
MAX_JSON_DEPTH = 100
# Keys of a definition that ask nothing of a value; any other may be a constraint.
PLAIN_KEYS = {
    *("name", "type", "required", "description", "default", "defaultValue"),
    *("aliases", "secret", "example", "examples"),
}


class WrongConstraint(Exception):
    """A constraint of the manifest cannot be checked; the text says why."""


class Reading(NamedTuple):
    """One request's inputs, sorted out."""

    values: dict[str, Any]
    """Declared inputs, by name, with defaults applied."""
    args: dict[str, Any]
    """The `args` of enveloped inputs, by name."""
    undeclared: dict[str, Any]
    """Everything else, exactly as it came."""
    problems: list[str]
    """What is wrong, a sentence each; empty when the inputs are valid."""


def default_of(definition: dict[str, Any]) -> Any:
    """The default of an input: `defaultValue`, which the host reads, or `default`; else None."""
    return definition.get("defaultValue", definition.get("default"))


def _copied(value: Any) -> Any:
    """Return a copy of a JSON value, because the plugin may change what it is given.

    Not with `copy`, which costs memory, nor with `json.loads`, which a plugin may have replaced.
    """
    return strict_json.DECODER.decode(strict_json.ENCODER.encode(value))


def read(
    definitions: list[dict[str, Any]],
    given: dict[str, Any],
    strict: bool = False,
    max_depth: int = MAX_JSON_DEPTH,
) -> Reading:
    """Unwrap, resolve aliases, convert, apply defaults and check every declared input.

    `null` for an input that is not required counts as not given.

    Args:
        definitions: `inputDefinitions` of the manifest.
        given: `inputs` of the request.
        strict: Convert nothing.
        max_depth: Deepest nesting of a value that came as JSON text.
    """
    values: dict[str, Any] = {}
    args: dict[str, Any] = {}
    problems: list[str] = []
    undeclared = dict(given)
    for definition in definitions:
        name, kind = definition["name"], definition["type"]
        required = definition.get("required", False)
        key = _key_of(definition, undeclared)
        value, its_args = unwrap(undeclared.pop(key), kind) if key is not None else (None, None)
        if value is None and (key is None or not required) and not _takes_null(kind, key):
            if "defaultValue" in definition or "default" in definition:
                values[name] = _copied(default_of(definition))
            elif required:
                problems.append(f"Input '{name}' ({kind}) is required and was not given.")
            continue
        if not is_type(value, kind):
            found = None if strict else converted(value, kind, max_depth)
            if found is None:
                is_kind = type_name(value)
                problems.append(f"Input '{name}' must be of type {kind}, but is {is_kind}.")
                continue
            value = found
        if not strict and "items" in definition:
            value = _items_converted(value, definition["items"]["type"], max_depth)
        problems += [f"Input '{name}' {fault}." for fault in faults(value, definition)]
        values[name] = value
        if its_args is not None:
            args[name] = its_args
    return Reading(values, args, undeclared, problems)


def prepare(manifest: dict[str, Any]) -> None:
    """Import what checks constraints, if there are any, so that no request waits for it.

    Raises:
        WrongConstraint: a pattern is not a regular expression.
    """
    for key in ("inputDefinitions", "outputDefinitions"):
        for definition in manifest[key]:
            if PLAIN_KEYS.issuperset(definition):
                continue
            from plugin_runtime import constraints

            try:
                constraints.prepare(definition)
            except constraints.WrongPattern as error:
                what = f"the pattern of {definition['name']} in {key}"
                raise WrongConstraint(f"{what} is not a regular expression: {error}") from error


def faults(value: Any, definition: dict[str, Any]) -> list[str]:
    """Every constraint that a value of the right type breaks, as "must be at most 100"."""
    if PLAIN_KEYS.issuperset(definition):
        return []
    from plugin_runtime import constraints  # imported by `prepare`

    return constraints.faults(value, definition)


def _items_converted(items: Any, kind: str, max_depth: int) -> list[Any]:
    """The items, with those converted that are not of their type and have only one reading."""
    found = []
    for item in items:
        other = None if item is None or is_type(item, kind) else converted(item, kind, max_depth)
        found.append(item if other is None else other)
    return found


def _key_of(definition: dict[str, Any], given: dict[str, Any]) -> str | None:
    """The key under which an input came: its name before its aliases."""
    for key in (definition["name"], *definition.get("aliases", ())):
        if key in given:
            return str(key)
    return None


def _takes_null(kind: str, key: str | None) -> bool:
    return kind == "any" and key is not None


def unwrap(value: Any, kind: str) -> tuple[Any, dict[str, Any] | None]:
    """The plain value and the `args` of its envelope, if it has one."""
    if not isinstance(value, dict) or "value" not in value:
        return value, None
    inner, args = value["value"], value.get("args")
    # Where an object is a valid value, it may be the author's own and merely have a key `value`.
    if kind in ("any", "object"):
        enveloped = SURE_KEYS.intersection(value) and ENVELOPE_KEYS.issuperset(value)
        if len(value) > 1 and not enveloped:
            return value, None
        if kind == "object" and not isinstance(inner, dict) and converted(inner, kind) is None:
            return value, None
    return inner, args if isinstance(args, dict) else {}


def converted(value: Any, kind: str, max_depth: int = MAX_JSON_DEPTH) -> Any:
    """The value in a type of the manifest, where only one reading is possible; else None.

    A text is read as JSON where that gives the type, `True` and `False` included. A number or a
    boolean becomes its JSON text.
    """
    if kind == "string":
        scalar = isinstance(value, int | float)
        return strict_json.ENCODER.encode(value) if scalar else None
    if not isinstance(value, str):
        return None
    text = value.lower() if kind == "boolean" else value
    try:
        found = strict_json.loads(text.encode(), max_depth)
    except (strict_json.BadJson, UnicodeEncodeError):
        return None
    return found if is_type(found, kind) else None
