"""wrk against a server: requests per second, latency and errors."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from dataclasses import dataclass

from benchmarks.server_process import Server
from benchmarks.stacks import HERE
from benchmarks.workplace import load_cpu


@dataclass(frozen=True)
class Load:
    """What one run of wrk saw; only answers of status 2xx or 3xx count as requests."""

    requests: int
    per_second: float
    p50_ms: float
    p99_ms: float
    errors: int


def command(connections: int, seconds: float) -> list[str]:
    """The command line without its URL; wrk knows whole seconds only."""
    script = str(HERE / "native" / "report.lua")
    duration = f"-d{max(1, round(seconds))}s"
    return [*load_cpu(), "wrk", "-t1", f"-c{connections}", duration, "--timeout=30s", "-s", script]


def load(server: Server, connections: int, seconds: float) -> Load:
    """Keep `connections` busy with executions for a while."""
    url = f"http://127.0.0.1:{server.port}{server.stack.endpoint}"
    return load_url(url, server.stack.body(), connections, seconds)


def load_url(url: str, body: bytes, connections: int, seconds: float) -> Load:
    """Keep `connections` busy with posting a body for a while."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(body)
        file.flush()
        done = subprocess.run(
            [*command(connections, seconds), url],
            env={**os.environ, "BENCHMARK_BODY": file.name},
            stdout=subprocess.PIPE,
            check=True,
            encoding="utf-8",
        )
    seen = json.loads(done.stdout.splitlines()[-1])
    answered = seen["requests"] - seen["bad_status"]
    return Load(
        answered,
        answered / seen["seconds"],
        seen["p50_ms"],
        seen["p99_ms"],
        seen["bad_status"] + seen["broken"],
    )
