"""What `execute_plugin` returned, checked against the manifest."""

from typing import Any

from plugin_runtime.inputs import faults
from plugin_runtime.logs import logger
from plugin_runtime.strict_json import ENCODER
from plugin_runtime.value_types import is_type, type_name

MOST_ITEMS = 1000  # of a list or object; the texts in a longer one are short
EXACT = 2**53  # up to here a double, which is what the host has for numbers, holds every integer
CONTAINERS = (dict, list, tuple)


class Failure(Exception):
    """The execution failed: one sentence for the caller, and the list behind it if there is one."""

    def __init__(self, error: str, errors: list[str] | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.errors = errors or []


def outputs_of(result: Any, definitions: list[dict[str, Any]]) -> dict[str, Any]:
    """The outputs of a successful result, in the order of the manifest, without optional nulls.

    The host keeps only the first output where its plan names one, and counts null as missing.
    With `"unchecked": True` in the result, its outputs stay as they are, in their order, and the
    log has what the manifest does not declare: code that was wrapped is run as it is.

    Raises:
        Failure: the plugin reports failure, or its result is not what the manifest declares.
    """
    if not isinstance(result, dict) or not isinstance(result.get("success"), bool):
        raise Failure(_no_result(result))
    if not result["success"]:
        raise Failure(str(result.get("error") or "The plugin reported failure without a reason."))
    outputs = result.get("outputs")
    if not isinstance(outputs, dict):
        raise Failure(f"'outputs' must be an object, but is {type_name(outputs)}.")
    found: dict[str, Any] = {}
    problems = []
    for definition in definitions:
        name, kind = definition["name"], definition["type"]
        required = definition.get("required", False)
        value = outputs.get(name)
        if name not in outputs:
            if required:
                problems.append(f"Output '{name}' ({kind}) is missing.")
        elif value is None and not required:
            continue
        elif is_type(value, kind):
            found[name] = value
            problems += [f"Output '{name}' {fault}." for fault in faults(value, definition)]
        elif kind == "string" and type(value) is int and abs(value) > EXACT:
            found[name] = str(value)
        else:
            wrong = f"Output '{name}' must be of type {kind}, but is {type_name(value)}"
            problems.append(f"{wrong}{_advice(value)}.")
    if len(found) < len(outputs):
        declared = {definition["name"] for definition in definitions}
        problems += [
            f"Output {name!r} is not declared in outputDefinitions of manifest.json."
            for name in outputs
            if name not in declared
        ]
    if result.get("unchecked") is True:
        if problems:
            logger.warning("%s", " ".join(problems))
        return {name: value for name, value in outputs.items() if value is not None}
    if problems:
        raise Failure("The plugin's outputs do not match its manifest.", problems)
    return found


def memory_of_texts(outputs: dict[str, Any]) -> int:
    """Bytes of memory of the long texts in outputs; those in deeply nested values do not count.

    Everything else takes more memory as Python objects, which are there already, than as JSON.
    """
    size = 0
    for value in outputs.values():
        if isinstance(value, str):
            size += str.__sizeof__(value)
        elif isinstance(value, CONTAINERS) and len(value) <= MOST_ITEMS:
            items = value.values() if isinstance(value, dict) else value
            size += sum(str.__sizeof__(item) for item in items if isinstance(item, str))
    return size


def encode(document: Any) -> bytes:
    """An answer as JSON.

    Raises:
        TypeError, ValueError, RecursionError: a value that JSON cannot carry.
    """
    return ENCODER.encode(document).encode("utf-8")


def unencodable(outputs: dict[str, Any]) -> list[str]:
    """Which outputs JSON cannot carry, where, and what to write instead."""
    from plugin_runtime import not_json  # only where something is wrong

    return [
        f"Output '{name}' cannot be written as JSON: {fault}."
        for name, value in outputs.items()
        if (fault := not_json.fault(value, str(name)))
    ]


def altered(outputs: dict[str, Any]) -> tuple[list[str], list[str]]:
    """What JSON can carry, but its reader will not see as it was.

    Args:
        outputs: Values that `encode` has accepted, so that none of them contains itself.

    Returns:
        Problems: keys that become equal, and integers that no double can hold. Warnings: integers
        that a double rounds.

    Raises:
        RecursionError: nested more deeply than Python can follow.
    """
    problems: list[str] = []
    warnings: list[str] = []
    for name, output in outputs.items():
        if isinstance(output, str | float):
            continue
        integers: list[int] = []
        equal_keys: list[str] = []
        _look_at([output], integers, equal_keys)
        problems += [f"Output '{name}' {fault}" for fault in equal_keys[:1]]
        largest = max(integers, key=abs, default=0)
        if not _fits_a_double(largest):
            problems.append(
                f"Output '{name}' holds an integer of {len(str(abs(largest)))} digits, which no "
                "double can hold; write str(value)."
            )
        elif integers:
            warnings.append(
                f"Output '{name}' holds {largest}; the host rounds integers above 2**53. Write "
                "str(value), and declare a string."
            )
    return problems, warnings


def _fits_a_double(integer: int) -> bool:
    try:
        float(integer)
    except OverflowError:
        return False
    return True


def _look_at(value: Any, integers: list[int], equal_keys: list[str]) -> None:
    """Collect large integers and keys that become equal; recursive, as the quickest by far."""
    items = value
    if isinstance(value, dict):
        items = value.values()
        for key in value:
            if type(key) is not str:
                equal_keys += _equal_keys(value)
                break
    for item in items:
        kind = type(item)
        if kind is str or kind is float:
            continue
        if kind is int:
            if not -EXACT <= item <= EXACT:
                integers.append(item)
        elif isinstance(item, CONTAINERS):
            _look_at(item, integers, equal_keys)


def _equal_keys(container: dict[Any, Any]) -> list[str]:
    texts: dict[str, Any] = {}
    for key in container:
        text = key if isinstance(key, str) else ENCODER.encode(key)
        if text in texts:
            return [
                f"has the keys {texts[text]!r} and {key!r} in one object, which are both "
                f'"{text}" in JSON; keep one of them.'
            ]
        texts[text] = key
    return []


def _no_result(result: Any) -> str:
    wanted = (
        "execute_plugin must return {'success': True, 'outputs': {...}} or "
        "{'success': False, 'error': '...'}, but "
    )
    if not isinstance(result, dict):
        return f"{wanted}returned {type_name(result)}."
    if "success" not in result:
        return f"{wanted}returned object with the keys {sorted(map(str, result))}."
    success = result["success"]
    return f"{wanted}'success' is {type_name(success)}{_advice(success)}."


def _advice(value: Any) -> str:
    if value is None or isinstance(value, str | int | float | list | dict):
        return ""
    from plugin_runtime import not_json

    return f"; write {not_json.replacement(value)}"
