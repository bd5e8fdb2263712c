"""The host's environment, which overrides the image's: one variable at a time, then all."""

from __future__ import annotations

import re
from collections.abc import Mapping

from stage7_plugin.contract.context import Context
from stage7_plugin.contract.errors import Broken, DidNotStart, NotCheckable
from stage7_plugin.contract.model import Need, Place
from stage7_plugin.contract.rule import rule
from stage7_plugin.contract.targets.base import StartOptions

INTERPRETER_OPTIONS: Mapping[str, str] = {
    "PERL5OPT": "-MNo::Such::Module::Of::The::Host",
    "PERL5LIB": "/opt/host/perl",
    "RUBYOPT": "-r/opt/host/none",
    "JAVA_TOOL_OPTIONS": "-javaagent:/opt/host/none.jar",
    "DOTNET_STARTUP_HOOKS": "/opt/host/none.dll",
    "PYTHONINSPECT": "1",
    "PYTHONWARNINGS": "error",
}
"""What tracing agents and developers set on a machine; none of these files is in an image."""
NODE_OPTIONS = "--require=/opt/host/none.cjs --max-old-space-size=4096"
"""The size is from the host's own example; agents that trace Node add modules of theirs."""
_NODE = re.compile(r"(?:^|[\s/])node(?:js)?(?:\s|$)")
"""The program in a command line."""


def _healthy_with(context: Context, options: StartOptions, sent: str) -> None:
    wanted = f"healthy on port {context.view.port}, as without it"
    try:
        with context.fresh(options):
            context.note(sent, "healthy")
    except DidNotStart as error:
        raise Broken(sent, str(error), wanted) from error


def _healthy_with_variable(context: Context, name: str) -> None:
    value = context.host_environment[name]
    _healthy_with(context, StartOptions(environment={name: value}), f"a start with {name}={value}")


@rule(
    "env.foreign-path",
    "Starts with a PATH that matches nothing in the image",
    needs=Need.START,
    requires=("lifecycle.healthy",),
    place=Place.OWN,
    todo="Name the interpreter by its absolute path in CMD and HEALTHCHECK, and in what they run.",
)
def foreign_path(context: Context) -> None:
    """The host's whole environment overrides the image's, PATH included.

    Request: A start with the host's PATH, then health.
    Expected: Healthy.
    """
    _healthy_with_variable(context, "PATH")


@rule(
    "env.port-ignored",
    "Listens on the manifest's port, whatever PORT says",
    needs=Need.START,
    requires=("lifecycle.healthy",),
    place=Place.OWN,
    todo="Do not read PORT: it is the host's own port. Use container.ports[0].container.",
)
def port_ignored(context: Context) -> None:
    """PORT is the host's own port, and nothing is published there.

    Request: A start with the host's PORT, then health.
    Expected: Healthy on the manifest's port.
    """
    _healthy_with_variable(context, "PORT")


@rule(
    "env.foreign-home",
    "Starts with a HOME that does not exist",
    needs=Need.START,
    requires=("lifecycle.healthy",),
    place=Place.OWN,
    todo="Write nothing below HOME.",
)
def foreign_home(context: Context) -> None:
    """HOME names a folder of the host that does not exist in the image.

    Request: A start with the host's HOME, then health.
    Expected: Healthy.
    """
    _healthy_with_variable(context, "HOME")


def _needs_python(context: Context) -> None:
    """Raises NotCheckable where the plugin is written in another language."""
    if "python" not in context.instances.command_lines.lower():
        raise NotCheckable("the plugin does not run Python")


@rule(
    "env.interpreter-options-ignored",
    "Starts with interpreter options in the environment that name missing files",
    needs=Need.START,
    requires=("lifecycle.healthy",),
    place=Place.OWN,
    todo="Start the interpreter without these variables: `/usr/bin/env -u PERL5OPT perl ...`; the "
    "same for RUBYOPT, JAVA_TOOL_OPTIONS and DOTNET_STARTUP_HOOKS; python -E ignores its own.",
)
def interpreter_options_ignored(context: Context) -> None:
    """Tracing agents set such variables on the host, and their files are in no image.

    Request: A start with PERL5OPT, RUBYOPT, JAVA_TOOL_OPTIONS and others, then health.
    Expected: Healthy.
    """
    names = " ".join(f"{name}={value}" for name, value in INTERPRETER_OPTIONS.items())
    _healthy_with(context, StartOptions(environment=INTERPRETER_OPTIONS), f"a start with {names}")


@rule(
    "env.node-options-ignored",
    "Node: starts with NODE_OPTIONS that name a missing module and a large heap",
    needs=Need.START,
    requires=("lifecycle.healthy",),
    place=Place.OWN,
    todo="Unset NODE_OPTIONS before Node starts, because Node has no option to ignore it: "
    "`/usr/bin/env -u NODE_OPTIONS /usr/local/bin/node ...`.",
)
def node_options_ignored(context: Context) -> None:
    """The host is a Node program: its own options would load its modules and size its heap.

    Request: A start with NODE_OPTIONS that require an absent module and allow for a heap of 4 GB,
        then health.
    Expected: Healthy.
    """
    if not _NODE.search(context.instances.command_lines):
        raise NotCheckable("the plugin does not run Node")
    sent = f"a start with NODE_OPTIONS={NODE_OPTIONS}"
    _healthy_with(context, StartOptions(environment={"NODE_OPTIONS": NODE_OPTIONS}), sent)


@rule(
    "env.pythonpath-ignored",
    "Python: starts with a PYTHONPATH that contains other modules",
    needs=Need.START,
    requires=("lifecycle.healthy",),
    place=Place.OWN,
    todo="Start Python with -E (or -I), so that PYTHONPATH is not read.",
)
def pythonpath_ignored(context: Context) -> None:
    """Modules of the host would replace the plugin's.

    Request: A start with PYTHONPATH naming a folder whose `json.py` raises, then health.
    Expected: Healthy.
    """
    _needs_python(context)
    sent = "a start with PYTHONPATH naming a folder whose json.py raises"
    _healthy_with(context, StartOptions(poisoned_pythonpath=True), sent)


@rule(
    "env.pythonhome-ignored",
    "Python: starts with a PYTHONHOME that does not exist",
    needs=Need.START,
    requires=("lifecycle.healthy",),
    place=Place.OWN,
    todo="Start Python with -E (or -I), so that PYTHONHOME is not read.",
)
def pythonhome_ignored(context: Context) -> None:
    """Python does not start with a PYTHONHOME that does not exist.

    Request: A start with the host's PYTHONHOME, then health.
    Expected: Healthy.
    """
    _needs_python(context)
    _healthy_with_variable(context, "PYTHONHOME")


@rule(
    "env.whole",
    "Starts with the host's whole environment, including its URLs and tokens",
    needs=Need.START,
    requires=(
        "env.foreign-path",
        "env.port-ignored",
        "env.foreign-home",
        "env.interpreter-options-ignored",
        "env.node-options-ignored",
        "env.pythonpath-ignored",
        "env.pythonhome-ignored",
    ),
    todo="Read only your own variables, under your own prefix.",
)
def whole(context: Context) -> None:
    """This is how the host starts every plugin.

    Request: A start with all of the host's variables, then health.
    Expected: Healthy.
    """
    names = ", ".join(context.host_environment)
    problem = context.instances.environment_problem
    if problem:
        raise Broken(f"a start with {names}", problem, "a healthy plugin")
    context.note(f"a start with {names}", "healthy")
