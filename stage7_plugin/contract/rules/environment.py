"""The host's environment, which overrides the image's: one variable at a time, then all."""

from __future__ import annotations

from stage7_plugin.contract.check import Check
from stage7_plugin.contract.instances import DidNotStart
from stage7_plugin.contract.model import Broken, Need, NotCheckable, rule
from stage7_plugin.contract.targets.base import StartOptions


def _healthy_with(check: Check, options: StartOptions, sent: str) -> None:
    wanted = f"healthy on port {check.view.port}, as without it"
    try:
        with check.fresh(options):
            check.note(sent, "healthy")
    except DidNotStart as error:
        raise Broken(sent, str(error), wanted) from error


def _healthy_with_variable(check: Check, name: str) -> None:
    value = check.host_environment[name]
    _healthy_with(check, StartOptions(environment={name: value}), f"a start with {name}={value}")


@rule(
    "env.foreign-path",
    "Starts with a PATH that names nothing in the image",
    needs=Need.START,
    requires=("lifecycle.healthy",),
    todo="Name the interpreter by its absolute path in CMD and HEALTHCHECK, and in what they run.",
)
def foreign_path(check: Check) -> None:
    _healthy_with_variable(check, "PATH")


@rule(
    "env.port-ignored",
    "Listens on the manifest's port whatever PORT says",
    needs=Need.START,
    requires=("lifecycle.healthy",),
    todo="Do not read PORT: it is the host's own port. Use container.ports[0].container.",
)
def port_ignored(check: Check) -> None:
    _healthy_with_variable(check, "PORT")


@rule(
    "env.foreign-home",
    "Starts with a HOME that is not there",
    needs=Need.START,
    requires=("lifecycle.healthy",),
    todo="Write to no place below HOME.",
)
def foreign_home(check: Check) -> None:
    _healthy_with_variable(check, "HOME")


@rule(
    "env.pythonpath-ignored",
    "Starts with a PYTHONPATH that holds other modules",
    needs=Need.START,
    requires=("lifecycle.healthy",),
    todo="Start Python with -E (or -I), so that PYTHONPATH is not read.",
)
def pythonpath_ignored(check: Check) -> None:
    sent = "a start with PYTHONPATH naming a folder whose json.py raises"
    _healthy_with(check, StartOptions(poisoned_pythonpath=True), sent)


@rule(
    "env.pythonhome-ignored",
    "Starts with a PYTHONHOME that is not there",
    needs=Need.START,
    requires=("lifecycle.healthy",),
    todo="Start Python with -E (or -I), so that PYTHONHOME is not read.",
)
def pythonhome_ignored(check: Check) -> None:
    _healthy_with_variable(check, "PYTHONHOME")


@rule(
    "env.whole",
    "Starts with the host's whole environment, its URLs and tokens included",
    needs=Need.START,
    requires=(
        "env.foreign-path",
        "env.port-ignored",
        "env.foreign-home",
        "env.pythonpath-ignored",
        "env.pythonhome-ignored",
    ),
    todo="Read no variable but your own, under a prefix of your own.",
)
def whole(check: Check) -> None:
    names = ", ".join(check.host_environment)
    problem = check.instances.environment_problem
    if problem:
        raise Broken(f"a start with {names}", problem, "a healthy plugin")
    if not check.instances.environment:
        raise NotCheckable("the plugin was not started by this suite")
    check.note(f"a start with {names}", "healthy")
