"""Inputs made from the manifest. They find problems that no fixed request can."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from stage7_plugin.contract.context import Context
from stage7_plugin.contract.errors import Broken, NotCheckable
from stage7_plugin.contract.generation import needs_hypothesis, search
from stage7_plugin.contract.instances import DEATH_KNOWN
from stage7_plugin.contract.model import Place
from stage7_plugin.contract.rule import rule
from stage7_plugin.contract.rules.execute import output_problems
from stage7_plugin.contract.targets.base import Running
from stage7_plugin.host.http_client import Response

_RAW = ("execute.raw-inputs",)
_BUSY = (408, 413, 429, 503)
"""Statuses that say nothing about the inputs."""

Execute = Callable[[dict[str, Any]], Response]


@contextmanager
def _plugin(context: Context) -> Iterator[Execute]:
    """Give a function that executes in the rule's own plugin, which is replaced when it dies."""
    with ExitStack() as stack:
        running: list[Running] = []

        def execute(inputs: dict[str, Any]) -> Response:
            if not running:
                stack.close()
                running.append(stack.enter_context(context.instances.fresh()))
            try:
                return context.execute(inputs, running=running[0])
            except Broken as error:
                if death := running[0].death(patience=DEATH_KNOWN):
                    running.clear()
                    error.got = f"{error.got}; the plugin died: {death}"
                raise

        yield execute


def _definitions(context: Context) -> list[dict[str, Any]]:
    needs_hypothesis(context)
    return list(context.manifest["inputDefinitions"])


def _constrained(context: Context) -> list[dict[str, Any]]:
    definitions = _definitions(context)
    if all(d["type"] == "any" and not d.get("required") for d in definitions):
        raise NotCheckable("every value of every input is allowed")
    return definitions


def _reports_failure(response: Response) -> bool:
    """Whether an error is one that the plugin's logic may have reported itself."""
    document = response.document
    return (
        isinstance(document, dict)
        and document.get("success") is False
        and isinstance(document.get("error"), str)
    )


@rule(
    "generated.valid",
    "Inputs that the manifest allows never get a 5xx, unless the plugin reports failure",
    requires=_RAW,
    place=Place.OWN,
    todo="Handle every value that the manifest allows: null for an optional input, empty and "
    'non-ASCII text, fractions, large numbers; or report failure as {"success": false, "error": '
    '"..."}; or declare the constraint (enum, minimum, maxLength, pattern, ...) in the manifest.',
)
def valid(context: Context) -> None:
    """The planner follows the manifest, and nobody foresees everything that it allows.

    Request: Executions with inputs that the manifest allows, in every form and under aliases.
    Expected: 2xx or 4xx, or a failure that the plugin reports.
    """
    from stage7_plugin.contract.made_inputs import allowed_inputs

    definitions = _definitions(context)
    with _plugin(context) as execute:

        def check(inputs: dict[str, Any]) -> None:
            response = execute(inputs)
            context.expect(
                response.status < 500 or _reports_failure(response),
                "2xx, or a failure that the plugin reports",
            )

        search(context, allowed_inputs(definitions), check)


@rule(
    "generated.accepted",
    "Inputs that the manifest allows are accepted",
    requires=("generated.valid",),
    place=Place.OWN,
    advice=True,
    todo="Accept what the manifest allows, or declare the constraint there: the planner knows no "
    "others.",
)
def accepted(context: Context) -> None:
    """The planner cannot know a rule that is not in the manifest.

    Request: Executions with inputs that the manifest allows.
    Expected: No 4xx.
    """
    from stage7_plugin.contract.made_inputs import allowed_inputs

    definitions = _definitions(context)
    with _plugin(context) as execute:

        def check(inputs: dict[str, Any]) -> None:
            status = execute(inputs).status
            context.expect(not 400 <= status < 500 or status in _BUSY, "no refusal")

        search(context, allowed_inputs(definitions), check)


