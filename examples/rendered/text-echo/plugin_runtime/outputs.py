"""What `execute_plugin` returned, held against the manifest."""

from typing import Any

from plugin_runtime.inputs import is_type, type_name
from plugin_runtime.strict_json import Encoder

encode_json = Encoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode

MOST_ITEMS = 1000  # of a list or object; the texts in a longer one are short


class Failure(Exception):
    """The execution failed: one sentence for the caller, and the list behind it if there is one."""

    def __init__(self, error: str, errors: list[str] | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.errors = errors or []


def outputs_of(result: Any, definitions: list[dict[str, Any]]) -> dict[str, Any]:
    """The outputs of a successful result.

    Raises:
        Failure: the plugin reports failure, or its result is not what the manifest declares.
    """
    if not isinstance(result, dict) or not isinstance(result.get("success"), bool):
        raise Failure(
            "execute_plugin must return {'success': True, 'outputs': {...}} or "
            f"{{'success': False, 'error': '...'}}, but returned {type_name(result)}"
            + (f" with the keys {sorted(map(str, result))}." if isinstance(result, dict) else ".")
        )
    if not result["success"]:
        raise Failure(str(result.get("error") or "The plugin reported failure without a reason."))
    outputs = result.get("outputs")
    if not isinstance(outputs, dict):
        raise Failure(f"'outputs' must be an object, but is {type_name(outputs)}.")
    problems = _problems(outputs, definitions)
    if problems:
        raise Failure("The plugin's outputs do not match its manifest.", problems)
    return outputs


def memory_of_texts(outputs: dict[str, Any]) -> int:
    """Bytes of memory of the long texts in outputs; those in deeply nested values do not count.

    Everything else takes more memory as Python objects, which are there already, than as JSON.
    """
    texts = [value for value in outputs.values() if isinstance(value, str)]
    for value in outputs.values():
        if isinstance(value, list | tuple | dict) and len(value) <= MOST_ITEMS:
            items = value.values() if isinstance(value, dict) else value
            texts += [item for item in items if isinstance(item, str)]
    return sum(map(str.__sizeof__, texts))


def encode(document: Any) -> bytes:
    """An answer as JSON.

    Raises:
        TypeError, ValueError, RecursionError: a value that JSON cannot carry.
    """
    return encode_json(document).encode("utf-8")


def unencodable(outputs: dict[str, Any]) -> list[str]:
    """Which outputs JSON cannot carry, and why."""
    problems = []
    for name, value in outputs.items():
        try:
            encode({name: value})
        except (TypeError, ValueError, RecursionError) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            problems.append(f"Output '{name}' cannot be written as JSON: {reason}")
    return problems


def _problems(outputs: dict[str, Any], definitions: list[dict[str, Any]]) -> list[str]:
    problems = []
    declared = {definition["name"]: definition for definition in definitions}
    for name, definition in declared.items():
        kind, required = definition["type"], definition.get("required", False)
        if name not in outputs:
            if required:
                problems.append(f"Output '{name}' ({kind}) is missing.")
        elif outputs[name] is None and not required:
            continue
        elif not is_type(outputs[name], kind):
            found = type_name(outputs[name])
            problems.append(f"Output '{name}' must be of type {kind}, but is {found}.")
    problems += [
        f"Output {name!r} is not declared in outputDefinitions of manifest.json."
        for name in outputs
        if name not in declared
    ]
    return problems
