"""The commands that bring a plugin into a Stage7 host: install, login."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_PLACE = click.Path(exists=True, file_okay=False, path_type=Path)
_WHERE = "Repository type in the host; by default its current one, else the manifest's."
_URL = click.option(
    "--url",
    envvar="STAGE7_URL",
    default="http://localhost:5060",
    show_default=True,
    help="The host's CapabilitiesManager; also STAGE7_URL.",
)


@click.command()
@click.argument("folders", nargs=-1, required=True, type=_PLACE)
@_URL
@click.option(
    "--from",
    "origin",
    type=click.Choice(["source", "image"]),
    default="source",
    show_default=True,
    help="What the host builds: the plugin's Dockerfile, or one that only names its pushed image.",
)
@click.option("--no-execute", is_flag=True, help="Only store the plugin; do not execute it once.")
@click.option("--inputs", type=_FILE, help='Inputs for the execution: {"inputs": {...}}.')
@click.option("--git-url", default="", help="Address to clone from, in place of the remote's.")
@click.option("--repository", type=click.Choice(["local", "mongo"]), help=_WHERE)
@click.option("--force", is_flag=True, help="Overwrite another plugin's verb or a higher version.")
def install(folders: tuple[Path, ...], origin: str, no_execute: bool, **options: Any) -> None:
    """Install plugins in a Stage7 host: FOLDERS are plugins, or folders with plugins in them.

    The host clones the plugin's repository at the tag of its version, so push that first.
    The token is STAGE7_TOKEN, or the one that `stage7-plugin login` has fetched.

    Exit status: 0 all are installed, 1 one was refused or failed, 2 nothing could be done.
    """
    from stage7_plugin.install.command import run_install
    from stage7_plugin.install.plugin import Options

    chosen = Options(from_image=origin == "image", execute=not no_execute, **options)
    sys.exit(run_install(folders, chosen))


@click.command()
@_URL
@click.option(
    "--security-url",
    envvar="STAGE7_SECURITY_URL",
    default="",
    help="The host's SecurityManager; port 5010 of the same machine if not given.",
)
def login(url: str, security_url: str) -> None:
    """Get a token for `install`, with the credentials in the environment.

    STAGE7_CLIENT_SECRET, with STAGE7_COMPONENT if it is not CapabilitiesManager; or STAGE7_EMAIL
    and STAGE7_PASSWORD. The token is kept in a file that only you can read.

    Exit status: 0 logged in, 2 not.
    """
    from stage7_plugin.install.command import run_login

    sys.exit(run_login(url, security_url))
