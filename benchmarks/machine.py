"""What it was measured on."""

from __future__ import annotations

import contextlib
import os
import platform
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.images import docker
from benchmarks.stack import PYTHON_BASE

if TYPE_CHECKING:
    from docker import APIClient

_BYTE_CODE = (
    "import os, pathlib; print(sum(1 for _ in pathlib.Path(os.__file__).parent.rglob('*.pyc')))"
)


def describe(client: APIClient | None) -> dict[str, Any]:
    """Processor, memory, system, tools; with an engine, that and the base image too."""
    facts: dict[str, Any] = {
        "processor": _first(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text()),
        "cpus": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9, 1),
        "kernel": platform.release(),
        "system": _first(r'PRETTY_NAME="(.*)"', Path("/etc/os-release").read_text()),
        "python": platform.python_version(),
        "wrk": _first(r"wrk (\S+)", _output("wrk", "-v")),
        "gcc": _output("gcc", "-dumpfullversion").strip(),
    }
    if client is not None:
        facts["engine"] = client.version()["Version"]
        facts["base_image"] = _base_image(client)
    return facts


def raise_priority() -> int:
    """Go before other work on the machine, where that is permitted; return the niceness.

    It holds for everything that is started from here, not for containers.
    """
    with contextlib.suppress(OSError):
        os.nice(-10)
        # Where Linux groups processes by session, that only counts within the session.
        Path("/proc/self/autogroup").write_text("-10", "utf-8")
    return os.nice(0)


def load_average() -> float:
    """The average number of runnable processes in the last minute."""
    return round(os.getloadavg()[0], 2)


def _base_image(client: APIClient) -> dict[str, Any]:
    python = docker("run", "--rm", PYTHON_BASE, "/usr/local/bin/python", "-VV").strip()
    byte_code = docker("run", "--rm", PYTHON_BASE, "/usr/local/bin/python", "-B", "-c", _BYTE_CODE)
    image: dict[str, Any] = client.inspect_image(PYTHON_BASE)  # type: ignore[no-untyped-call]
    return {
        "name": PYTHON_BASE,
        "pulled": bool(image["RepoDigests"]),
        "python": python,
        "byte_code_files": int(byte_code),
        "size_mb": round(image["Size"] / 1e6, 1),
    }


def _first(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    return match[1].strip() if match else "unknown"


def _output(*command: str) -> str:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.stdout.decode("utf-8", "replace")
