"""Counters of one process, in the Prometheus text format (version 0.0.4)."""

import sys
import threading
import time
from bisect import bisect_left

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
OUTCOMES = ("success", "failed", "invalid", "busy", "timeout", "unavailable")
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)  # seconds


class Metrics:
    """Thread-safe counts of executions by outcome, their durations, secrets and lost lines."""

    def __init__(self, plugin_id: str, version: str) -> None:
        self._info = f'plugin_id="{plugin_id}",version="{version}"'
        self._lock = threading.Lock()
        self._started = time.monotonic()
        self._outcomes = dict.fromkeys(OUTCOMES, 0)
        self._buckets = [0] * (len(BUCKETS) + 1)
        self._seconds = 0.0
        self._redactions = 0
        self._dropped_lines = 0

    def count(self, outcome: str, seconds: float) -> None:
        """Count one request to the endpoint: its outcome and how long it took in seconds."""
        with self._lock:
            self._outcomes[outcome] += 1
            self._buckets[bisect_left(BUCKETS, seconds)] += 1
            self._seconds += seconds

    def count_redactions(self, number: int) -> None:
        """Count places in which a secret was replaced."""
        with self._lock:
            self._redactions += number

    def count_dropped_line(self) -> None:
        """Count a log line that standard output did not take."""
        with self._lock:
            self._dropped_lines += 1

    def render(self, gauges: dict[str, tuple[str, float]]) -> str:
        """The whole page; `gauges` are further values, as name: (help, value)."""
        with self._lock:
            outcomes, buckets = dict(self._outcomes), list(self._buckets)
            seconds, redactions = self._seconds, self._redactions
            dropped_lines = self._dropped_lines
        lines = [
            "# HELP plugin_executions_total Requests to the endpoint by outcome.",
            "# TYPE plugin_executions_total counter",
            *(f'plugin_executions_total{{outcome="{k}"}} {n}' for k, n in outcomes.items()),
            "# HELP plugin_execution_duration_seconds Time from request to answer.",
            "# TYPE plugin_execution_duration_seconds histogram",
        ]
        total = 0
        for bound, number in zip((*BUCKETS, "+Inf"), buckets, strict=True):
            total += number
            lines.append(f'plugin_execution_duration_seconds_bucket{{le="{bound}"}} {total}')
        lines += [
            f"plugin_execution_duration_seconds_sum {seconds:.6f}",
            f"plugin_execution_duration_seconds_count {total}",
            "# HELP plugin_redactions_total Places in which a secret was replaced.",
            "# TYPE plugin_redactions_total counter",
            f"plugin_redactions_total {redactions}",
            "# HELP plugin_log_lines_dropped_total Log lines dropped because nothing read stdout.",
            "# TYPE plugin_log_lines_dropped_total counter",
            f"plugin_log_lines_dropped_total {dropped_lines}",
        ]
        uptime = ("Seconds since the start.", time.monotonic() - self._started)
        for name, (text, value) in {**gauges, "plugin_uptime_seconds": uptime}.items():
            lines += [f"# HELP {name} {text}", f"# TYPE {name} gauge", f"{name} {value:.12g}"]
        python = f'python_version="{sys.version.split()[0]}"'
        lines += [
            "# HELP plugin_build_info The plugin and its runtime.",
            "# TYPE plugin_build_info gauge",
            f"plugin_build_info{{{self._info},{python}}} 1",
        ]
        return "\n".join(lines) + "\n"
