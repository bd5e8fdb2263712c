"""The commands that run a plugin on this machine as its host would: dev, invoke."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_PLACE = click.Path(exists=True, file_okay=False, path_type=Path)


def _start_options(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options for starting a plugin here."""
    for option in (
        click.option(
            "--fixed-port", is_flag=True, help="The plugin listens on the manifest's port only."
        ),
        click.option(
            "--env-file",
            envvar="ENV_FILE",
            metavar="FILE",
            help="Settings, one NAME=value per line; the path is relative to the plugin's folder. "
            "Default: the file named by the variable ENV_FILE, or .env if there is one.",
        ),
        click.option("--image", is_flag=True, help="Build the image and run a container from it."),
        click.option(
            "--command",
            default="",
            metavar="COMMAND",
            help="Start command, if entryPoint.main does not imply one; {port} stands for the "
            "port, which is also in PLUGIN_PORT.",
        ),
    ):
        function = option(function)
    return function


@click.command()
@click.argument("folder", type=_PLACE, default=".")
@_start_options
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Port of the page; 0 takes a free one."
)
@click.option("--open", "open_page", is_flag=True, help="Open the page in the browser.")
def dev(folder: Path, **options: Any) -> None:
    """Run the plugin in FOLDER as its host would, again on each save, with a page to call it.

    The page's address is printed; only this machine can reach it.

    Exit status: 0 ended by Ctrl-C, 2 nothing could be started.
    """
    from stage7_plugin.dev.command import DevOptions, run_dev

    sys.exit(run_dev(DevOptions(folder, **options)))


@click.command()
@click.argument("target", metavar="FOLDER|URL")
@click.option(
    "--input",
    "given",
    multiple=True,
    metavar="NAME=VALUE",
    help="A value as text; NAME=@FILE reads a file, NAME:=JSON takes JSON. May be repeated.",
)
@click.option("--inputs", type=_FILE, help='A file with inputs: {"inputs": {...}}.')
@click.option("--manifest", type=_FILE, help="The manifest of a URL.")
@_start_options
@click.option(
    "--direct", is_flag=True, help="Send the inputs unchanged, without the host's checks."
)
@click.option("--retry", is_flag=True, help="Try a failure again as the host does, six times.")
@click.option("--json", "as_json", is_flag=True, help="Print all details of the call as JSON.")
def invoke(target: str, **options: Any) -> None:
    """Execute a plugin once as its host would: the one in a FOLDER, or the one at a URL.

    Without --input and --inputs, it takes examples/request.json. The plugin's log is on standard
    error.

    Exit status: 0 it succeeded, 1 it failed, 2 it could not be called.
    """
    from stage7_plugin.dev.invoke import InvokeOptions, run_invoke

    sys.exit(run_invoke(InvokeOptions(target, **options)))
