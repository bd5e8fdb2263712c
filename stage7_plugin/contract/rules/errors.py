"""Executions that must fail. Only the HTTP status tells the host that they did."""

from __future__ import annotations

import re
from typing import Any

from stage7_plugin.contract.context import Context
from stage7_plugin.contract.errors import NotCheckable
from stage7_plugin.contract.rule import rule
from stage7_plugin.spec.value_types import VALUE_TYPES

_HEALTHY = ("lifecycle.healthy",)
FAILURES_IN_A_ROW = 64
"""More than any plugin has slots, so that one that is lost each time is missed in the end."""

LONGEST_ERROR = 2000
"""Characters of a sentence."""
STACK_TRACE = re.compile(
    r"Traceback \(most recent|File \"[^\"]+\", line \d+"  # Python
    r"|\bat [^()]{1,200}\([^()]+:\d+(:\d+)?\)|\bat \S+:\d+:\d+"  # Node, Java
    r"|goroutine \d+ \[|\.go:\d+ \+0x"  # Go
    r"|\.rb:\d+:in |#\d+ \S+\.php\(\d+\)"  # Ruby, PHP
    r"|\bin \S+:line \d+|\bat \S+\.rs:\d+"  # .NET, Rust
)
"""What a stack trace has, in the languages that plugins are written in."""


def missing_required(context: Context) -> tuple[str, dict[str, Any]]:
    """A required input and the sample inputs without it. Raises NotCheckable."""
    for definition in context.manifest["inputDefinitions"]:
        if definition.get("required"):
            name = definition["name"]
            return name, {n: v for n, v in context.samples.items() if n != name}
    raise NotCheckable("the manifest declares no required input")


def mistyped(context: Context) -> tuple[str, dict[str, Any]]:
    """An input and the sample inputs with a value of a wrong type for it. Raises NotCheckable."""
    for definition in reversed(context.manifest["inputDefinitions"]):
        if definition["type"] != "any":
            name = definition["name"]
            return name, {**context.samples, name: VALUE_TYPES[definition["type"]].mistyped}
    raise NotCheckable("every declared input is of type any")


@rule(
    "errors.missing-input",
    "A missing required input is answered with 422 (or 400)",
    requires=_HEALTHY,
    todo="Check the inputs against inputDefinitions before anything else; answer 422.",
)
def missing_input(context: Context) -> None:
    """The host records any 2xx as success, whatever the body says.

    Request: The example's inputs without a required one.
    Expected: 422 or 400.
    """
    response = context.execute(missing_required(context)[1])
    context.expect(response.status in (400, 422), "422; any 2xx is recorded as success by the host")


@rule(
    "errors.mistyped-input",
    "An input of the wrong type is answered with 422 (or 400)",
    requires=_HEALTHY,
    todo="Check the type of every declared input before anything else; answer 422.",
)
def mistyped_input(context: Context) -> None:
    """A value of the wrong type fails later, and less clearly.

    Request: The example's inputs, one with a value that cannot be converted.
    Expected: 422 or 400.
    """
    name, inputs = mistyped(context)
    response = context.execute(inputs)
    context.expect(response.status in (400, 422), f"422, because of input {name}")


@rule(
    "errors.input-named",
    "The error for a wrong input names the input",
    requires=("errors.missing-input", "errors.mistyped-input"),
    todo="Name the input, the value and the rule in the error.",
)
def input_named(context: Context) -> None:
    """Nobody can correct an input that is not named.

    Request: The requests of the previous two rules.
    Expected: An error that contains the input's name.
    """
    for name, inputs in (missing_required(context), mistyped(context)):
        response = context.execute(inputs)
        context.expect(name in response.text, f"an error that names {name}")


@rule(
    "errors.all-problems",
    "Several wrong inputs are reported together",
    requires=("errors.input-named",),
    advice=True,
    todo="Collect the problems of every input before answering.",
)
def all_problems(context: Context) -> None:
    """Each problem that is reported later costs another attempt.

    Request: A required input left out and another of the wrong type.
    Expected: An error that contains both names.
    """
    missing, inputs = missing_required(context)
    wrong, bad = mistyped(context)
    if missing == wrong:
        raise NotCheckable("that needs two declared inputs")
    inputs[wrong] = bad[wrong]
    response = context.execute(inputs)
    context.expect(
        missing in response.text and wrong in response.text, f"both {missing} and {wrong}"
    )


@rule(
    "errors.failure-is-not-2xx",
    "A failed execution is answered with a status outside 2xx",
    scenario="failing",
    requires=_HEALTHY,
    todo='Answer 500 when the plugin raises or reports failure: a 200 with "success": false is '
    "recorded as a success without outputs.",
)
def failure_is_not_2xx(context: Context) -> None:
    """The host treats 200 with `"success": false` as a success without outputs.

    Request: An execution of the scenario `failing`.
    Expected: A status of 400 or more.
    """
    response = context.execute_scenario("failing")
    context.expect(response.status >= 400, "a status of 400 or more, usually 500")


@rule(
    "errors.one-sentence",
    "The error of a failed execution is one line, without a stack trace or control characters",
    scenario="failing",
    requires=("errors.failure-is-not-2xx",),
    todo='Answer {"success": false, "error": "<one sentence>"}; a stack trace belongs in the log.',
)
def one_sentence(context: Context) -> None:
    """The error is shown in one line, and a stack trace tells attackers about the plugin.

    Request: An execution of the scenario `failing`.
    Expected: One printable line without a stack trace.
    """
    document = context.execute_scenario("failing").document
    error = document.get("error") if isinstance(document, dict) else None
    context.expect(
        isinstance(error, str)
        and error.strip() != ""
        and len(error) <= LONGEST_ERROR
        and all(ord(character) >= 32 and ord(character) != 127 for character in error)
        and not STACK_TRACE.search(error),
        '{"success": false, "error": "<one sentence>"}',
    )


@rule(
    "errors.plugin-exit",
    "Logic that ends the process only fails its own execution",
    scenario="exiting",
    requires=("errors.failure-is-not-2xx",),
    todo="Do not let the logic end the process: catch the exit where the language can, as "
    "SystemExit in Python; otherwise run the logic in a worker thread (Node) or a child process.",
)
def plugin_exit(context: Context) -> None:
    """One bad execution must not end the others.

    Request: An execution of the scenario `exiting`, then health.
    Expected: A status of 400 or more, and healthy.
    """
    running = context.instances.shared(scenario=True)
    response = context.execute(context.scenario_inputs("exiting"), running=running)
    context.expect(not response.succeeded, "a status of 400 or more")
    context.expect_still_healthy(running)


@rule(
    "errors.slot-returned",
    "A failed execution releases its slot",
    scenario="failing",
    requires=("errors.failure-is-not-2xx", "execute.raw-inputs"),
    todo="Release the slot on every path out of an execution, including errors.",
)
def slot_returned(context: Context) -> None:
    """If each failure loses a slot, none is left in the end.

    Request: 64 executions of the scenario `failing`, then a good one.
    Expected: 2xx for the good one.
    """
    running = context.instances.shared(scenario=True)
    for _ in range(FAILURES_IN_A_ROW):
        context.execute(context.scenario_inputs("failing"), running=running)
    response = context.execute(context.samples, running=running)
    context.sent = f"{FAILURES_IN_A_ROW} failing executions in a row, then a good one"
    context.expect(response.succeeded, "2xx for the good one")
