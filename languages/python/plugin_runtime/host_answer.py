"""From what a Python plugin of the host printed to the outputs that it means.

The host's own executor takes one shape: a JSON list of `{"success", "name", "resultType",
"resultDescription", "result"}`, and nothing else on standard output. Here log lines may stand
around it, keys that only describe may be missing, and a dictionary is read too.
Source of what the host does: validatePythonOutput in its pythonPluginHelper.ts.
"""

import json
from typing import Any

from plugin_runtime.outputs import Failure

Definitions = list[dict[str, Any]]

DECODER = json.JSONDecoder()
NESTED = 100_000  # characters; at most this many are read before one nests too deeply
ANSWER_KEYS = {"success", "name", "result", "resultType", "error", "outputs", "status"}
# Keys of a dictionary that say how it went; what else it holds are results.
TOLD = {"success", "status", "error", "message", "timestamp"}
FAILED = ("error", "failed", "failure")


def find(printed: str) -> tuple[Any, str]:
    """Return the answer among what was printed, and the other lines.

    Raises:
        Failure: there is no answer.
    """
    try:
        return DECODER.decode(printed), ""
    except (ValueError, RecursionError):
        printed = printed.replace("\r\n", "\n").replace("\r", "\n")  # a bar of progress is a line
    answer: Any = None
    others: list[str] = []
    position = 0
    budget = 2 * len(printed)  # of characters that are read in vain: no plugin makes this slow
    while position < len(printed):
        line_end = printed.find("\n", position) + 1 or len(printed)
        if printed[position] in "[{" and budget > 0:
            try:
                value, end = DECODER.raw_decode(printed, position)
            except ValueError as error:
                budget -= getattr(error, "pos", position) - position
            except RecursionError:
                budget -= min(len(printed) - position, NESTED)
            else:
                line_end = printed.find("\n", end) + 1 or len(printed)
                if _is_answer(value) and not printed[end:line_end].strip():
                    answer, position = value, line_end  # the last one counts
                    continue
        others.append(printed[position:line_end])
        position = line_end
    if answer is None:
        shown = printed.strip()[:200]
        what = f"not JSON, but {shown!r}" if shown else "nothing"
        raise Failure(
            f"The wrapped program printed {what}; expected a list such as "
            '[{"success": true, "name": "result", "resultType": "string", "result": "..."}].'
        )
    return answer, "".join(others)


def _is_answer(value: Any) -> bool:
    items = value if isinstance(value, list) else [value]
    return bool(items) and all(
        isinstance(item, dict) and not ANSWER_KEYS.isdisjoint(item) for item in items
    )


def outputs_of(answer: Any, definitions: Definitions) -> dict[str, Any]:
    """Return the outputs by name, in the order of the answer.

    Args:
        answer: What `find` returned.
        definitions: `outputDefinitions` of the manifest.

    Raises:
        Failure: the plugin reports failure, or the answer has no shape that is known.
    """
    declared = [definition["name"] for definition in definitions]
    if isinstance(answer, dict):
        if "name" in answer and "resultType" in answer:
            answer = [answer]  # one output without its list
        else:
            return _of_dictionary(answer, definitions)
    if not isinstance(answer, list) or not all(isinstance(item, dict) for item in answer):
        shown = json.dumps(answer)[:200]
        raise Failure(f"The wrapped program printed {shown}; expected a list of objects.")
    outputs: dict[str, Any] = {}
    for index, item in enumerate(answer):
        if _is_error(item):
            # The host's agents fail a step if its first output is an error, and look no further.
            if index == 0:
                raise Failure(_reason(item))
            print(f"left out: {item.get('name')} failed: {_reason(item)}")
            continue
        name = item.get("name")
        if not isinstance(name, str) or not name:
            free = [one for one in declared if one not in outputs]
            name = free[0] if free else "result"
        if "result" not in item:
            shown = json.dumps(item)[:200]
            raise Failure(f"The wrapped program's output {name!r} has no result: {shown}")
        if name in outputs:
            print(f"left out: another output {name!r}; the first one counts")
        else:
            outputs[name] = item["result"]
    return outputs


def _of_dictionary(answer: dict[str, Any], definitions: Definitions) -> dict[str, Any]:
    if _failed(answer):
        raise Failure(_reason(answer))
    declared = [definition["name"] for definition in definitions]
    wanted = [name for name in declared if name != "success"]
    for candidate in (answer, answer.get("outputs"), answer.get("result")):
        if isinstance(candidate, dict) and not candidate.keys().isdisjoint(wanted):
            # `success` may be declared as well, and is at the top.
            both = {**candidate, **({"success": answer["success"]} if "success" in answer else {})}
            return {name: both[name] for name in declared if name in both}
    if isinstance(answer.get("outputs"), dict):
        return dict(answer["outputs"])
    if "result" in answer:
        return {wanted[0] if len(wanted) == 1 else "result": answer["result"]}
    rest = {key: value for key, value in answer.items() if key not in TOLD}
    return {wanted[0]: rest} if len(wanted) == 1 else rest or answer


def failure_in(answer: Any) -> str:
    """Return the reason of an answer that reports failure; "" for any other."""
    first = answer[0] if isinstance(answer, list) and answer else answer
    return _reason(first) if isinstance(first, dict) and _failed(first) else ""


def _is_error(item: dict[str, Any]) -> bool:
    """Tell whether an output of a list is an error.

    One of another type is a result, even with `"success": false`: a check that found something.
    """
    typed = str(item.get("resultType") or "error").lower() == "error"
    return _failed(item) and (typed or item.get("result") is None)


def _failed(item: dict[str, Any]) -> bool:
    if "success" in item:
        return not item["success"]
    told = (str(item.get("resultType", "")).lower(), str(item.get("status", "")).lower())
    return any(word in FAILED for word in told) or bool(item.get("error"))


def _reason(item: dict[str, Any]) -> str:
    """Return the text with which the plugin explains its failure."""
    result = item.get("result")
    inner = result if isinstance(result, dict) else {}
    texts = (
        *(item.get("error"), inner.get("error"), inner.get("message"), item.get("message")),
        *(result if isinstance(result, str) else "", item.get("resultDescription")),
    )
    for text in texts:
        if text:
            return text if isinstance(text, str) else json.dumps(text, ensure_ascii=False)
    return "The plugin reported failure without a reason."
