"""The hook's last step: build the image with live progress and try it once, as the host would."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stage7_plugin.host.engine import EngineError, build, connect, image_id
from stage7_plugin.host.http_client import NoAnswer
from stage7_plugin.host.run import STOP_GRACE, HostRun
from stage7_plugin.host.view import HostView, ManifestUnusable, read_manifest
from stage7_plugin.spec.sample_inputs import example_inputs

if TYPE_CHECKING:
    from docker import APIClient
    from rich.status import Status


def build_and_try(project_dir: Path, mode: str) -> bool:
    """Builds the image of the plugin in `project_dir`, starts it as the host does, waits until it
    is healthy, executes its example, stops and removes it, and prints what each phase took.

    `mode` is the answer to `build_image`: "yes" or "required"; it decides whether a failure is
    called a warning or an error. Returns whether everything worked; what did not is printed, with
    the command to try by hand. The project is never touched. Ctrl-C removes the container too.
    """
    try:
        manifest = read_manifest(project_dir / "manifest.json")
        view = HostView.from_manifest(manifest)
        inputs = example_inputs(project_dir, manifest)
        client = connect()
        times = {"build": _build(client, view, project_dir)}
        times.update(_try_once(client, view, inputs))
    except (EngineError, ManifestUnusable, ValueError) as error:
        _report(error, mode)
        return False
    _print_times(times)
    return True


def _build(client: APIClient, view: HostView, project: Path) -> float:
    """Returns the seconds it took."""
    print(f"Building the image {view.image}", flush=True)
    before = image_id(client, view.image)
    start = time.monotonic()
    _show(build(client, view, project))
    seconds = time.monotonic() - start
    if before is not None and before != image_id(client, view.image):
        print(f"  {view.image} was there before: the name now means the new image", flush=True)
    return seconds


def _show(lines: Iterable[str]) -> None:
    """Each step on a line of its own; in a terminal, also what the step is printing right now."""
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
            response = run.execute(inputs)
        except NoAnswer as error:
            raise _failed_execution(str(error), run) from error
        if not response.succeeded:
            raise _failed_execution(f"{view.endpoint} answered {response.summary()}", run)
        print(f"  {view.method} {view.endpoint} answered {response.summary()}", flush=True)
        exit_code = run.stop()
        if exit_code != 0:
            raise EngineError(
                f"the plugin ended with exit code {exit_code} when it was stopped, instead of 0; "
                f"137 means that it was killed after {STOP_GRACE} s",
                details=_tail(run),
                command=f"docker run --rm {view.image}",
            )
        return run.times


def _failed_execution(seen: str, run: HostRun) -> EngineError:
    return EngineError(
        f"the example of the plugin did not succeed: {seen}",
        details=_tail(run),
        command=f"docker run --rm --publish {run.view.port}:{run.view.port} {run.view.image}",
    )


def _tail(run: HostRun) -> str:
    return "\n".join(run.logs().splitlines()[-10:])


def _report(error: EngineError | ManifestUnusable | ValueError, mode: str) -> None:
    kind = "error" if mode == "required" else "warning"
    details = error.details if isinstance(error, EngineError) else ""
    command = error.command if isinstance(error, EngineError) else ""
    lines = [f"{kind}: {error}"]
    lines += [f"  | {line}" for line in details.splitlines()]
    if command:
        lines.append(f"  to try by hand: {command}")
    print("\n".join(lines), file=sys.stderr, flush=True)


def _print_times(times: Mapping[str, float]) -> None:
    total = sum(times.values())
    for phase, seconds in {**times, "total": total}.items():
        print(f"  {phase:<16} {seconds:7.2f} s")
