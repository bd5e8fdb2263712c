"""`python -m benchmarks.languages`: measure the plugins of every language, side by side."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks import report
from benchmarks.languages import tables
from benchmarks.languages.plan import FULL, PLANS
from benchmarks.stacks import HERE, OURS
from benchmarks.workplace import WORK, Unprepared

NAME, TABLE = "languages.json", "languages.md"
RESULTS = HERE / "results"
PAGE = HERE / "README.md"
NAMES = [stack.name for stack in tables.STACKS]


def main(arguments: list[str] | None = None) -> int:
    """Return the exit status."""
    from benchmarks.languages.runner import SUBJECTS, WITHOUT_ENGINE, measure
    from stage7_plugin.host.engine import EngineError

    options = _parser(SUBJECTS).parse_args(arguments)
    plan = PLANS[options.plan]
    folder: Path = options.output or (RESULTS if plan is FULL else WORK / plan.name)
    file = folder / NAME
    if not options.draw:
        before = json.loads(file.read_text("utf-8")) if file.exists() and plan is FULL else None
        chosen = {*(options.stacks or NAMES)}
        if options.engine:
            chosen.add(OURS)  # each image is run as its manifest says
        stacks = [stack for stack in tables.STACKS if stack.name in chosen]
        subjects = options.subjects or (SUBJECTS if options.engine else WITHOUT_ENGINE)
        try:
            results = measure(plan, stacks, list(subjects), before)
        except (Unprepared, EngineError) as error:
            print(f"error: {error}", file=sys.stderr)
            return 1
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    table = tables.render(json.loads(file.read_text("utf-8")))
    (folder / TABLE).write_text(table, "utf-8")
    if folder == RESULTS:
        PAGE.write_text(report.put(PAGE.read_text("utf-8"), "languages", table), "utf-8")
    print(table)
    return 0


def _parser(subjects: tuple[str, ...]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.languages", description=__doc__)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--plan", choices=list(PLANS), default="full", help="how much to measure")
    size.add_argument("--quick", dest="plan", action="store_const", const="quick")
    parser.add_argument(
        "--subjects", nargs="+", choices=subjects, help="only these; the others' figures are kept"
    )
    parser.add_argument("--stacks", nargs="+", choices=NAMES, help="only these")
    parser.add_argument(
        "--no-engine", dest="engine", action="store_false", help="leave out what needs Docker"
    )
    parser.add_argument("--draw", action="store_true", help="only make the table anew")
    parser.add_argument("--output", type=Path, help="folder; default benchmarks/results")
    return parser


if __name__ == "__main__":
    sys.exit(main())
