"""`python -m benchmarks`: measure, write the results file, and make table and chart of it."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks import report
from benchmarks.plan import FULL, PLANS
from benchmarks.stacks import BY_NAME, HERE, STACKS
from benchmarks.workplace import WORK, Unprepared
from stage7_plugin.spec.languages import LANGUAGES

RESULTS = HERE / "results"
PAGES = (HERE / "README.md",)
"""They show the tables of the published results."""


def main(arguments: list[str] | None = None) -> int:
    """Return the exit status."""
    options = _parser().parse_args(arguments)
    if options.abuse is not None:
        from benchmarks import abuse

        return abuse.main(options.abuse or list(LANGUAGES), options.seconds)
    plan = PLANS[options.plan]
    folder: Path = options.output or (RESULTS if plan is FULL else WORK / plan.name)
    name = report.STEADY if options.steady else report.RESULTS
    if not options.draw:
        from benchmarks.runner import measure_all
        from stage7_plugin.host.engine import EngineError

        stacks = [stack for stack in STACKS if stack.name in (options.stacks or BY_NAME)]
        try:
            results = measure_all(plan, stacks, options.engine, options.steady)
        except (Unprepared, EngineError) as error:
            print(f"error: {error}", file=sys.stderr)
            return 1
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    if (folder / report.RESULTS).exists():
        report.draw(folder)
        if folder == RESULTS:
            for page in PAGES:
                report.show(folder, page)
        print((folder / "table.md").read_text("utf-8"))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--plan", choices=list(PLANS), default="full", help="how much to measure")
    size.add_argument(
        "--quick", dest="plan", action="store_const", const="quick", help="--plan quick: 2 minutes"
    )
    parser.add_argument(
        "--abuse",
        nargs="*",
        choices=list(LANGUAGES),
        help="only attacks on containers with plugins in these languages, by default in all; "
        "writes docs/explanation/resilience.md",
    )
    parser.add_argument("--seconds", type=float, default=10, help="of each attack; default 10")
    parser.add_argument("--steady", action="store_true", help="only ten minutes of steady load")
    parser.add_argument("--draw", action="store_true", help="only make table and chart anew")
    parser.add_argument(
        "--no-engine", dest="engine", action="store_false", help="leave out what needs Docker"
    )
    parser.add_argument("--stacks", nargs="+", choices=list(BY_NAME), help="only these")
    parser.add_argument("--output", type=Path, help="folder; default benchmarks/results")
    return parser


if __name__ == "__main__":
    sys.exit(main())
