"""The batch command beside a shell loop over cookiecutter: `python -m benchmarks.batch --help`.

Time per plugin of both, on the wall clock and of the processors, interleaved; then the batch
command at several sizes with its memory, all processes together, over the run; then the largest
fleet again with nothing changed, and with a change of the template while a tenth of the plugins has
been edited. Needs Linux's /proc.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parent.parent
_TENTHS = 10
_Found = TypeVar("_Found", "Measured", "list[Measured]")
_SAMPLE_SECONDS = 0.1


@dataclass(frozen=True)
class Measured:
    """One run.

    Attributes:
        what: Which command.
        plugins: How many it made.
        seconds: On the wall clock.
        processor: Seconds of all processors together.
        memory: Resident MB of all its processes, the median of each tenth of the run.
    """

    what: str
    plugins: int
    seconds: float
    processor: float
    memory: tuple[float, ...] = ()

    @property
    def each(self) -> float:
        """Milliseconds per plugin."""
        return 1000 * self.seconds / self.plugins


def fleet_file(folder: Path, count: int) -> Path:
    """A batch file in YAML, as a person would write it."""
    path = folder / "fleet.yaml"
    with path.open("w", encoding="utf-8") as file:
        file.write("defaults:\n  author: Ada Lovelace\nplugins:\n")
        for number in range(count):
            file.write(
                f"  - plugin_name: Plugin {number}\n"
                f"    description: Finds what number {number} has to say about a text\n"
                "    inputs:\n"
                "      - {name: text, type: string, description: Text to examine}\n"
                f"      - {{name: limit, type: number, default: {number}, description: At most}}\n"
                "    outputs: 'found:array - What was found; count:number - How many'\n"
                "    permissions: [net.fetch]\n"
            )
    return path


def shell_loop(folder: Path, count: int) -> Measured:
    """`cookiecutter --no-input` once for each plugin."""
    script = (
        f'for n in $(seq {count}); do "$0" -m cookiecutter --no-input "$1" --output-dir "$2" '
        'plugin_name="Plugin $n" author="Ada Lovelace" git_init=no >/dev/null || exit 1; done'
    )
    command = ["bash", "-c", script, sys.executable, str(ROOT), str(folder / "out")]
    return _measure("cookiecutter in a shell loop", command, folder, count)


def batch(folder: Path, count: int) -> Measured:
    """The batch command."""
    return _batch("batch", folder, fleet_file(folder, count), count)


def second_day(folder: Path, count: int) -> list[Measured]:
    """The same fleet again: nothing changed, then a change of the template and authors' edits."""
    file = fleet_file(folder, count)
    _batch("batch", folder, file, count)
    unchanged = _batch("batch --update, nothing changed", folder, file, count, "--update")
    for project in itertools.islice((folder / "out").glob("*/manifest.json"), count // _TENTHS):
        compose = project.with_name("compose.yaml")
        compose.write_text(compose.read_text() + "# by its author\n")
    root = _changed_template(folder)
    what = f"batch --update, template changed, {count // _TENTHS} edited"
    return [unchanged, _batch(what, folder, file, count, "--update", root=root)]


def _changed_template(folder: Path) -> Path:
    """A copy of the template in which one line of every plugin's compose.yaml is new."""
    root = folder / "template"
    root.mkdir()
    project = "{{cookiecutter.plugin_slug}}"
    for name in ("stage7_plugin", "templates", "languages", "hooks", project):
        shutil.copytree(ROOT / name, root / name)
    for name in ("cookiecutter.json", "template_extension.py"):
        shutil.copy2(ROOT / name, root / name)
    changed = root / project / "compose.yaml"
    changed.write_text("# another version\n" + changed.read_text())
    return root


def _batch(
    what: str, folder: Path, file: Path, count: int, *options: str, root: Path = ROOT
) -> Measured:
    command = [sys.executable, "-m", "stage7_plugin", "batch", str(file), "--quiet", *options]
    return _measure(what, [*command, "--output-dir", str(folder / "out")], folder, count, root)


def _measure(
    what: str, command: Sequence[str], folder: Path, count: int, root: Path = ROOT
) -> Measured:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    environment = {**os.environ, "PYTHONPATH": str(root), "HOME": str(folder)}
    samples = []
    with subprocess.Popen(command, cwd=folder, env=environment) as process:
        while process.poll() is None:
            samples.append(_resident(process.pid))
            time.sleep(_SAMPLE_SECONDS)
    seconds = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    made = len(list((folder / "out").glob("*/manifest.json")))
    if process.returncode or made != count:
        raise SystemExit(f"{what}: exit status {process.returncode}, {made} of {count} plugins")
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(what, count, seconds, processor, _tenths(samples))


def _resident(pid: int) -> float:
    """Resident MB of a process and all that it has started; memory that they share counts twice."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError, ValueError):  # it has just ended
        return 0.0
    own = pages * resource.getpagesize() / 1e6
    return own + sum(_resident(int(child)) for child in children)


def _tenths(samples: Sequence[float]) -> tuple[float, ...]:
    if len(samples) < _TENTHS:
        return ()
    edges = [len(samples) * tenth // _TENTHS for tenth in range(_TENTHS + 1)]
    return tuple(
        round(statistics.median(samples[first:last]), 1)
        for first, last in itertools.pairwise(edges)
    )


def table(measured: Sequence[Measured]) -> str:
    """The results in Markdown."""
    lines = [
        "| Command | Plugins | ms each | processor ms each | memory MB, by tenths of the run |",
        "|---|---|---|---|---|",
    ]
    for one in measured:
        memory = (
            " ".join(f"{value:.0f}" for value in one.memory) if one.what.startswith("batch") else ""
        )
        processor = 1000 * one.processor / one.plugins
        lines.append(
            f"| {one.what} | {one.plugins} | {one.each:.1f} | {processor:.1f} | {memory} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1000, 5000])
    parser.add_argument("--loop", type=int, default=10, help="plugins of the shell loop")
    parser.add_argument("--rounds", type=int, default=3, help="of the comparison at one size")
    parser.add_argument("--json", type=Path, help="write the results here too")
    options = parser.parse_args()
    measured: list[Measured] = []

    def run(measure: Callable[[Path, int], _Found], count: int) -> _Found:
        folder = Path(tempfile.mkdtemp(prefix="batch-benchmark-"))
        try:
            found = measure(folder, count)
        finally:
            shutil.rmtree(folder)
        for one in found if isinstance(found, list) else [found]:
            print(f"{one.what}: {one.plugins} in {one.seconds:.1f} s", file=sys.stderr)
        return found

    loops, batches = [], []
    for _ in range(options.rounds):
        loops.append(run(shell_loop, options.loop))
        batches.append(run(batch, options.sizes[0]))
    measured.append(min(loops, key=lambda one: one.each))
    measured.append(min(batches, key=lambda one: one.each))
    measured += [run(batch, size) for size in options.sizes[1:]]
    measured += run(second_day, options.sizes[-1])
    print(table(measured))
    slowest = max(one.each for one in measured if one.what == "batch")
    print(f"\nAt least {measured[0].each / slowest:.0f} times faster per plugin.")
    if options.json:
        options.json.write_text(json.dumps([asdict(one) for one in measured], indent=1) + "\n")


if __name__ == "__main__":
    main()
