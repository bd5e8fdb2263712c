"""Puts the stacks up: environments, rendered plugin, compiled limits. Kept between runs."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.stack import Stack
from benchmarks.stacks import COMPETITORS, HERE, OURS, STATIC_C

TEMPLATE = HERE.parent
WORK = TEMPLATE / "build" / "benchmarks"
ANSWERS = (
    "plugin_name=Benchmark",
    "inputs=text:string - Text to give back; seconds:number=0 - How long to take",
    "outputs=result:string - The text",
    "image_namespace=stage7-benchmark",
    "git_init=no",
    "build_image=no",
)


class Unprepared(Exception):
    """Something that the benchmarks need is missing; the message says what to install."""


@dataclass(frozen=True)
class Place:
    """A stack that can be started: its folder and the folder of its programs."""

    folder: Path
    bin: Path

    def command(self, stack: Stack, port: int) -> list[str]:
        """The command line on a port."""
        return [part.format(bin=self.bin, port=port) for part in stack.command]

    def environment(self, stack: Stack, port: int) -> dict[str, str]:
        """A small environment, the same for all."""
        own = {name: value.format(port=port) for name, value in stack.environment.items()}
        return {"PATH": f"{self.bin}:/usr/bin:/bin", "HOME": "/tmp", "LANG": "C.UTF-8", **own}


def check_tools() -> None:
    """Raise Unprepared if a program is missing."""
    missing = [tool for tool in ("wrk", "gcc", "taskset") if shutil.which(tool) is None]
    if missing:
        raise Unprepared(
            f"not found: {', '.join(missing)}; on Debian: apt-get install wrk gcc libc6-dev"
        )


def prepare(stack: Stack) -> Place:
    """Put a stack up; quick when nothing has changed since."""
    if stack.name == OURS:
        folder = render()
        return Place(folder, environment(OURS, folder / "plugin_runtime" / "requirements.txt"))
    folder = copy_competitor(stack)
    if stack.name == STATIC_C:
        compile_c(folder / "server.c", folder / "server")
    return Place(folder, environment(stack.name, folder / "requirements.txt"))


def render(
    logic: Path = HERE / "ours" / "plugin_logic.py", into: Path = WORK, language: str = "python"
) -> Path:
    """This template with its defaults, and the logic that every stack has."""
    cookiecutter = [sys.executable, "-m", "cookiecutter", TEMPLATE]
    answers = [f"language={language}", *ANSWERS]
    run([*cookiecutter, "-o", into, "-f", "--no-input", *answers], into)
    folder = into / "benchmark"
    shutil.copy(logic, folder)
    return folder


def compile_c(source: Path, program: Path) -> Path:
    """Compile a static program."""
    # Put in its place as a whole, because another run may have started the one that is there.
    made = program.with_name(f"{program.name}.{os.getpid()}")
    run(["gcc", "-O2", "-static", "-o", made, source], WORK)
    return made.replace(program)


@functools.cache
def stopwatch() -> Path:
    """The program that times a start."""
    return compile_c(HERE / "native" / "stopwatch.c", WORK / "stopwatch")


def run(command: list[Any], folder: Path) -> str:
    """Run a command; return what it printed.

    Raises:
        Unprepared: it failed; with the end of its output.
    """
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        end = "\n".join(done.stdout.splitlines()[-15:])
        raise Unprepared(f"{' '.join(map(str, command))} failed:\n{end}")
    return done.stdout


def packages(place: Place) -> dict[str, str]:
    """The versions of everything that is installed for a stack."""
    listing = run(
        [place.bin / "python", "-m", "pip", "--disable-pip-version-check", "list", "--format=json"],
        WORK,
    )
    found = json.loads(listing.splitlines()[-1])
    return {p["name"]: p["version"] for p in found if p["name"] not in ("pip", "setuptools")}


def copy_competitor(stack: Stack) -> Path:
    """Copy a competitor's files to where it is started and built."""
    folder = WORK / stack.name
    folder.mkdir(parents=True, exist_ok=True)
    source = COMPETITORS / stack.name
    if source.is_dir():
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(source, folder, dirs_exist_ok=True, ignore=ignored)
    return folder


def environment(name: str, requirements: Path) -> Path:
    """A virtual environment with the pinned requirements, made anew when those have changed."""
    wanted = requirements.read_bytes() if requirements.exists() else b""
    state = hashlib.sha256(wanted + sys.version.encode()).hexdigest()
    folder = WORK / "environments" / name
    stamp = folder / "state"
    if not stamp.exists() or stamp.read_text() != state:
        shutil.rmtree(folder, ignore_errors=True)
        run([sys.executable, "-m", "venv", folder], WORK)
        if wanted:
            pip = [folder / "bin" / "python", "-m", "pip", "--disable-pip-version-check"]
            run([*pip, "install", "--quiet", "--requirement", requirements], WORK)
        stamp.write_text(state)
    return folder / "bin"


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def server_cpu() -> list[str]:
    """In front of a server's command: it has the first CPU, the load generator the second.

    A Python server with threads that shares two cores with its load generator hands its
    interpreter lock from core to core, and every stack then measures mostly that.
    """
    return ["taskset", "-c", "0"] if (os.cpu_count() or 1) > 1 else []


def load_cpu() -> list[str]:
    """In front of a load generator's command."""
    return ["taskset", "-c", "1"] if (os.cpu_count() or 1) > 1 else []
