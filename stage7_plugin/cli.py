"""The command line, `stage7-plugin`. What a command does is imported when it is asked for."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import click

from stage7_plugin import __version__
from stage7_plugin.batch.cli import batch, list_plugins
from stage7_plugin.generate.cli import add, new, questions, remove, rename
from stage7_plugin.terminal import print_any_text
from stage7_plugin.wrap.cli import wrap

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW_FILE = click.Path(dir_okay=False, path_type=Path)
_PLACE = click.Path(exists=True, file_okay=False, path_type=Path)
_WHERE = "Where the host keeps it; by default where it is, else what the manifest says."


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="stage7-plugin")
def main() -> None:
    """Make container plugins for Stage7, and check them against what their host relies on."""
    # So that containers are removed when a CI job is cancelled.
    signal.signal(signal.SIGTERM, _terminated)
    print_any_text()


for command in (batch, list_plugins, new, questions, add, remove, rename, wrap):
    main.add_command(command)


def _terminated(*_: object) -> NoReturn:
    raise KeyboardInterrupt


@main.command()
@click.argument("targets", nargs=-1, metavar="TARGET...")
@click.option("--manifest", type=_FILE, help="The manifest of an image or a URL.")
@click.option("--inputs", type=_FILE, help='Inputs to execute with: {"inputs": {...}}.')
@click.option(
    "--scenarios",
    "--probes",
    type=_FILE,
    help="Inputs that take long, fail, ...; see the documentation. --probes is the older name.",
)
@click.option(
    "--env-file",
    type=_FILE,
    help="Settings of the plugin, one NAME=value a line, for each of its containers.",
)
@click.option(
    "--context-root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="What the build may take files from, if not the plugin's folder alone.",
)
@click.option(
    "--build-timeout",
    "build_seconds",
    type=click.FloatRange(min=1),
    default=1800,
    show_default=True,
    help="Seconds that a build may take.",
)
@click.option("--rule", "rules", multiple=True, metavar="ID", help="Only this rule or group.")
@click.option("--list", "listing", is_flag=True, help="List the rules and exit.")
@click.option(
    "--jobs", "-j", type=click.IntRange(1, 64), help="Rules at once; by default 2 for each core."
)
@click.option(
    "--changed-since", metavar="COMMIT", help="Only folders that differ from this commit of git."
)
@click.option("--baseline", type=_FILE, help="Known failures, which may not grow stale.")
@click.option("--write-baseline", type=_NEW_FILE, help="Write what fails now as a baseline.")
@click.option(
    "--against",
    metavar="PLACE",
    help="Only compare the manifest with that of a tag, folder, image or URL: is the version's "
    "step large enough?",
)
@click.option(
    "--examples",
    type=click.IntRange(0, 100_000),
    default=50,
    show_default=True,
    help="How many inputs a rule makes from the manifest.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Where that begins.")
@click.option(
    "--strict-inputs", is_flag=True, help="Want a refusal of what could be converted, such as '5'."
)
@click.option("--json", metavar="FILE", help="Write a JSON report; - for stdout.")
@click.option("--junit", metavar="FILE", help="Write a JUnit report; - for stdout.")
@click.option("--sarif", metavar="FILE", help="Write a SARIF report; - for stdout.")
def check(
    targets: tuple[str, ...], listing: bool, jobs: int | None, against: str | None, **options: Any
) -> None:
    """Check each TARGET, a plugin's folder, an image or a URL, as its host would use it.

    A folder with plugins in it stands for all of them. Several are checked at the same time.

    Exit status: 0 no rule that could be checked is broken, 1 a rule is broken, 2 a target could not
    be checked. Rules that could not be checked are counted in the end, with the reasons.
    """
    from stage7_plugin.contract.command import CheckOptions, list_rules, run_check
    from stage7_plugin.contract.schedule import JOBS

    if listing:
        list_rules()
        return
    if not targets:
        raise click.UsageError("Missing argument 'TARGET': a plugin's folder, an image or a URL.")
    if against is not None:
        from stage7_plugin.contract.against import run_against

        sys.exit(run_against(targets, against, options["json"]))
    sys.exit(run_check(CheckOptions(targets, jobs=jobs or JOBS, **options)))


@main.command()
@click.argument(
    "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default="."
)
@click.option("--check", "check_only", is_flag=True, help="Change nothing; exit with 1 instead.")
def sync(folder: Path, check_only: bool) -> None:
    """Update what names inputs and outputs from the manifest.json of the plugin in FOLDER.

    These are the README's tables, the example request, the stub and the planner's texts.

    Exit status: 0 all is in line, 1 with --check something is not, 2 nothing could be done.
    """
    from stage7_plugin.generate.sync import run_sync

    sys.exit(run_sync(folder, check_only))


@main.command()
@click.argument("folder", type=_PLACE, default=".")
def openapi(folder: Path) -> None:
    """Print the OpenAPI 3.1 document of the plugin in FOLDER, which it also serves itself.

    Exit status: 0 it was printed, 2 manifest.json cannot be used.
    """
    from stage7_plugin.generate.documents import run_document

    sys.exit(run_document("openapi", folder))


@main.command()
@click.argument("folder", type=_PLACE, default=".")
def schema(folder: Path) -> None:
    """Print the JSON Schema of the inputs and outputs of the plugin in FOLDER.

    Exit status: 0 it was printed, 2 manifest.json cannot be used.
    """
    from stage7_plugin.generate.documents import run_document

    sys.exit(run_document("schema", folder))


_URL = click.option(
    "--url",
    envvar="STAGE7_URL",
    default="http://localhost:5060",
    show_default=True,
    help="The host's CapabilitiesManager; also STAGE7_URL.",
)


@main.command()
@click.argument("folders", nargs=-1, required=True, type=_PLACE)
@_URL
@click.option(
    "--from",
    "origin",
    type=click.Choice(["source", "image"]),
    default="source",
    show_default=True,
    help="What the host builds: the plugin's Dockerfile, or the one line with its pushed image.",
)
@click.option("--no-execute", is_flag=True, help="Only store the plugin; do not execute it once.")
@click.option("--inputs", type=_FILE, help='Inputs for the execution: {"inputs": {...}}.')
@click.option("--git-url", default="", help="Clone from here, not from the remote's address.")
@click.option("--repository", type=click.Choice(["local", "mongo"]), help=_WHERE)
@click.option("--force", is_flag=True, help="Overwrite another plugin's verb or a higher version.")
def install(folders: tuple[Path, ...], origin: str, no_execute: bool, **options: Any) -> None:
    """Install plugins in a Stage7 host: FOLDERS are plugins, or folders with plugins in them.

    The host clones the plugin's repository at the tag of its version, so that has to be pushed.
    The token is STAGE7_TOKEN, or what `stage7-plugin login` got.

    Exit status: 0 all are installed, 1 one was refused or failed, 2 nothing could be done.
    """
    from stage7_plugin.install.command import run_install
    from stage7_plugin.install.plugin import Options

    chosen = Options(from_image=origin == "image", execute=not no_execute, **options)
    sys.exit(run_install(folders, chosen))


@main.command()
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


def _start_options(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options for starting a plugin here."""
    for option in (
        click.option("--fixed-port", is_flag=True, help="It listens on the manifest's port only."),
        click.option(
            "--env-file",
            envvar="ENV_FILE",
            metavar="FILE",
            help="Settings, one NAME=value a line, by its path from the plugin's folder. Default: "
            "what the variable ENV_FILE names, or .env if there is one.",
        ),
        click.option("--image", is_flag=True, help="Start a container of an image built from it."),
        click.option(
            "--command",
            default="",
            metavar="COMMAND",
            help="How the plugin starts, where entryPoint.main does not say it; {port} is filled "
            "in, which PLUGIN_PORT has too.",
        ),
    ):
        function = option(function)
    return function


