"""Executions that must succeed: every form in which the host sends inputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stage7_plugin.contract.check import Check, at_once
from stage7_plugin.contract.model import NotCheckable, rule
from stage7_plugin.host.http_client import Answer

_RAW = ("execute.raw-inputs",)
_JSON_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


def _outputs(answer: Answer | None) -> Any:
    document = answer.document if answer else None
    return document.get("outputs") if isinstance(document, dict) else None


def _repeatable(check: Check) -> bool:
    """Whether the plugin gives the same outputs for the same inputs."""
    if "repeatable" not in check.memory:
        first, second = check.execute(check.samples), check.execute(check.samples)
        check.memory["repeatable"] = first.succeeded and _outputs(first) == _outputs(second)
    return bool(check.memory["repeatable"])


def _expect_same(check: Check, inputs: Mapping[str, Any]) -> None:
    """Success, and the outputs of the same values sent raw."""
    raw = _outputs(check.execute(check.samples)) if _repeatable(check) else None
    answer = check.execute(inputs)
    check.expect(answer.succeeded, "2xx, as for the same values sent raw")
    if raw is not None:
        check.expect(_outputs(answer) == raw, f"the outputs of the same values sent raw: {raw}")


@rule(
    "execute.raw-inputs",
    "Raw values are executed",
    requires=("lifecycle.healthy",),
    todo='Take values as they are, {"text": "hello"}. If the example values themselves are wrong, '
    "give better ones with --inputs.",
)
def raw_inputs(check: Check) -> None:
    answer = check.execute(check.samples)
    check.expect(answer.succeeded, "2xx")


@rule(
    "execute.answer-format",
    'A success is JSON: {"success": true, "outputs": {...}}',
    requires=_RAW,
    todo='Answer {"success": true, "outputs": {...}} with Content-Type application/json.',
)
def answer_format(check: Check) -> None:
    answer = check.execute(check.samples)
    kind = answer.headers.get("content-type", "")
    document = answer.document
    check.got = f"{check.got} ({kind or 'no Content-Type'})"
    check.expect(
        isinstance(document, dict)
        and document.get("success") is True
        and isinstance(document.get("outputs"), dict)
        and kind.startswith("application/json"),
        '{"success": true, "outputs": {...}} as application/json',
    )


@rule(
    "execute.outputs-declared",
    "The outputs are the declared ones, of their declared types",
    requires=("execute.answer-format",),
    todo="Return each output of outputDefinitions with a value of its type, and no other output.",
)
def outputs_declared(check: Check) -> None:
    outputs = _outputs(check.execute(check.samples))
    declared = {d["name"]: d for d in check.manifest["outputDefinitions"]}
    missing = [n for n, d in declared.items() if d.get("required", True) and n not in outputs]
    problems = [f"{name} is missing" for name in missing]
    problems += [f"{name} is not declared" for name in outputs if name not in declared]
    problems += [
        f"{name} is not of type {declared[name]['type']}"
        for name, value in outputs.items()
        if name in declared and not _fits(value, declared[name]["type"])
    ]
    check.expect(not problems, f"the declared outputs ({', '.join(declared)}): {problems}")


@rule(
    "execute.undeclared-inputs",
    "Inputs that the host adds to every execution are not refused",
    requires=_RAW,
    todo="Ignore inputs that inputDefinitions does not name: the host always sends some.",
)
def undeclared_inputs(check: Check) -> None:
    answer = check.execute(check.with_host_inputs(check.samples))
    check.expect(answer.succeeded, "2xx")


@rule(
    "execute.envelope",
    'Values may come as {"value": ..., "args": {}}',
    requires=_RAW,
    todo="Unwrap an object that has the key value and no other keys but args.",
)
def envelope(check: Check) -> None:
    _expect_same(check, {n: {"value": v, "args": {}} for n, v in check.samples.items()})


@rule(
    "execute.legacy-envelope",
    'Values may come as {"inputName", "value", "valueType", "args"}',
    requires=_RAW,
    todo="Unwrap an object with the keys inputName, value, valueType and args.",
)
def legacy_envelope(check: Check) -> None:
    types = {d["name"]: d.get("type", "any") for d in check.manifest["inputDefinitions"]}
    wrapped = {
        name: {"inputName": name, "value": value, "valueType": types.get(name, "any"), "args": {}}
        for name, value in check.samples.items()
    }
    _expect_same(check, wrapped)


@rule(
    "execute.object-with-value",
    "An object that has a key named value beside others is not taken for an envelope",
    requires=_RAW,
    todo="Unwrap only objects whose keys are those of an envelope and no others.",
)
def object_with_value(check: Check) -> None:
    names = [d["name"] for d in check.manifest["inputDefinitions"] if d["type"] == "object"]
    if not names:
        raise NotCheckable("the manifest declares no input of type object")
    plain = check.execute({**check.samples, names[0]: {"amount": 1, "unit": "m"}})
    if not plain.succeeded:
        raise NotCheckable(f"input {names[0]} takes only certain objects")
    answer = check.execute({**check.samples, names[0]: {"value": 1, "unit": "m"}})
    check.expect(answer.succeeded, f"2xx, as with the key amount in place of value in {names[0]}")


@rule(
    "execute.aliases",
    "An input may come under one of its declared aliases",
    requires=_RAW,
    todo="Look for an input under its name first and then under each of its aliases.",
)
def aliases(check: Check) -> None:
    declared = {
        d["name"]: d["aliases"][0]
        for d in check.manifest["inputDefinitions"]
        if d.get("aliases") and d["name"] in check.samples
    }
    if not declared:
        raise NotCheckable("the manifest declares no alias of an input that is sent")
    _expect_same(check, {declared.get(name, name): value for name, value in check.samples.items()})


@rule(
    "execute.optional-inputs",
    "Optional inputs may be left out",
    requires=_RAW,
    todo="Use the default of an optional input that does not come.",
)
def optional_inputs(check: Check) -> None:
    required = {d["name"] for d in check.manifest["inputDefinitions"] if d.get("required")}
    answer = check.execute({n: v for n, v in check.samples.items() if n in required})
    check.expect(answer.succeeded, "2xx")


@rule(
    "execute.no-crosstalk",
    "Executions that run at the same time do not get each other's values",
    requires=_RAW,
    todo="Keep nothing of an execution in a global or in an attribute that executions share.",
)
def no_crosstalk(check: Check) -> None:
    texts = {d["name"] for d in check.manifest["inputDefinitions"] if d["type"] == "string"}
    name = next((n for n, v in check.samples.items() if n in texts and isinstance(v, str)), None)
    if name is None:
        raise NotCheckable("no input of type string is sent, so nothing can be varied")
    variants = [{**check.samples, name: f"{check.samples[name]} {n}"} for n in range(8)]
    alone = [_outputs(check.execute(inputs)) for inputs in variants]
    if None in alone or len({repr(outputs) for outputs in alone}) < 8 or not _repeatable(check):
        raise NotCheckable(f"the outputs do not simply follow from input {name}")
    running = check.instances.shared()
    for _ in range(3):
        together = at_once(8, lambda n: check.try_execute(running, variants[n]))
        crossed = [
            f"{inputs[name]!r} gave {_outputs(answer)}"
            for inputs, outputs, answer in zip(variants, alone, together, strict=True)
            if answer and answer.succeeded and _outputs(answer) != outputs
        ]
        check.note(f"8 executions at once, input {name} different in each", "; ".join(crossed[:2]))
        check.expect(not crossed, "the outputs that each gives alone")
    check.got = "the outputs that each gives alone"


def _fits(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind in ("boolean", "any")
    return kind == "any" or isinstance(value, _JSON_TYPES[kind])
