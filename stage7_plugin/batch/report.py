"""The end of a run: problems of the file, the summary, and the report for CI."""

from __future__ import annotations

import json
import shlex
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from stage7_plugin.batch.entries import Located
from stage7_plugin.batch.outcome import Outcome
from stage7_plugin.batch.outputs.member import Member
from stage7_plugin.generate.git import path_from_shell
from stage7_plugin.spec.languages import LANGUAGES
from stage7_plugin.spec.problems import printable, shown

_MOST_ADVICE = 20
_MOST_SLUGS = 10


def format_located(sources: Sequence[str], located: Sequence[Located]) -> str:
    """One message with every problem: file, line, plugin, key, value, rule and example."""
    name = _named(sources)
    where = dict.fromkeys(found.file or name for found in located)
    count = "1 problem" if len(located) == 1 else f"{len(located)} problems"
    lines = [f"{count} in {_named(where)}; nothing was written."]
    for found in located:
        problem = found.problem
        parts = [
            f"{found.file or name}:{found.line}",
            found.plugin,
            problem.prompt,
            shown(problem.value),
        ]
        lines += [
            "",
            "  " + ": ".join(printable(part) for part in parts if part),
            f"    rule:    {printable(problem.rule)}",
            f"    example: {problem.example}",
        ]
    return "\n".join(lines)


def _named(files: Iterable[str]) -> str:
    return ", ".join("standard input" if file == "-" else file for file in files)


def print_summary(outcomes: Sequence[Outcome], what: str, seconds: float, quiet: bool) -> None:
    """One line of counts, and the list of what failed and why."""
    counts = Counter(outcome.status for outcome in outcomes)
    listed = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
    failed = [outcome for outcome in outcomes if outcome.failed]
    if not quiet:
        rate = len(outcomes) / max(seconds, 1e-6)
        print(f"{what}: {listed or 'nothing to do'} in {seconds:.1f} s ({rate:.3g}/s)")
        for message, slugs in _remarks(outcomes).items():
            print(printable(f"  {', '.join(slugs)}: {message}"))
    if failed:
        print(f"\n{len(failed)} failed:", file=sys.stderr)
        for outcome in failed:
            place = f"{outcome.source}:" if outcome.source else "line "
            text = f"  {place}{outcome.line}: {outcome.slug}: {outcome.message}"
            print(printable(text), file=sys.stderr)


def print_unlocked(members: Iterable[Member]) -> None:
    """Which plugins' requirements are not locked as their folders are now, all in one line."""
    slugs = [member.slug for member in members if not member.facts["locked"]]
    if slugs:
        text = "its requirements are not locked yet: run `make lock` in its folder"
        print(printable(f"  {', '.join(slugs)}: {text}"))


def print_advice(members: Iterable[Member]) -> None:
    """What the host accepts in manifests but their authors should look at: once, with all slugs."""
    found: dict[str, list[str]] = {}
    for member in members:
        for text in member.facts["advice"]:
            found.setdefault(text, []).append(member.slug)
    for text, slugs in list(found.items())[:_MOST_ADVICE]:
        more = len(slugs) - _MOST_SLUGS
        named = ", ".join(slugs[:_MOST_SLUGS]) + (f" and {more} more" if more > 0 else "")
        print(printable(f"  warning: manifest.json of {named}: {text}"))
    if len(found) > _MOST_ADVICE:
        print(f"  ... {len(found) - _MOST_ADVICE} more warnings: stage7-plugin list --where advice")


def print_next_steps(folder: Path, members: Sequence[Member], built: bool, new: bool) -> None:
    """Where the plugins are, and what to do with new ones.

    Args:
        folder: The output folder.
        members: The plugins in it, at least one.
        built: Whether their images have been built.
        new: Whether this run made any of them.
    """
    where = path_from_shell(folder)
    print(f"\nThe plugins are in {printable(where)}; its index.md lists them.")
    if not new:
        return
    run = "docker compose up --detach" + ("" if built else " --build")
    stubs = [member.slug for member in members if member.facts["stub"]]
    if len(stubs) == len(members):
        languages = {str(member.facts["language"]) for member in members}
        files = [one.logic for name, one in LANGUAGES.items() if name in languages]
        choice = " or ".join(", ".join(files).rsplit(", ", 1)) or "own file"
        write = [f"Write the code of each in its {choice}."]
    else:
        ask = f"stage7-plugin list {shlex.quote(where)} --where stub"
        write = [f"Write the code of those that are still stubs: {ask}"] if stubs else []
    steps = (
        *write,
        f"make --directory {shlex.quote(f'{where}/{members[0].slug}')} test",
        f"cd {shlex.quote(where)} && {run}",
    )
    print("Next steps:")
    for number, step in enumerate(steps, 1):
        print(f"  {number}. {printable(step)}")


def write_report(
    path: Path,
    sources: Sequence[str],
    located: Sequence[Located],
    steps: dict[str, list[Outcome]],
    succeeded: bool,
) -> None:
    """Write what happened as JSON. Raises OSError.

    Args:
        path: Where to.
        sources: The batch files.
        located: Their problems; if there are any, nothing else happened.
        steps: Outcomes by step.
        succeeded: Whether the exit status is 0.
    """
    report: dict[str, Any] = {
        "files": list(sources),
        "succeeded": succeeded,
        "problems": [_problem(found) for found in located],
    }
    for step, outcomes in steps.items():
        report[step] = {
            "counts": dict(sorted(Counter(outcome.status for outcome in outcomes).items())),
            "plugins": [
                _outcome(outcome)
                for outcome in sorted(outcomes, key=lambda o: (o.source, o.line, o.slug))
            ],
        }
    path.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _remarks(outcomes: Iterable[Outcome]) -> dict[str, list[str]]:
    """The plugins with a remark, by remark."""
    found: dict[str, list[str]] = {}
    for outcome in sorted(outcomes, key=lambda outcome: outcome.line):
        if outcome.message and not outcome.failed:
            found.setdefault(outcome.message, []).append(outcome.slug)
    return found


def _problem(found: Located) -> dict[str, Any]:
    problem = found.problem
    return {
        "line": found.line,
        **({"file": found.file} if found.file else {}),
        "plugin": found.plugin,
        "key": problem.prompt,
        "value": shown(problem.value),
        "rule": problem.rule,
        "example": problem.example,
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "plugin": outcome.slug,
        **({"file": outcome.source} if outcome.source else {}),
        "line": outcome.line,
        "status": outcome.status,
        "message": outcome.message,
        "seconds": round(outcome.seconds, 4),
    }
