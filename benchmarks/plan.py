"""How often and how long everything is measured; the only place with such numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """One size of a run. Rounds are interleaved: every stack has its turn in each of them."""

    name: str
    starts: int
    """Process starts, each to its first healthy answer."""
    image_starts: int
    """The same in new containers."""
    load_rounds: int
    load_seconds: float
    connections: tuple[int, ...]
    health_rounds: int
    cycles: int
    """Host cycles of each stack."""
    first_probes: int
    """Starts for the share of first health probes that are answered."""
    at_once: tuple[int, ...]
    at_once_rounds: int
    executions: int
    """Executions over which memory must stay flat."""
    large_requests: int
    generations: int


FULL = Plan(
    name="full",
    starts=15,
    image_starts=6,
    load_rounds=3,
    load_seconds=2,
    connections=(1, 8, 64),
    health_rounds=2,
    cycles=5,
    first_probes=100,
    at_once=(1, 2, 4, 8),
    at_once_rounds=2,
    executions=100_000,
    large_requests=30,
    generations=10,
)
QUICK = Plan(
    name="quick",
    starts=3,
    image_starts=1,
    load_rounds=1,
    load_seconds=1,
    connections=(1, 8, 64),
    health_rounds=1,
    cycles=1,
    first_probes=5,
    at_once=(1, 4),
    at_once_rounds=1,
    executions=10_000,
    large_requests=5,
    generations=2,
)
TINY = Plan(
    name="tiny",
    starts=1,
    image_starts=0,
    load_rounds=1,
    load_seconds=0.2,
    connections=(1,),
    health_rounds=1,
    cycles=0,
    first_probes=0,
    at_once=(),
    at_once_rounds=0,
    executions=200,
    large_requests=1,
    generations=1,
)
PLANS = {plan.name: plan for plan in (FULL, QUICK, TINY)}
STEADY_SECONDS = 600
