"""The hook's last step: build the image with live progress and try it once, as the host would."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stage7_plugin.errors import UserError
from stage7_plugin.host.engine import HostError, build, connect, image_id
from stage7_plugin.host.http_client import NoAnswer
from stage7_plugin.host.run import STOP_GRACE, HostRun
from stage7_plugin.host.view import HostView
from stage7_plugin.spec.sample_inputs import example_inputs

if TYPE_CHECKING:
    from docker import APIClient
    from rich.status import Status


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
        times.update(_try_once(client, view, inputs))
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
        print(f"  {view.image} was there before: the name now means the new image", flush=True)
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
                print(f"  {line}", flush=True)
            if status is not None:
                from rich.text import Text

                status.update(Text(line.strip()[:100], overflow="ellipsis"))


def _try_once(client: APIClient, view: HostView, inputs: Mapping[str, Any]) -> dict[str, float]:
    print("Starting it as the host does", flush=True)
    with HostRun(client, view) as run:
        run.wait_healthy()
        try:
            answer = run.execute(inputs)
        except NoAnswer as error:
            raise _failed_execution(str(error), run) from error
        if not answer.succeeded:
            raise _failed_execution(f"{view.endpoint} answered {answer.summary()}", run)
        print(f"  {view.method} {view.endpoint} answered {answer.summary()}", flush=True)
        exit_code = run.stop()
        if exit_code != 0:
            raise HostError(
                f"the plugin ended with exit code {exit_code} when it was stopped, instead of 0; "
                f"137 means that it was killed after {STOP_GRACE} s",
                details=_tail(run),
                command=f"docker run --rm {view.image}",
            )
        return run.times


def _failed_execution(seen: str, run: HostRun) -> HostError:
    return HostError(
        f"the example of the plugin did not succeed: {seen}",
        details=_tail(run),
        command=f"docker run --rm --publish {run.view.port}:{run.view.port} {run.view.image}",
    )


def _tail(run: HostRun) -> str:
    return "\n".join(run.logs().splitlines()[-10:])


def _report(error: UserError, mode: str) -> None:
    kind, stream = ("error", sys.stdout) if mode == "required" else ("warning", sys.stderr)
    lines = [f"{kind}: {error}"]
    lines += [f"  | {line}" for line in error.details.splitlines()]
    if error.command:
        lines.append(f"  to try by hand: {error.command}")
    print("\n".join(lines), file=stream, flush=True)


def _print_times(times: Mapping[str, float]) -> None:
    total = sum(times.values())
    for phase, seconds in {**times, "total": total}.items():
        print(f"  {phase:<16} {seconds:7.2f} s")
