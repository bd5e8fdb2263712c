"""Inputs that are made from the manifest: how many, and the search for the smallest that fails.

Hypothesis makes and shrinks them. It is an extra: `pip install 'stage7-plugin[generated]'`.
"""

from __future__ import annotations

import importlib.util
import json
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from stage7_plugin.contract.context import Context
from stage7_plugin.contract.errors import Broken, NotCheckable

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

SECONDS = 15.0
"""Longest search of one rule, shrinking included; a slow plugin gets fewer examples."""


def search(
    context: Context,
    examples: SearchStrategy[Any],
    check: Callable[[Any], None],
    first: Sequence[Any] = (),
) -> None:
    """Check examples until one fails, then smaller ones like it.

    Args:
        context: Says how many, and gets the number that were checked.
        examples: What to make.
        check: Raises Broken.
        first: Examples that are checked before, and are small already.

    Raises:
        Broken: That of the smallest example that failed.
        NotCheckable: There are no examples.
    """
    from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
    from hypothesis.errors import HypothesisException, Unsatisfiable

    for example in first:
        check(example)
    end = time.monotonic() + SECONDS
    failures: list[tuple[int, Broken, str]] = []
    count = len(first)

    @seed(context.generation.seed)
    @settings(
        max_examples=context.generation.examples,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
        report_multiple_bugs=False,
        print_blob=False,
    )
    @given(examples)
    def check_one(example: Any) -> None:
        nonlocal count
        if time.monotonic() > end:
            return
        count += 1
        try:
            check(example)
        except Broken as error:
            failures.append((len(json.dumps(example)), error, context.curl))
            raise

    try:
        check_one()
    except Unsatisfiable as nothing:
        if not first:
            raise NotCheckable("no such inputs can be made from the manifest") from nothing
    except (Broken, HypothesisException):
        # What does not fail each time is a failure too; Hypothesis would only call it flaky.
        if not failures:
            raise
    if failures:
        _, error, context.curl = min(failures, key=lambda failure: failure[0])
        error.sent = f"{error.sent} (made with --seed {context.generation.seed})"
        raise error
    context.note(f"{count} executions with inputs made from the manifest", context.got)


def needs_hypothesis(context: Context) -> None:
    """Raise NotCheckable where nothing is to be made, or Hypothesis is not installed."""
    if context.generation.examples == 0:
        raise NotCheckable("--examples 0: no inputs are made from the manifest")
    if importlib.util.find_spec("hypothesis") is None:
        raise NotCheckable(
            "Hypothesis, which makes the inputs, is not installed: "
            "pip install 'stage7-plugin[generated]'"
        )
