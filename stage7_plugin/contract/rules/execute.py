"""Executions that must succeed: every form in which the host sends inputs."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from stage7_plugin.contract.context import Context, at_once
from stage7_plugin.contract.errors import NotCheckable
from stage7_plugin.contract.model import Need
from stage7_plugin.contract.rule import rule
from stage7_plugin.host.http_client import Response
from stage7_plugin.spec.constraints import faults
from stage7_plugin.spec.languages import LANGUAGES
from stage7_plugin.spec.value_types import has_type

_RAW = ("execute.raw-inputs",)
_LOG_SECONDS = 0.3  # that a line of the log may take to arrive


def _outputs(response: Response | None) -> Any:
    document = response.document if response else None
    return document.get("outputs") if isinstance(document, dict) else None


def _expect_same(context: Context, inputs: Mapping[str, Any]) -> None:
    """Success, and the outputs of the same values sent raw, where those are always the same."""
    response = context.execute(inputs)
    context.expect(response.succeeded, "2xx, as for the same values sent raw")
    raw = context.returned("execute.raw-inputs", object)
    if raw is not None:
        wanted = f"the outputs of the same values sent raw: {str(raw)[:500]}"
        context.expect(_outputs(response) == raw, wanted)


@rule(
    "execute.raw-inputs",
    "Raw values are accepted",
    requires=("lifecycle.healthy",),
    todo='Accept plain values, {"text": "hello"}. If the example values themselves are wrong, '
    "give better ones with --inputs.",
)
def raw_inputs(context: Context) -> Any:
    """The host sends plain values.

    Request: An execution with the example's inputs, twice.
    Expected: 2xx.

    Returns:
        The outputs, or None if they differ between runs.
    """
    response = context.execute(context.samples)
    context.expect(response.succeeded, "2xx")
    again = context.execute(context.samples)
    context.expect(again.succeeded, "2xx, as the first time")
    return _outputs(response) if _outputs(response) == _outputs(again) else None


@rule(
    "execute.written",
    "The plugin does real work: it is no longer the template's stub",
    needs=Need.START,
    requires=_RAW,
    advice=True,
    todo="Write the plugin's own logic in the file that the log names; a stub passes all other "
    "rules.",
)
def written(context: Context) -> None:
    """The stub that the template writes passes all other rules.

    Request: An execution with the example's inputs, then the whole log.
    Expected: No line in which the stub says so.
    """
    context.execute(context.samples)
    time.sleep(_LOG_SECONDS)
    log = context.instances.shared().log()
    mark = next((x.stub_mark for x in LANGUAGES.values() if x.stub_mark in log), "")
    got = f"the logic {mark}" if mark else "not a stub"
    context.note("an execution, then the whole log", got)
    context.expect(not mark, "your own code")


@rule(
    "execute.answer-format",
    'A success is JSON: {"success": true, "outputs": {...}}',
    requires=_RAW,
    todo='Answer {"success": true, "outputs": {...}} with Content-Type application/json.',
)
def answer_format(context: Context) -> None:
    """The host reads the outputs from this form and treats any 2xx as success.

    Request: An execution with the example's inputs.
    Expected: `{"success": true, "outputs": {...}}` as application/json.
    """
    response = context.execute(context.samples)
    kind = response.headers.get("content-type", "")
    document = response.document
    context.got = f"{context.got} ({kind or 'no Content-Type'})"
    context.expect(
        isinstance(document, dict)
        and document.get("success") is True
        and isinstance(document.get("outputs"), dict)
        and kind.startswith("application/json"),
        '{"success": true, "outputs": {...}} as application/json',
    )


@rule(
    "execute.outputs-declared",
    "The outputs are the declared ones and have the declared types",
    requires=("execute.answer-format",),
    todo="Return each output of outputDefinitions with a value of its type, and no other output.",
)
def outputs_declared(context: Context) -> None:
    """The host names each output by its key, and later steps rely on the declared ones.

    Request: An execution with the example's inputs.
    Expected: Each required output with a value of its type, and no other output.
    """
    problems = output_problems(context, context.execute(context.samples))
    declared = ", ".join(d["name"] for d in context.manifest["outputDefinitions"])
    context.expect(not problems, f"the declared outputs ({declared}): {problems}")


def output_problems(context: Context, response: Response) -> list[str]:
    """Return what is wrong with the outputs of a successful execution."""
    outputs = _outputs(response)
    if not isinstance(outputs, dict):
        return ["there is no outputs object"]
    declared = {d["name"]: d for d in context.manifest["outputDefinitions"]}
    missing = [n for n, d in declared.items() if d.get("required", True) and n not in outputs]
    problems = [f"{name} is missing" for name in missing]
    problems += [f"{name} is not declared" for name in outputs if name not in declared]
    for name, value in outputs.items():
        if name in declared and not _fits(value, declared[name]["type"]):
            problems.append(f"{name} is not of type {declared[name]['type']}")
        elif name in declared:
            problems += [f"{name} {fault}" for fault in faults(value, declared[name])]
    return problems


@rule(
    "execute.undeclared-inputs",
    "Inputs that the host adds to every execution are accepted",
    requires=_RAW,
    todo="Ignore inputs that inputDefinitions does not name: the host always sends some.",
)
def undeclared_inputs(context: Context) -> None:
    """The host adds ids, addresses and tokens to the inputs of every execution.

    Request: The example's inputs and the inputs that the host adds.
    Expected: 2xx.
    """
    response = context.execute(context.with_host_inputs(context.samples))
    context.expect(response.succeeded, "2xx")


@rule(
    "execute.envelope",
    'Values may come as {"value": ..., "args": {}}',
    requires=_RAW,
    todo="Unwrap an object that has the key value and no other keys but args.",
)
def envelope(context: Context) -> None:
    """The host's documentation describes this form.

    Request: The example's inputs, each as `{"value": ..., "args": {}}`.
    Expected: 2xx and the same outputs as for raw values.
    """
    _expect_same(context, {n: {"value": v, "args": {}} for n, v in context.samples.items()})


@rule(
    "execute.legacy-envelope",
    'Values may come as {"inputName", "value", "valueType", "args"}',
    requires=_RAW,
    todo="Unwrap an object with the keys inputName, value, valueType and args.",
)
def legacy_envelope(context: Context) -> None:
    """Older parts of the host send this form.

    Request: The example's inputs, each as `{"inputName", "value", "valueType", "args"}`.
    Expected: 2xx and the same outputs as for raw values.
    """
    types = {d["name"]: d.get("type", "any") for d in context.manifest["inputDefinitions"]}
    wrapped = {
        name: {"inputName": name, "value": value, "valueType": types.get(name, "any"), "args": {}}
        for name, value in context.samples.items()
    }
    _expect_same(context, wrapped)


@rule(
    "execute.object-with-value",
    "An object that has other keys besides value is not treated as an envelope",
    requires=_RAW,
    todo="Unwrap only objects whose keys are those of an envelope and no others.",
)
def object_with_value(context: Context) -> None:
    """An object may happen to have that key, and would lose its other keys.

    Request: An object input with the keys value and unit.
    Expected: 2xx, as with another key in place of value.
    """
    names = [d["name"] for d in context.manifest["inputDefinitions"] if d["type"] == "object"]
    if not names:
        raise NotCheckable("the manifest declares no input of type object")
    plain = context.execute({**context.samples, names[0]: {"amount": 1, "unit": "m"}})
    if not plain.succeeded:
        raise NotCheckable(f"input {names[0]} accepts only certain objects")
    response = context.execute({**context.samples, names[0]: {"value": 1, "unit": "m"}})
    context.expect(
        response.succeeded, f"2xx, as with the key amount in place of value in {names[0]}"
    )


@rule(
    "execute.aliases",
    "An input may use one of its declared aliases",
    requires=_RAW,
    todo="Look for an input under its name first and then under each of its aliases.",
)
def aliases(context: Context) -> None:
    """Callers other than this host send inputs under their aliases.

    Request: The example's inputs under their first aliases.
    Expected: 2xx and the same outputs as under their names.
    """
    declared = {
        d["name"]: d["aliases"][0]
        for d in context.manifest["inputDefinitions"]
        if d.get("aliases") and d["name"] in context.samples
    }
    if not declared:
        raise NotCheckable("the manifest declares no alias of an input that is sent")
    _expect_same(
        context, {declared.get(name, name): value for name, value in context.samples.items()}
    )


@rule(
    "execute.optional-inputs",
    "Optional inputs may be left out",
    requires=_RAW,
    todo="Use the default of an optional input that is missing.",
)
def optional_inputs(context: Context) -> None:
    """Plans leave out optional inputs.

    Request: Only the required inputs of the example.
    Expected: 2xx.
    """
    required = {d["name"] for d in context.manifest["inputDefinitions"] if d.get("required")}
    response = context.execute({n: v for n, v in context.samples.items() if n in required})
    context.expect(response.succeeded, "2xx")


@rule(
    "execute.no-crosstalk",
    "Concurrent executions do not see each other's values",
    requires=_RAW,
    todo="Keep no data of an execution in globals or shared attributes.",
)
def no_crosstalk(context: Context) -> None:
    """Concurrent executions share a process.

    Request: Eight executions at once with different values, three times.
    Expected: The outputs that each gives on its own.
    """
    texts = {d["name"] for d in context.manifest["inputDefinitions"] if d["type"] == "string"}
    name = next((n for n, v in context.samples.items() if n in texts and isinstance(v, str)), None)
    if name is None:
        raise NotCheckable("no input of type string is sent, so nothing can be varied")
    variants = [{**context.samples, name: f"{context.samples[name]} {n}"} for n in range(8)]
    alone = [_outputs(context.execute(inputs)) for inputs in variants]
    different = len({repr(outputs) for outputs in alone}) == len(variants)
    if None in alone or not different or context.returned("execute.raw-inputs", object) is None:
        raise NotCheckable(f"the outputs do not depend on input {name} alone")
    running = context.instances.shared()
    for _ in range(3):
        together = at_once(8, lambda n: context.try_execute(running, variants[n]))
        crossed = [
            f"{inputs[name]!r} gave {_outputs(response)}"
            for inputs, outputs, response in zip(variants, alone, together, strict=True)
            if response and response.succeeded and _outputs(response) != outputs
        ]
        context.note(
            f"8 executions at once, input {name} different in each",
            "; ".join(crossed[:2]),
            variants[0],
        )
        context.expect(not crossed, "the outputs that each gives on its own")
    context.got = "the outputs that each gives on its own"


def _fits(value: Any, kind: str) -> bool:
    """Whether an output has a type; one of type any may also be null."""
    return kind == "any" or has_type(value, kind)
