"""Seconds from saving a file to the first answer of the new code.

Usage:
    python -m benchmarks.save_to_answer             15 saves each; writes the results file
    python -m benchmarks.save_to_answer --rounds 8
    python -m benchmarks.save_to_answer --quick     3 saves each; only prints
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from benchmarks.stacks import BY_NAME, FUNCTIONS_FRAMEWORK, HERE
from benchmarks.workplace import WORK, prepare, render
from stage7_plugin.contract.targets.process import free_port

ROUNDS, QUICK_ROUNDS = 15, 3
_LONGEST = 10.0
"""Seconds for one answer."""
RESULTS = HERE / "results" / "save_to_answer.json"

OURS = """def execute_plugin(inputs, context):
    return {"success": True, "outputs": {"result": "WORD"}}
"""
FUNCTION = """import functions_framework


@functions_framework.http
def main(request):
    return {"success": True, "outputs": {"result": "WORD"}}
"""
ASGI = """async def app(scope, receive, send):
    if scope["type"] == "http":
        await receive()
        head = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": b'{"result": "WORD"}'})
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure all three and print the results; return 1 if one of them overlooked a save."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="saves of each")
    parser.add_argument("--quick", action="store_true", help="3 saves each; write no results file")
    options = parser.parse_args(arguments)
    rounds = QUICK_ROUNDS if options.quick else options.rounds
    WORK.mkdir(parents=True, exist_ok=True)
    print("| | Median | Fastest | Slowest |\n|---|---|---|---|")
    found: dict[str, dict[str, float]] = {}
    for name, measure in (
        ("stage7-plugin dev", _ours),
        ("functions-framework --debug", _functions_framework),
        ("uvicorn --reload", _uvicorn),
    ):
        try:
            seconds = measure(rounds)
        except TimeoutError as error:  # its reloader overlooked a save
            print(f"| `{name}` | {error} | | |")
            found[name] = {"not_seen_within_ms": _LONGEST * 1000}
            continue
        found[name] = {
            "median_ms": round(statistics.median(seconds) * 1000),
            "fastest_ms": round(min(seconds) * 1000),
            "slowest_ms": round(max(seconds) * 1000),
        }
        print(f"| `{name}` | {' | '.join(f'{figure} ms' for figure in found[name].values())} |")
    if not options.quick:
        results = {"rounds": rounds, "results": found}
        RESULTS.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    return int(any("not_seen_within_ms" in figures for figures in found.values()))


def _ours(rounds: int) -> list[float]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "plugin"
        shutil.copytree(render(), folder, ignore=shutil.ignore_patterns(".venv", "__pycache__"))
        file = folder / "plugin_logic.py"
        port = free_port()
        command = [sys.executable, "-m", "stage7_plugin", "dev", str(folder), "--port", str(port)]
        with _running(command, HERE.parent):
            return _rounds(rounds, file, OURS, port, "/api/execute")


def _functions_framework(rounds: int) -> list[float]:
    place = prepare(BY_NAME[FUNCTIONS_FRAMEWORK])
    with tempfile.TemporaryDirectory() as name:
        port, file = free_port(), Path(name) / "main.py"
        file.write_text(FUNCTION, "utf-8")
        program = str(place.bin / "functions-framework")
        command = [program, "--target", "main", "--debug", "--host", "127.0.0.1"]
        with _running([*command, "--port", str(port)], Path(name)):
            return _rounds(rounds, file, FUNCTION, port, "/execute")


def _uvicorn(rounds: int) -> list[float]:
    with tempfile.TemporaryDirectory() as name:
        port, file = free_port(), Path(name) / "app.py"
        file.write_text(ASGI, "utf-8")
        command = [sys.executable, "-m", "uvicorn", "app:app", "--reload", "--port", str(port)]
        with _running(command, Path(name)):
            return _rounds(rounds, file, ASGI, port, "/execute")


@contextmanager
def _running(command: Sequence[str], folder: Path) -> Iterator[None]:
    # No byte code: two saves in one second can look the same to it, and the old code would stay.
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _rounds(rounds: int, file: Path, source: str, port: int, path: str) -> list[float]:
    took = []
    for number in range(rounds + 1):  # the first one is the start
        word = f"word-{number:04}"
        start = time.monotonic()
        # In place, as most editors save: a file that is renamed to the old name may be overlooked.
        file.write_text(source.replace("WORD", word), "utf-8")
        while word not in _answer(port, path):
            if time.monotonic() - start > _LONGEST:
                raise TimeoutError(f"{path} of port {port} never answered {word}")
            time.sleep(0.002)
        took.append(time.monotonic() - start)
        time.sleep(0.3 if number else 3)  # a reloader first has to know the files
    return took[1:]


def _answer(port: int, path: str) -> str:
    body: dict[str, Any] = {"inputs": {"text": "hello"}, "context": {}}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_LONGEST)
    try:
        headers = {"Content-Type": "application/json"}
        connection.request("POST", path, json.dumps(body), headers)
        return re.sub(r"\s+", " ", connection.getresponse().read().decode())
    except (OSError, http.client.HTTPException):
        return ""
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
