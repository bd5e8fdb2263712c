"""The host's cycle against a real engine."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stage7_plugin.host.engine import BuildFailed, EngineMissing, build, connect
from stage7_plugin.host.run import ContainerOptions, HostRun, NotHealthy
from stage7_plugin.host.view import HostView, host_environment, read_manifest
from stage7_plugin.spec.sample_inputs import example_inputs
from tests.engine.conftest import containers, edit_manifest

if TYPE_CHECKING:
    from docker import APIClient

pytestmark = pytest.mark.engine


def view_of(folder: Path) -> HostView:
    return HostView.from_manifest(read_manifest(folder / "manifest.json"))


def built(client: APIClient, folder: Path) -> HostView:
    view = view_of(folder)
    list(build(client, view, folder))
    return view


def with_command(folder: Path, instruction: str) -> None:
    dockerfile = folder / "Dockerfile"
    dockerfile.write_text(re.sub(r"(?m)^CMD .*$", instruction, dockerfile.read_text()))


def test_the_whole_cycle_with_the_hosts_environment(client: APIClient, plugin: Path) -> None:
    view = built(client, plugin)
    with HostRun(client, view) as run:
        healthy = run.wait_healthy()
        answer = run.execute(example_inputs(plugin, read_manifest(plugin / "manifest.json")))
        exit_code = run.stop()
    assert healthy.document["status"] == "healthy"
    assert answer.document["outputs"]["result"] == "hello"
    assert exit_code == 0
    assert list(run.times) == ["start to healthy", "execute", "stop"]
    assert run.times["stop"] < 5  # the engine kills after 10
    assert containers(client, plugin) == []


def test_limits_and_environment_are_those_of_the_manifest_and_the_host(
    client: APIClient, plugin: Path
) -> None:
    edit_manifest(plugin, environment={"PLUGIN_ENV": "test", "PORT": "1", "PATH": "/bin"})
    view = built(client, plugin)
    with HostRun(client, view) as run:
        inspected = client.inspect_container(run.name)
    environment = dict(item.split("=", 1) for item in inspected["Config"]["Env"])
    assert environment["PLUGIN_ENV"] == "test"
    assert {k: environment[k] for k in host_environment()} == host_environment()
    assert inspected["HostConfig"]["Memory"] == 256 * 1024**2
    assert inspected["HostConfig"]["CpuShares"] == 512


def test_build_arguments_and_dockerignore_are_honoured(client: APIClient, plugin: Path) -> None:
    (plugin / ".dockerignore").write_text("secret.txt\n")
    (plugin / "secret.txt").write_text("never sent")
    (plugin / "Dockerfile").write_text(
        "FROM python:3.11-slim\nARG PLUGIN_ID\nARG PLUGIN_VERSION\nCOPY . /app/\n"
        "RUN echo id=$PLUGIN_ID version=$PLUGIN_VERSION; ls /app\n"
    )
    lines = list(build(client, view_of(plugin), plugin))
    assert any("id=echo-for-tests version=1.0.0" in line for line in lines)
    assert any("manifest.json" in line for line in lines)
    assert "secret.txt" not in [line.strip() for line in lines]


def test_a_server_that_listens_late_is_polled_again_after_a_second(
    client: APIClient, plugin: Path
) -> None:
    with_command(
        plugin,
        'CMD ["/bin/sh", "-c", "/bin/sleep 1.2; exec /usr/local/bin/python -E /app/server.py"]',
    )
    with HostRun(client, built(client, plugin)) as run:
        run.wait_healthy()
    assert run.polls >= 3
    assert run.times["start to healthy"] > 2


@pytest.mark.parametrize(
    ("instruction", "sentence", "detail"),
    [
        ('CMD ["python", "/app/server.py"]', "did not start.*executable file not found", ""),
        (
            'CMD ["/usr/local/bin/python", "-E", "-c", "raise SystemExit(\'no model file\')"]',
            "ended with exit code 1|as soon as it was started",
            "no model file",
        ),
    ],
)
def test_a_container_that_does_not_come_up(
    client: APIClient, plugin: Path, instruction: str, sentence: str, detail: str
) -> None:
    with_command(plugin, instruction)
    view = built(client, plugin)
    with pytest.raises(NotHealthy, match=sentence) as caught, HostRun(client, view) as run:
        run.wait_healthy()
    assert detail in caught.value.details
    assert containers(client, plugin) == []


def test_a_plugin_that_is_never_healthy_is_given_up(client: APIClient, plugin: Path) -> None:
    source = (plugin / "server.py").read_text()
    (plugin / "server.py").write_text(source.replace('"healthy"', '"ok"'))
    view = built(client, plugin)
    with (
        pytest.raises(NotHealthy, match=r'after 3 polls.*"status": "ok"'),
        HostRun(client, view) as run,
    ):
        run.wait_healthy(polls=3, interval=0.2)


def test_the_container_is_removed_when_the_caller_is_interrupted(
    client: APIClient, plugin: Path
) -> None:
    view = built(client, plugin)

    def interrupted() -> None:
        with HostRun(client, view):
            assert len(containers(client, plugin)) == 1
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert containers(client, plugin) == []


def test_files_and_hardening(client: APIClient, plugin: Path) -> None:
    manifest = json.loads((plugin / "manifest.json").read_text())
    manifest["verb"] = "OVERLAID"
    overlay = {"/app/manifest.json": json.dumps(manifest).encode()}
    view = built(client, plugin)
    with HostRun(client, view, ContainerOptions(files=overlay)) as run:
        run.wait_healthy()
        content, _ = client.get_archive(run.name, "/app/manifest.json")
        assert b"OVERLAID" in b"".join(content)
    hardened = ContainerOptions(read_only=True, drop_capabilities=True, user="12345:12345")
    with HostRun(client, view, hardened) as run:
        run.wait_healthy()
        host_config = client.inspect_container(run.name)["HostConfig"]
    assert host_config["ReadonlyRootfs"]
    assert host_config["CapDrop"] == ["ALL"]
    assert host_config["SecurityOpt"] == ["no-new-privileges"]


@pytest.mark.parametrize(
    ("dockerfile", "sentence", "command"),
    [
        (
            "FROM stage7.invalid/none:1\n",
            "base image stage7.invalid/none:1 is not on",
            "docker pull",
        ),
        ("FROM python:3.11-slim\nRUN false\n", "failed at 'Step 2/2 : RUN false'", "docker build"),
        (
            "FROM python:3.11-slim\nRUN --mount=type=cache,target=/x true\n",
            "BuildKit",
            "docker build",
        ),
        ("FRO python:3.11-slim\n", "unknown instruction: FRO", "docker build"),
    ],
)
def test_a_build_that_fails(
    client: APIClient, plugin: Path, dockerfile: str, sentence: str, command: str
) -> None:
    def of_this_step() -> set[str]:
        every = client.containers(all=True)
        return {one["Id"] for one in every if one["Command"] in ("/bin/sh -c false", "false")}

    (plugin / "Dockerfile").write_text(dockerfile)
    before = of_this_step()
    with pytest.raises(BuildFailed, match=sentence) as caught:
        list(build(client, view_of(plugin), plugin))
    assert caught.value.command.startswith(command)
    assert of_this_step() == before, "the builder's container is left"


def test_a_folder_without_a_dockerfile(client: APIClient, plugin: Path) -> None:
    (plugin / "Dockerfile").unlink()
    with pytest.raises(BuildFailed, match="there is no Dockerfile in"):
        list(build(client, view_of(plugin), plugin))


def test_no_engine_at_the_named_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    with pytest.raises(EngineMissing, match=r"none\.sock.*No such file") as caught:
        connect()
    assert caught.value.command