@main.command()
@click.argument("folder", type=_PLACE, default=".")
@_start_options
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Of the page; 0: a free one."
)
@click.option("--open", "open_page", is_flag=True, help="Open the page in the browser.")
def dev(folder: Path, **options: Any) -> None:
    """Run the plugin in FOLDER as its host would, again on each save, with a page to call it.

    The page's address is printed; only this machine can reach it.

    Exit status: 0 ended by Ctrl-C, 2 nothing could be started.
    """
    from stage7_plugin.dev.command import DevOptions, run_dev

    sys.exit(run_dev(DevOptions(folder, **options)))


@main.command()
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
@click.option("--direct", is_flag=True, help="Send the inputs as they are, past the host's checks.")
@click.option("--retry", is_flag=True, help="Try a failure again as the host does, six times.")
@click.option("--json", "as_json", is_flag=True, help="Print everything about the call as JSON.")
def invoke(target: str, **options: Any) -> None:
    """Execute a plugin once as its host would: the one in a FOLDER, or the one at a URL.

    Without --input and --inputs, it takes examples/request.json. The plugin's log is on standard
    error.

    Exit status: 0 it succeeded, 1 it failed, 2 it could not be called.
    """
    from stage7_plugin.dev.invoke import InvokeOptions, run_invoke

    sys.exit(run_invoke(InvokeOptions(target, **options)))


_IN_THE_LIST = {
    "add": "Add an input, output, permission or setting to a plugin.",
    "batch": "Make many plugins from one file.",
    "check": "Check plugins against the host contract.",
    "dev": "Run a plugin again on each save, with a page to call it.",
    "install": "Install plugins in a Stage7 host.",
    "invoke": "Execute a plugin once.",
    "list": "List the plugins of a fleet.",
    "login": "Get a token for install.",
    "new": "Make a plugin.",
    "openapi": "Print the OpenAPI document of a plugin.",
    "questions": "Print the questions of the template.",
    "remove": "Remove an input, output, permission or setting.",
    "rename": "Rename an input or output.",
    "schema": "Print the JSON Schema of inputs and outputs.",
    "sync": "Update README, example and stub from manifest.json.",
    "wrap": "Make a plugin around code that exists.",
}
"""What the list of `stage7-plugin --help` says; Click would cut the first sentence."""

for name, text in _IN_THE_LIST.items():
    main.commands[name].short_help = text
