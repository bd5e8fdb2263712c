"""What `stage7-plugin invoke` does: one execution, as the host calls the plugin."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from stage7_plugin.dev.calling import Called, Caller
from stage7_plugin.dev.events import Events
from stage7_plugin.dev.launch import Launch
from stage7_plugin.dev.log_lines import as_text
from stage7_plugin.dev.supervisor import NotRunning, Supervisor
from stage7_plugin.dev.tokens import Tokens
from stage7_plugin.dev.values import typed_inputs
from stage7_plugin.errors import UserError
from stage7_plugin.host.http_client import Address
from stage7_plugin.host.view import HostView, manifest_of_url, read_manifest
from stage7_plugin.spec.problems import printable
from stage7_plugin.spec.sample_inputs import example_inputs, inputs_from_file, sample_inputs

SUCCEEDED, FAILED, NOT_CALLED = 0, 1, 2
"""Exit statuses."""


@dataclass(frozen=True)
class InvokeOptions:
    """What was asked for on the command line."""

    target: str
    given: tuple[str, ...] = ()
    inputs: Path | None = None
    manifest: Path | None = None
    command: str = ""
    image: bool = False
    fixed_port: bool = False
    direct: bool = False
    retry: bool = False
    as_json: bool = False
    env_file: str | None = None


def run_invoke(options: InvokeOptions) -> int:
    """Execute once, print the answer, and return the exit status."""
    try:
        called = _called(options)
    except NotRunning as error:
        for problem in [str(problem) for problem in error.problems] or [str(error)]:
            click.echo(f"error: {printable(problem)}", err=True)
        return NOT_CALLED
    except (UserError, ValueError) as error:
        click.echo(f"error: {printable(str(error))}", err=True)
        return NOT_CALLED
    if options.as_json:
        click.echo(json.dumps(called, indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(shown(called)))
    return SUCCEEDED if called["success"] else FAILED


def _called(options: InvokeOptions) -> Called:
    tokens = Tokens()
    if options.target.startswith(("http://", "https://")):
        manifest = manifest_of_url(options.target, options.manifest)
        address, view = Address.from_url(options.target), HostView.from_manifest(manifest)
        inputs = _inputs(options, manifest, None)
        return _call(Caller(manifest, view, address, tokens), inputs, options)
    folder = Path(options.target)
    if not folder.is_dir():
        raise UserError(f"{options.target!r} is not a folder; give a plugin's folder or a URL")
    launch = Launch(
        folder.resolve(), tokens, options.command, options.image, options.fixed_port,
        options.env_file,
    )  # fmt: skip
    inputs = _inputs(options, read_manifest(folder / "manifest.json"), folder)
    events = Events()
    events.listen(_print_log)
    with Supervisor(launch, events) as supervisor:
        generation = supervisor.ready()
        assert generation.instance is not None
        assert generation.view is not None
        view, address = generation.view, generation.instance.address
        called = _call(Caller(generation.manifest, view, address, tokens), inputs, options)
    called["phases"].insert(0, ["start to healthy", generation.seconds])
    return called


def _call(caller: Caller, inputs: dict[str, Any], options: InvokeOptions) -> Called:
    return caller.call(inputs, as_host=not options.direct, retry=options.retry)


def _inputs(
    options: InvokeOptions, manifest: Mapping[str, Any], folder: Path | None
) -> dict[str, Any]:
    """Return what was given; without anything, the example of the plugin's folder."""
    typed = typed_inputs(manifest, options.given)
    if options.inputs:
        return {**inputs_from_file(options.inputs), **typed}
    if typed:
        return typed
    return example_inputs(folder, manifest) if folder else sample_inputs(manifest)


def _print_log(event: dict[str, Any]) -> None:
    if event["kind"] == "log":
        click.echo(click.style(printable_lines(as_text(event)), dim=True), err=True)


def printable_lines(text: str) -> str:
    """Return the text so that no terminal obeys it; line breaks stay."""
    return "\n".join(printable(line) for line in text.splitlines())


def shown(called: Called) -> list[str]:
    """Return the answer for people: outputs or errors, what the host makes of it, the time."""
    lines = []
    if called["success"]:
        for output in called["outputs"]:
            value = output["result"]
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            if len(text) > 80 and not isinstance(value, str):
                text = "\n" + json.dumps(value, indent=2, ensure_ascii=False)
            lines.append(f"{output['name']} ({output['resultType']}): {printable_lines(text)}")
    else:
        who = "the host refused it" if "refused" in called else "the plugin failed"
        lines.append(f"FAILED: {who}, status {called['status'] or 'none'}")
        lines += [f"  {printable_lines(error['message'])}" for error in called["errors"]]
    lines += [f"note: {printable(note)}" for note in called["notes"]]
    times = [f"{name} {seconds * 1000:.1f} ms" for name, seconds in called["phases"]]
    tries = f", {len(called['tries'])} executions" if len(called["tries"]) > 1 else ""
    return [*lines, f"status {called['status']}{tries}: {', '.join(times)}"]
