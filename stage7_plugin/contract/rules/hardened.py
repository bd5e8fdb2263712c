"""The restricted container, and the image's own settings."""

from __future__ import annotations

import time

from stage7_plugin.contract.context import Context
from stage7_plugin.contract.errors import Broken, DidNotStart, NotCheckable
from stage7_plugin.contract.model import Need, Place
from stage7_plugin.contract.rule import rule
from stage7_plugin.contract.targets.base import StartOptions

HEALTH_CHECK_SECONDS = 20.0


def _executes(context: Context, options: StartOptions, sent: str) -> None:
    try:
        with context.fresh(options) as running:
            response = context.execute(context.samples, running=running)
            context.sent = f"a start with {sent}, and an execution"
            context.expect(response.succeeded, "2xx, as without")
    except DidNotStart as error:
        raise Broken(f"a start with {sent}", str(error), "a healthy plugin") from error


@rule(
    "hardened.read-only",
    "Works on a read-only root file system",
    needs=Need.CONTAINER,
    requires=("execute.raw-inputs",),
    place=Place.OWN,
    todo="Write no file outside /tmp: no cache, socket or pid file, no byte code or "
    "compile cache; create these during the build.",
)
def read_only(context: Context) -> None:
    """Platforms start containers with a read-only file system.

    Request: A start with --read-only and a writable /tmp, and an execution.
    Expected: 2xx.
    """
    environment = context.instances.environment
    _executes(
        context, StartOptions(environment=environment, read_only=True), "--read-only --tmpfs /tmp"
    )


@rule(
    "hardened.no-capabilities",
    "Works with all capabilities dropped and no new privileges",
    needs=Need.CONTAINER,
    requires=("execute.raw-inputs",),
    place=Place.OWN,
    todo="Listen on a port above 1023, and do not change user or owner at start-up.",
)
def no_capabilities(context: Context) -> None:
    """Platforms drop all capabilities.

    Request: A start with --cap-drop ALL and no-new-privileges, and an execution.
    Expected: 2xx.
    """
    environment = context.instances.environment
    options = StartOptions(environment=environment, drop_capabilities=True)
    _executes(context, options, "--cap-drop ALL --security-opt no-new-privileges")


@rule(
    "hardened.non-root",
    "Does not run as root",
    needs=Need.CONTAINER,
    requires=("lifecycle.healthy",),
    place=Place.OWN,
    todo="Add USER with a number above 0 to the Dockerfile.",
)
def non_root(context: Context) -> None:
    """An attacker who breaks out of the plugin has its rights.

    Request: None; the users of the processes are read.
    Expected: A user other than 0.
    """
    with context.fresh() as running:
        users = running.users()
    context.note("the processes of the container", f"run as user {', '.join(sorted(users))}")
    context.expect(not users & {"0", "root"}, "a user other than 0")


@rule(
    "hardened.any-user",
    "Works as a user unknown to the image",
    needs=Need.CONTAINER,
    requires=("execute.raw-inputs",),
    advice=True,
    place=Place.OWN,
    todo="Make the plugin's files readable for all users; some platforms choose the user.",
)
def any_user(context: Context) -> None:
    """Some platforms, such as OpenShift, choose the user themselves.

    Request: A start with --user 54321:54321, and an execution.
    Expected: 2xx.
    """
    environment = context.instances.environment
    options = StartOptions(environment=environment, user="54321:54321")
    _executes(context, options, "--user 54321:54321")


@rule(
    "image.healthcheck",
    "The image's own HEALTHCHECK passes in the host's environment",
    needs=Need.CONTAINER,
    requires=("env.whole",),
    place=Place.OWN,
    todo="Name the interpreter by its absolute path in HEALTHCHECK; the slim images have no curl.",
)
def healthcheck(context: Context) -> None:
    """Compose restarts containers whose health check fails.

    Request: A start in the host's environment; the engine runs HEALTHCHECK.
    Expected: Healthy.
    """
    options = StartOptions(environment=context.instances.environment, health_check_seconds=1)
    with context.fresh(options) as running:
        end = time.monotonic() + HEALTH_CHECK_SECONDS
        health = running.own_health_check()
        while health and health[0] != "healthy" and time.monotonic() < end:
            time.sleep(0.2)
            health = running.own_health_check()
    if health is None:
        raise NotCheckable("the image has no HEALTHCHECK")
    status, output = health
    context.note("the engine's own health check", f"{status}: {output[:200]}")
    context.expect(status == "healthy", "healthy")
