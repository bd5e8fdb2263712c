"""Attack our plugins in containers with little memory: are they lost, how long does health take?

Run by `python -m benchmarks --abuse`; a table for each language goes to
docs/explanation/resilience.md.
"""

from __future__ import annotations

import http.client
import multiprocessing
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from benchmarks.attacks import ATTACKS, MIB, UNREAD_OUTPUT, Target
from benchmarks.images import docker
from benchmarks.samples import percentile
from benchmarks.stacks import HERE
from benchmarks.workplace import WORK, render
from stage7_plugin.spec.languages import LANGUAGES

PAGE = HERE.parent / "docs" / "explanation" / "resilience.md"
BEGIN, END = "<!-- abuse: {} -->\n", "<!-- /abuse: {} -->\n"
MEMORY = {"32m": 1 * MIB, "64m": 4 * MIB, "160m": 4 * MIB, "256m": 16 * MIB}
"""Limits of the container, and the largest answer that the plugin makes of its own accord."""
LARGEST_BODY = 16 * MIB
SECONDS = 10.0
PORT = 8080
PROBE_SECONDS = 0.02
HEALTH_TIMEOUT = 20.0


@dataclass
class Result:
    """What one attack did to one container."""

    attack: str
    memory: str
    lost: bool
    health: list[float] = field(repr=False)
    """Seconds of each probe during the attack; a probe without an answer counts as its timeout."""
    statuses: Counter[int]
    peak: int
    """Bytes."""

    @property
    def p99(self) -> float:
        """99th percentile of `health` in seconds."""
        return percentile(self.health, 0.99)


def logic_of(language: str) -> Path:
    """The logic for attacks in a language."""
    suffix = PurePath(LANGUAGES[language].logic).suffix
    return HERE / "ours" / f"abused_logic{suffix}"


def build(language: str) -> str:
    """Build the image of a plugin with our server and the logic for attacks; return its name."""
    logic = logic_of(language)
    folder = render(logic, WORK / "abused" / language, language)
    (folder / logic.name).replace(folder / LANGUAGES[language].logic)
    image = f"stage7-benchmark/abused-{language}:1.0.0"
    docker("build", "--quiet", "--tag", image, str(folder))
    return image


@contextmanager
def container(memory: str, image: str, options: Sequence[str] = ()) -> Iterator[str]:
    """A running container with a memory limit and no swap."""
    limits = ["--memory", memory, "--memory-swap", memory]
    name = docker("run", "--detach", *limits, *options, image).strip()
    try:
        yield name
    finally:
        docker("rm", "--force", "--volumes", name)


@contextmanager
def unread_output(name: str) -> Iterator[None]:
    """Attach to a container and read nothing; the engine then takes about 1.3 MB, and stops."""
    attached = subprocess.Popen(["docker", "attach", "--no-stdin", name], stdout=subprocess.PIPE)
    try:
        yield
    finally:
        attached.kill()
        attached.communicate()


def address_of(name: str) -> str:
    """The address of a container, past the engine's proxy; returns once it is healthy."""
    template = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"
    address = docker("inspect", "--format", template, name).strip()
    until = time.monotonic() + 30
    while health_seconds(address) >= HEALTH_TIMEOUT:
        if time.monotonic() > until:
            raise TimeoutError(docker("logs", name))
        time.sleep(0.05)
    return address


def health_seconds(address: str) -> float:
    """How long health takes to be answered 200; the timeout if it is not."""
    started = time.monotonic()
    connection = http.client.HTTPConnection(address, PORT, timeout=HEALTH_TIMEOUT)
    try:
        connection.request("GET", "/health")
        healthy = connection.getresponse().status == 200
    except (OSError, http.client.HTTPException) as error:
        print(f"no health: {error!r}", file=sys.stderr)
        healthy = False
    finally:
        connection.close()
    return time.monotonic() - started if healthy else HEALTH_TIMEOUT


def is_lost(name: str) -> bool:
    """Whether a container has ended, or one of its processes was killed for its memory."""
    state = docker("inspect", "--format", "{{.State.Running}} {{.State.OOMKilled}}", name)
    return state.split() != ["true", "false"]


