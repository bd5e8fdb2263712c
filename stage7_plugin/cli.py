"""The command line, `stage7-plugin`: the commands that the packages bring, and their list.

What a command does is imported when it is asked for.
"""

from __future__ import annotations

import signal
from typing import NoReturn

import click

from stage7_plugin import __version__
from stage7_plugin.batch.cli import batch, list_plugins
from stage7_plugin.contract.cli import check
from stage7_plugin.dev.cli import dev, invoke
from stage7_plugin.generate.cli import add, new, questions, remove, rename
from stage7_plugin.generate.manifest_cli import openapi, schema, sync
from stage7_plugin.install.cli import install, login
from stage7_plugin.terminal import print_any_text
from stage7_plugin.wrap.cli import wrap


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="stage7-plugin")
def main() -> None:
    """Make container plugins for Stage7, and check them against what their host relies on."""
    # So that containers are removed when a CI job is cancelled.
    signal.signal(signal.SIGTERM, _terminated)
    print_any_text()


def _terminated(*_: object) -> NoReturn:
    raise KeyboardInterrupt


_IN_THE_LIST: dict[click.Command, str] = {
    add: "Add an input, output, permission or setting to a plugin.",
    batch: "Make many plugins from one file.",
    check: "Check plugins against the host contract.",
    dev: "Run a plugin again on each save, with a page to call it.",
    install: "Install plugins in a Stage7 host.",
    invoke: "Execute a plugin once.",
    list_plugins: "List the plugins of a fleet.",
    login: "Get a token for install.",
    new: "Make a plugin.",
    openapi: "Print the OpenAPI document of a plugin.",
    questions: "Print the questions of the template.",
    remove: "Remove an input, output, permission or setting.",
    rename: "Rename an input or output.",
    schema: "Print the JSON Schema of inputs and outputs.",
    sync: "Update README, example and stub from manifest.json.",
    wrap: "Make a plugin around code that exists.",
}
"""What the list of `stage7-plugin --help` says; Click would cut the first sentence."""

for command, text in _IN_THE_LIST.items():
    command.short_help = text
    main.add_command(command)
