"""Attacks on containers with little memory: none is lost, and health goes on.

All of them, and for longer: `make bench BENCH=--abuse`.
"""

from __future__ import annotations

import json
import re
import shutil
import signal
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmarks import abuse
from benchmarks.attacks import ATTACKS, MIB, UNREAD_OUTPUT
from benchmarks.images import docker
from benchmarks.stacks import HERE
from stage7_plugin.host.http_client import Address, call
from stage7_plugin.spec.languages import LANGUAGES
from tests.support.steps import until
from tools.render_example import FOLDER, NAMES

if TYPE_CHECKING:
    from docker import APIClient

pytestmark = pytest.mark.engine

SELECTION = [
    ("32m", "large JSON: empty lists"),
    ("64m", "large JSON: nested lists"),
    ("64m", "large JSON: rows"),
    ("64m", "large JSON: one text"),
    ("256m", "large JSON: a text with one emoji"),
    ("64m", "eight texts of 4 MiB"),
    ("64m", "fifteen stalled uploads"),
    ("64m", "sixteen unread answers"),
    ("32m", "chunks of one byte"),
]


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory, client: APIClient) -> Iterator[str]:
    """The rendered example with the logic for attacks."""
    folder: Path = tmp_path_factory.mktemp("abused") / "plugin"
    shutil.copytree(FOLDER / NAMES["python"], folder)
    shutil.copy(HERE / "ours" / "abused_logic.py", folder / "plugin_logic.py")
    name = f"stage7-test/{uuid.uuid4().hex[:12]}:1.0.0"
    docker("build", "--quiet", "--tag", name, str(folder))
    yield name
    client.remove_image(name, force=True)


@pytest.fixture(scope="module")
def typescript_image(client: APIClient) -> Iterator[str]:
    """The rendered example in TypeScript; these attacks need no logic of their own."""
    name = f"stage7-test/{uuid.uuid4().hex[:12]}:1.0.0"
    docker("build", "--quiet", "--tag", name, str(FOLDER / NAMES["typescript"]))
    yield name
    client.remove_image(name, force=True)


@pytest.mark.parametrize(("memory", "attack"), SELECTION)
def test_the_container_lives(image: str, memory: str, attack: str) -> None:
    assert attack in ATTACKS
    largest = abuse.MEMORY[memory] if attack.startswith("sixteen") else abuse.LARGEST_BODY
    with abuse.container(memory, image) as name:
        result = abuse.measure(name, attack, memory, largest, seconds=2)
        assert not result.lost, docker("logs", "--tail", "20", name)
        assert max(result.health) < abuse.HEALTH_TIMEOUT
        assert set(result.statuses) <= {0, 200, 400, 413, 429, 503}


@pytest.mark.parametrize("attack", ["fifteen stalled uploads", "large JSON: one text"])
def test_a_typescript_plugin_lives_with_its_least_memory(
    typescript_image: str, attack: str
) -> None:
    memory = f"{LANGUAGES['typescript'].least_megabytes}m"
    with abuse.container(memory, typescript_image) as name:
        result = abuse.measure(name, attack, memory, abuse.LARGEST_BODY, seconds=2)
        assert not result.lost, docker("logs", "--tail", "20", name)
        assert set(result.statuses) <= {0, 200, 413, 429}


def test_a_container_lives_while_nobody_reads_its_output(image: str) -> None:
    with abuse.container("64m", image) as name, abuse.unread_output(name):
        result = abuse.measure(name, UNREAD_OUTPUT, "64m", abuse.LARGEST_BODY, seconds=4)
        assert not result.lost
        assert max(result.health) < abuse.HEALTH_TIMEOUT
        assert set(result.statuses) == {200}
        page = call(Address(abuse.address_of(name), abuse.PORT), "GET", "/metrics").body.decode()
    (dropped,) = re.findall(r"^plugin_log_lines_dropped_total (\d+)$", page, re.MULTILINE)
    assert int(dropped) > 0, "its output was not stalled"


def test_the_limit_is_the_cgroups_where_the_manifest_allows_more(image: str) -> None:
    """The manifest says 256m; in 32m a body of 4 MiB would not fit."""
    with abuse.container("32m", image) as name:
        code = "from plugin_runtime import memory; print(memory.memory_limit({'container': {}}))"
        found = docker("exec", name, "/usr/local/bin/python", "-c", code)
        assert int(found) == 32 * MIB


@pytest.mark.parametrize(
    "environ", [{"PERL5OPT": "-MNoSuchModule"}, {"LC_ALL": "xx_YY", "PERL5LIB": "/nowhere"}]
)
def test_the_hosts_environment_does_not_reach_perl(image: str, environ: dict[str, str]) -> None:
    options = [f"--env={name}={value}" for name, value in environ.items()]
    with abuse.container("64m", image, options) as name:
        abuse.address_of(name)
        lines = docker("logs", name).splitlines()
        assert all(isinstance(json.loads(line), dict) for line in lines)


def keeps_sigterm(process: Path) -> bool:
    """Whether the plugin's first line has run: the kernel drops what comes before."""
    if b"/app/" not in (process / "cmdline").read_bytes():  # still the engine's own program
        return False
    masks = re.findall(r"Sig(?:Blk|Cgt):\s(\w+)", (process / "status").read_text())
    return any(int(mask, 16) >> (signal.SIGTERM - 1) & 1 for mask in masks)


def test_a_signal_at_any_moment_of_the_start_ends_the_container(image: str) -> None:
    """SIGTERM right after the first line: an engine that has to wait kills after 10 s."""
    for _ in range(3):
        with abuse.container("64m", image) as name:
            pid = docker("inspect", "--format", "{{.State.Pid}}", name).strip()
            until(lambda pid=pid: keeps_sigterm(Path("/proc") / pid))  # type: ignore[misc]
            docker("stop", "--time", "10", name)
            code = docker("inspect", "--format", "{{.State.ExitCode}}", name).strip()
            assert code in ("0", "143"), "it was killed"