def peak_of(name: str) -> int:
    """The most memory that a container has taken; 0 where its cgroup does not say."""
    for file in ("memory/memory.max_usage_in_bytes", "memory.peak"):
        done = subprocess.run(
            ["docker", "exec", name, "cat", f"/sys/fs/cgroup/{file}"],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            return int(done.stdout)
    return 0


def _attack(attack: str, target: Target, found: multiprocessing.SimpleQueue[Counter[int]]) -> None:
    found.put(ATTACKS[attack](target))


def measure(name: str, attack: str, memory: str, largest: int, seconds: float = SECONDS) -> Result:
    """Attack a running container from another process, and ask for health meanwhile."""
    target = Target(address_of(name), PORT, seconds, largest)
    context = multiprocessing.get_context("spawn")
    found: multiprocessing.SimpleQueue[Counter[int]] = context.SimpleQueue()
    attacker = context.Process(target=_attack, args=(attack, target, found))
    attacker.start()
    health = []
    statuses: Counter[int] = Counter()
    collected = threading.Thread(target=lambda: statuses.update(found.get()), daemon=True)
    collected.start()
    while attacker.is_alive():
        health.append(health_seconds(target.host))
        time.sleep(PROBE_SECONDS)
    attacker.join()
    collected.join(1)
    health.append(health_seconds(target.host))
    lost = is_lost(name)
    return Result(attack, memory, lost, health, statuses, 0 if lost else peak_of(name))


def sizes(language: str) -> Sequence[str]:
    """Limits of the containers for a language: the least that it needs, 64m, and the default."""
    least = LANGUAGES[language].least_megabytes
    wanted = (f"{least}m", "64m", "256m")
    return [memory for memory in wanted if int(memory.removesuffix("m")) >= least]


def run(
    language: str,
    seconds: float = SECONDS,
    attacks: Sequence[str] = tuple(ATTACKS),
) -> list[Result]:
    """Every attack on a new container of every size that a plugin in this language may have."""
    image = build(language)
    results = []
    for memory in sizes(language):
        for attack in attacks:
            largest = MEMORY[memory] if attack.startswith("sixteen") else LARGEST_BODY
            unread = unread_output if attack == UNREAD_OUTPUT else nullcontext
            with container(memory, image) as name, unread(name):
                results.append(measure(name, attack, memory, largest, seconds))
            print(_line(results[-1]), file=sys.stderr, flush=True)
    return results


def _line(result: Result) -> str:
    statuses = ", ".join(
        f"{n} x {status or 'none'}" for status, n in sorted(result.statuses.items())
    )
    peak = f"{result.peak / MIB:.0f}" if result.peak else ""
    return (
        f"| {result.attack} | {result.memory} | {'**lost**' if result.lost else 'alive'} "
        f"| {result.p99 * 1000:.0f} | {max(result.health) * 1000:.0f} | {len(result.health)} "
        f"| {peak} | {statuses} |"
    )


def table(results: Sequence[Result]) -> str:
    """The results as Markdown."""
    lost = sum(result.lost for result in results)
    worst = max(result.p99 for result in results)
    return "\n".join(
        [
            f"{len(results)} attacks, {lost} containers lost, "
            f"worst p99 of health {worst * 1000:.0f} ms.",
            "",
            "| attack | memory | container | health p99 (ms) | worst (ms) | probes "
            "| peak (MiB) | statuses |",
            "|---|---:|---|---:|---:|---:|---:|---|",
            *map(_line, results),
            "",
        ]
    )


def publish(language: str, results: Sequence[Result], page: Path = PAGE) -> None:
    """Replace the table of a language in a page."""
    begin, end = BEGIN.format(language), END.format(language)
    before, rest = page.read_text("utf-8").split(begin)
    page.write_text(before + begin + table(results) + end + rest.split(end)[1], "utf-8")


def main(languages: Sequence[str], seconds: float) -> int:
    """Attack, publish, and return 1 if a container was lost or health took over a second."""
    is_wrong = False
    for language in languages:
        results = run(language, seconds)
        publish(language, results)
        print(table(results))
        is_wrong |= any(result.lost or result.p99 >= 1 for result in results)
    return int(is_wrong)
