"""The example fleet checked with one command, beside a loop over single checks.

python -m benchmarks.fleet_check [COUNT] [--together]: the first COUNT plugins of
examples/fleet.yaml; --together leaves the loop out.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
PLUGIN = [sys.executable, "-m", "stage7_plugin"]


def main(count: int | None, only_together: bool) -> None:
    """Print the seconds of the one command, then those of the loop, with the load average."""
    fleet = yaml.safe_load((ROOT / "examples" / "fleet.yaml").read_text("utf-8"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        batch = ["batch", str(ROOT / "examples" / "fleet.yaml"), "--output-dir", name, "--quiet"]
        subprocess.run([*PLUGIN, *batch], cwd=ROOT, check=True)
        found = sorted(path.parent for path in folder.glob("*/manifest.json"))
        assert len(found) == len(fleet["plugins"])
        plugins = list(map(str, found[:count]))
        seconds(["check", *plugins, "--rule", "build"])  # so that both find the layers in the cache
        measure("together", [plugins])
        if not only_together:
            measure("one after another", [[plugin] for plugin in plugins])


def measure(what: str, checks: list[list[str]]) -> None:
    """Run the checks and print what they took, at once: the next measurement takes minutes."""
    before = os.getloadavg()[0]
    took = sum(seconds(["check", *plugins]) for plugins in checks)
    load = f"load average {before:.1f} before and {os.getloadavg()[0]:.1f} after"
    print(f"{sum(map(len, checks))} plugins {what}: {took:.0f} s, {load}", flush=True)


def seconds(arguments: list[str]) -> float:
    """Run a command; a broken rule does not matter here."""
    start = time.monotonic()
    done = subprocess.run([*PLUGIN, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL)
    assert done.returncode in (0, 1)
    return time.monotonic() - start


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", nargs="?", type=int, metavar="COUNT")
    parser.add_argument("--together", action="store_true")
    given = parser.parse_args()
    main(given.count, given.together)
