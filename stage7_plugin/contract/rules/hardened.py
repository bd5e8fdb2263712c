"""The confined container, and what the image says of itself."""

from __future__ import annotations

import time

from stage7_plugin.contract.check import Check
from stage7_plugin.contract.instances import DidNotStart
from stage7_plugin.contract.model import Broken, Need, NotCheckable, rule
from stage7_plugin.contract.targets.base import StartOptions
from stage7_plugin.contract.targets.image import Container

HEALTH_CHECK_SECONDS = 20.0


def _executes(check: Check, options: StartOptions, sent: str) -> None:
    try:
        with check.fresh(options) as running:
            answer = check.execute(check.samples, running=running)
            check.sent = f"a start with {sent}, and an execution"
            check.expect(answer.succeeded, "2xx, as without")
    except DidNotStart as error:
        raise Broken(f"a start with {sent}", str(error), "a healthy plugin") from error


@rule(
    "hardened.read-only",
    "Works on a read-only root file system",
    needs=Need.CONTAINER,
    requires=("execute.raw-inputs",),
    todo="Write no file, not even byte code, a socket or a pid file.",
)
def read_only(check: Check) -> None:
    environment = check.instances.environment
    _executes(check, StartOptions(environment=environment, read_only=True), "--read-only")


@rule(
    "hardened.no-capabilities",
    "Works with every capability dropped and no new privileges",
    needs=Need.CONTAINER,
    requires=("execute.raw-inputs",),
    todo="Listen on a port above 1023, and change neither user nor owner at the start.",
)
def no_capabilities(check: Check) -> None:
    environment = check.instances.environment
    options = StartOptions(environment=environment, drop_capabilities=True)
    _executes(check, options, "--cap-drop ALL --security-opt no-new-privileges")


@rule(
    "hardened.non-root",
    "Does not run as root",
    needs=Need.CONTAINER,
    requires=("lifecycle.healthy",),
    todo="Put USER with a number above 0 into the Dockerfile.",
)
def non_root(check: Check) -> None:
    with check.fresh() as running:
        assert isinstance(running, Container)
        users = running.run.users()
    check.note("the processes of the container", f"run as user {', '.join(sorted(users))}")
    check.expect(not users & {"0", "root"}, "a user other than 0")


@rule(
    "hardened.any-user",
    "Works as a user that the image does not know",
    needs=Need.CONTAINER,
    requires=("execute.raw-inputs",),
    advice=True,
    todo="Let everybody read what the plugin needs; some platforms choose the user themselves.",
)
def any_user(check: Check) -> None:
    environment = check.instances.environment
    options = StartOptions(environment=environment, user="54321:54321")
    _executes(check, options, "--user 54321:54321")


@rule(
    "image.healthcheck",
    "The image's own HEALTHCHECK passes in the host's environment",
    needs=Need.CONTAINER,
    requires=("env.whole",),
    todo="Name the interpreter by its absolute path in HEALTHCHECK; the slim images have no curl.",
)
def healthcheck(check: Check) -> None:
    options = StartOptions(environment=check.instances.environment, health_check_seconds=1)
    with check.fresh(options) as running:
        assert isinstance(running, Container)
        health = running.run.state().get("Health")
        if not health:
            raise NotCheckable("the image has no HEALTHCHECK")
        end = time.monotonic() + HEALTH_CHECK_SECONDS
        while health["Status"] != "healthy" and time.monotonic() < end:
            time.sleep(0.2)
            health = running.run.state()["Health"]
    output = (health.get("Log") or [{}])[-1].get("Output", "")
    check.note("the engine's own health check", f"{health['Status']}: {output.strip()[:200]}")
    check.expect(health["Status"] == "healthy", "healthy")
