"""The hook's last step: build the image with live progress and try it as the host would use it.

What is tried, and how, are rules of the contract suite.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stage7_plugin.contract.context import Context
from stage7_plugin.contract.rule import Result
from stage7_plugin.contract.rules.lifecycle import Ended
from stage7_plugin.contract.runner import Runner, rules_named
from stage7_plugin.contract.scenarios import Scenarios
from stage7_plugin.contract.targets.image import ImageTarget
from stage7_plugin.errors import UserError
from stage7_plugin.host.engine import EngineError, build, connect, image_id
from stage7_plugin.host.view import HostView
from stage7_plugin.spec.problems import printable
from stage7_plugin.spec.sample_inputs import example_inputs

if TYPE_CHECKING:
    from docker import APIClient
    from rich.status import Status

START, EXECUTE, STOP = "lifecycle.healthy", "execute.undeclared-inputs", "lifecycle.sigterm-idle"
SMOKE_RULES: Mapping[str, str] = {
    START: "the plugin did not start",
    "execute.raw-inputs": "the example of the plugin did not succeed",
    EXECUTE: "the example of the plugin did not succeed",
    STOP: "the plugin did not exit in time when it was stopped",
    "lifecycle.exit-code": "the plugin did not exit with code 0 when it was stopped",
}
"""Rule -> what it means for the user that it is broken; in the order in which they are tried."""


def build_and_try(project_dir: Path, manifest: Mapping[str, Any], mode: str) -> bool:
    """Build the image of a plugin and try it as the host would: healthy, its example, stopped.

    The project is never touched, and Ctrl-C removes the container too.

    Args:
        project_dir: The plugin's folder.
        manifest: Its manifest.
        mode: The answer to `build_image`: "yes" makes a failure a warning on standard error,
            "required" an error on standard output.

    Returns:
        Whether everything worked. What did not is printed, with the command to try by hand; else
        what each phase took.
    """
    try:
        view = HostView.from_manifest(manifest)
        inputs = example_inputs(project_dir, manifest)
        client = connect()
        times = {"build": _build(client, view, project_dir)}
        times.update(_try(ImageTarget(client, view.image, dict(manifest)), inputs))
    except UserError as error:
        _report(error, mode)
        return False
    _print_times(times)
    return True


def _build(client: APIClient, view: HostView, project: Path) -> float:
    """Build it and return the seconds that took."""
    print(f"Building the image {view.image}", flush=True)
    before = image_id(client, view.image)
    start = time.monotonic()
    _show(build(client, view, project))
    seconds = time.monotonic() - start
    if before is not None and before != image_id(client, view.image):
        print(f"  {view.image} existed before; the name now refers to the new image", flush=True)
    return seconds


def _show(lines: Iterable[str]) -> None:
    """Print each step on a line; in a terminal, also what the step is printing right now."""
    status: Status | None = None
    live: AbstractContextManager[Any] = nullcontext()
    if sys.stdout.isatty():
        from rich.console import Console

        live = status = Console().status("")
    with live:
        for line in lines:
            if line.startswith("Step "):
                print(f"  {printable(line)}", flush=True)
            if status is not None:
                from rich.text import Text

                status.update(Text(printable(line.strip()[:100]), overflow="ellipsis"))


def _try(target: ImageTarget, inputs: Mapping[str, Any]) -> dict[str, float]:
    """Return the seconds of each phase. Raises EngineError at the first rule that is broken."""
    print("Starting it as the host does", flush=True)
    view = target.view
    times: dict[str, float] = {}
    context = Context(target, inputs, Scenarios({}))
    with Runner(context) as runner:
        for rule in rules_named(tuple(SMOKE_RULES)):
            result = runner.result(rule)
            if result.broken:
                raise _failed(result, view)
            if problem := context.instances.environment_problem:
                raise EngineError(f"the plugin does not start in the host's environment: {problem}")
            if rule.id == EXECUTE:
                answered = f"{view.method} {view.endpoint} answered {result.got}"
                print(f"  {printable(answered)}", flush=True)
            times[rule.id] = result.seconds
        ended = context.returned(STOP, Ended)
    stop = ended.seconds if ended else times[STOP]
    return {"start to healthy": times[START], "execute": times[EXECUTE], "stop": stop}


def _failed(result: Result, view: HostView) -> EngineError:
    answered = f"{view.endpoint} answered " if result.rule.id.startswith("execute.") else ""
    return EngineError(
        f"{SMOKE_RULES[result.rule.id]}: {answered}{result.got}\n"
        f"wanted: {result.wanted}\nto do: {result.todo}",
        details=result.log,
        command=f"docker run --rm --publish {view.port}:{view.port} {view.image}",
    )


def _report(error: UserError, mode: str) -> None:
    kind, stream = ("error", sys.stdout) if mode == "required" else ("warning", sys.stderr)
    sentence, *rest = str(error).splitlines() or [""]
    lines = [f"{kind}: {printable(sentence)}"]
    lines += [f"  {printable(line)}" for line in rest]
    lines += [f"  | {printable(line)}" for line in error.details.splitlines()]
    if error.command:
        lines.append(f"  try it by hand: {printable(error.command)}")
    print("\n".join(lines), file=stream, flush=True)


def _print_times(times: Mapping[str, float]) -> None:
    total = sum(times.values())
    for phase, seconds in {**times, "total": total}.items():
        print(f"  {phase:<16} {seconds:7.2f} s")