@rule(
    "generated.outputs",
    "For all inputs that the manifest allows, the outputs are the declared ones",
    requires=("execute.outputs-declared", "generated.valid"),
    place=Place.OWN,
    todo="Return each output of outputDefinitions, of its type and within its constraints, for "
    "every input; report failure if there are none.",
)
def outputs(context: Context) -> None:
    """Later steps rely on the outputs for every input, not only for the example.

    Request: Executions with inputs that the manifest allows.
    Expected: Each required output, of its type and within its constraints.
    """
    from stage7_plugin.contract.made_inputs import allowed_inputs

    definitions = _definitions(context)
    with _plugin(context) as execute:

        def check(inputs: dict[str, Any]) -> None:
            response = execute(inputs)
            if response.succeeded:
                problems = output_problems(context, response)
                context.expect(not problems, f"the declared outputs: {'; '.join(problems)}")

        search(context, allowed_inputs(definitions), check)


@rule(
    "generated.invalid",
    "Inputs that the manifest forbids are answered with 422 (or 400)",
    requires=("errors.missing-input", "errors.mistyped-input"),
    place=Place.OWN,
    todo="Check type and constraints of every declared input before anything else; answer 422.",
)
def invalid(context: Context) -> None:
    """A value that the manifest forbids must not reach the logic.

    Request: Values of the wrong type and values that just break a constraint, one at a time.
    Expected: 422 or 400.
    """
    from stage7_plugin.contract.made_inputs import forbidden_inputs, nearly_allowed_inputs

    definitions = _constrained(context)
    with _plugin(context) as execute:

        def check(example: tuple[str, dict[str, Any]]) -> None:
            name, inputs = example
            status = execute(inputs).status
            context.expect(status in (400, 422, *_BUSY), f"422, because of input {name}")

        examples = forbidden_inputs(definitions, context.samples)
        first = nearly_allowed_inputs(definitions, context.samples)
        search(context, examples, check, first)


@rule(
    "generated.named",
    "The error for an input that the manifest forbids names the input",
    requires=("generated.invalid", "errors.input-named"),
    place=Place.OWN,
    todo="Name the input and the rule in every error about inputs.",
)
def named(context: Context) -> None:
    """Nobody can correct an input that is not named.

    Request: Values that the manifest forbids, one at a time.
    Expected: An error that contains the input's name.
    """
    from stage7_plugin.contract.made_inputs import forbidden_inputs, nearly_allowed_inputs

    definitions = _constrained(context)
    with _plugin(context) as execute:

        def check(example: tuple[str, dict[str, Any]]) -> None:
            name, inputs = example
            response = execute(inputs)
            refused = response.status in (400, 422)
            context.expect(not refused or name in response.text, f"an error that names {name}")

        examples = forbidden_inputs(definitions, context.samples)
        first = nearly_allowed_inputs(definitions, context.samples)
        search(context, examples, check, first)


@rule(
    "generated.convertible",
    "An unambiguous value of another type is converted, or refused by name",
    requires=("generated.named",),
    place=Place.OWN,
    todo='Convert "5" for a number, JSON text for an object or array and a number for a text; or '
    "refuse them with 422 and the input's name (--strict-inputs wants that).",
)
def convertible(context: Context) -> None:
    """The host does not convert, and a refusal costs six executions that nobody sees fail.

    Request: Text for a number, JSON text for a list or an object, a number for a text.
    Expected: 2xx; or 422 with the input's name, as --strict-inputs demands.
    """
    from stage7_plugin.contract.made_inputs import convertible_inputs

    definitions = _constrained(context)
    kinds = {d["name"]: d["type"] for d in definitions}
    seen: dict[str, set[str]] = {}
    with _plugin(context) as execute:

        def check(example: tuple[str, dict[str, Any]]) -> None:
            name, inputs = example
            response = execute(inputs)
            if response.status in (400, 422):
                context.expect(name in response.text, f"an error that names {name}")
                seen.setdefault(kinds[name], set()).add("refused")
            elif response.status not in _BUSY:
                right = response.succeeded or _reports_failure(response)
                context.expect(right, "2xx, or 422")
                strict = context.generation.strict
                context.expect(not strict, f"422, because of input {name} (--strict-inputs)")
                seen.setdefault(kinds[name], set()).add("converted")

        search(context, convertible_inputs(definitions, context.samples), check)
    context.got = ", ".join(f"{kind} {'/'.join(sorted(how))}" for kind, how in sorted(seen.items()))
