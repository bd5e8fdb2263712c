"""The example fleet checked with one command, beside a loop over single checks.

python -m benchmarks.fleet_check [COUNT]: the first COUNT plugins of examples/fleet.yaml.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
PLUGIN = [sys.executable, "-m", "stage7_plugin"]


def main(count: int | None) -> None:
    """Print the seconds of both."""
    fleet = yaml.safe_load((ROOT / "examples" / "fleet.yaml").read_text("utf-8"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        batch = ["batch", str(ROOT / "examples" / "fleet.yaml"), "--output-dir", name, "--quiet"]
        subprocess.run([*PLUGIN, *batch], cwd=ROOT, check=True)
        found = sorted(path.parent for path in folder.glob("*/manifest.json"))
        assert len(found) == len(fleet["plugins"])
        plugins = list(map(str, found[:count]))
        seconds(["check", *plugins, "--rule", "build"])  # so that both find the layers in the cache
        loop = sum(seconds(["check", plugin]) for plugin in plugins)
        together = seconds(["check", *plugins])
    print(f"{len(plugins)} plugins, one after another: {loop:.0f} s; together: {together:.0f} s")


def seconds(arguments: list[str]) -> float:
    """Run a command; a broken rule does not matter here."""
    start = time.monotonic()
    done = subprocess.run([*PLUGIN, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL)
    assert done.returncode in (0, 1)
    return time.monotonic() - start


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else None)
