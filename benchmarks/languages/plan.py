"""How often and how long the languages are measured."""

from __future__ import annotations

from dataclasses import replace

from benchmarks import plan

FULL = replace(plan.FULL, starts=30, image_starts=10, load_rounds=4, connections=(1, 8), cycles=12)
QUICK = replace(plan.QUICK, connections=(1, 8))
TINY = plan.TINY
PLANS = {size.name: size for size in (FULL, QUICK, TINY)}
