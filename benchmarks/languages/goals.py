"""The goals of the plugins in other languages."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.goals import Figures, Goal, answered_share, growth
from benchmarks.languages.stacks import (
    BARE_NODE,
    BARE_NODE_WORKER,
    EXPRESS,
    GO,
    LIMIT_MB,
    MEMORY,
    TYPESCRIPT,
)
from benchmarks.stacks import OURS, STATIC_C

ENDURANCE = f"100000 executions in {MEMORY}, memory"


def _by(subject: str, case: str, stack: str, other: str) -> Callable[[Figures], float]:
    """The median of a stack by that of another one."""
    return lambda f: f.median(subject, case, stack) / f.median(subject, case, other)


def _of_limit(stack: str) -> Callable[[Figures], float]:
    return lambda f: 100 * f.get("endurance", ENDURANCE, stack)["samples"][-1] / LIMIT_MB


GOALS = (
    Goal("TypeScript: start to healthy, of `node:http`'s", 2.5,
         _by("start", "process", TYPESCRIPT, BARE_NODE)),
    Goal("TypeScript: start to healthy, of express's", 0.7,
         _by("start", "process", TYPESCRIPT, EXPRESS)),
    Goal("TypeScript: first health probe answered", 95,
         lambda f: answered_share(f, TYPESCRIPT), "of 100 starts", at_least=True),
    Goal("TypeScript: host cycle, of the Python plugin's", 1.1,
         _by("host cycle", "whole", TYPESCRIPT, OURS)),
    Goal("TypeScript: memory after start, of `node:http`'s with one worker", 1.2,
         _by("memory", "after start", TYPESCRIPT, BARE_NODE_WORKER)),
    Goal(f"TypeScript: memory over 100,000 executions in {MEMORY}, end by beginning", 1.02,
         lambda f: growth(f, ENDURANCE, TYPESCRIPT)),
    Goal(f"TypeScript: memory after 100,000 executions, of {MEMORY}", 50,
         _of_limit(TYPESCRIPT), "%"),
    Goal("TypeScript: image above its base", 1,
         lambda f: f.median("image", "size above its base", TYPESCRIPT), "MB"),
    Goal("TypeScript: executions at 8 connections, of the Python plugin's", 0.7,
         _by("throughput", "8 connections", TYPESCRIPT, OURS), at_least=True),
    Goal("TypeScript: executions at 8 connections, of express's", 1,
         _by("throughput", "8 connections", TYPESCRIPT, EXPRESS), at_least=True),
    Goal("TypeScript: p99 of health with every slot computing", 50,
         lambda f: f.median("spinning health", "p99", TYPESCRIPT), "ms"),
    Goal("Go: start to healthy, of a static C server's", 2.5,
         _by("start", "process", GO, STATIC_C)),
    Goal("Go: first health probe answered", 95,
         lambda f: answered_share(f, GO), "of 100 starts", at_least=True),
    Goal("Go: host cycle, of a static C server's", 1.05,
         _by("host cycle", "whole", GO, STATIC_C)),
    Goal("Go: memory after start", 10, lambda f: f.median("memory", "after start", GO), "MB"),
    Goal(f"Go: memory over 100,000 executions in {MEMORY}, end by beginning", 1.02,
         lambda f: growth(f, ENDURANCE, GO)),
    Goal(f"Go: memory after 100,000 executions, of {MEMORY}", 25, _of_limit(GO), "%"),
    Goal("Go: image with its base", 8,
         lambda f: f.median("image", "size above its base", GO), "MB"),
    Goal("Go: executions at 8 connections, of the Python plugin's", 1.5,
         _by("throughput", "8 connections", GO, OURS), at_least=True),
    Goal("Go: p99 of health with every slot computing", 60,
         lambda f: f.median("spinning health", "p99", GO), "ms"),
)  # fmt: skip
