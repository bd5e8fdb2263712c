"""`stage7-plugin install`: one plugin or a fleet, with progress, a table and an exit status."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from stage7_plugin.host.view import plugin_folders
from stage7_plugin.install import tokens
from stage7_plugin.install.host_api import HostApi, HostUnusable
from stage7_plugin.install.plugin import Options, Outcome, install
from stage7_plugin.install.refused import Refused
from stage7_plugin.install.repository import checked_address
from stage7_plugin.spec.problems import printable

DEFAULT_URL = "http://localhost:5060"


def run_install(folders: Sequence[Path], options: Options) -> int:
    """Install the plugins in these folders; return the exit status.

    0 if all of them are as they should be, 1 if one was refused or failed, 2 if nothing could be
    done.
    """
    try:
        plugins = find_plugins(folders)
        if options.git_url:
            checked_address(options.git_url)
        host = HostApi(options.url, tokens.find_token(options.url, os.environ))
        known = host.plugins()
    except Refused as reason:
        _complain(f"Nothing was installed: {reason}.", reason.command, reason.details)
        return 2
    outcomes: list[Outcome] = []
    for number, folder in enumerate(plugins, 1):
        try:
            outcome = install(folder, host, known, options)
        except HostUnusable as reason:
            left = len(plugins) - number + 1
            _complain(f"Stopped, {left} not installed: {reason}.", reason.command, reason.details)
            outcomes.append(Outcome(folder.name, status="failed"))
            break
        outcomes.append(outcome)
        _show(outcome, f"[{number}/{len(plugins)}] " if len(plugins) > 1 else "")
    if len(outcomes) > 1:
        print(table(outcomes))
    return 1 if any(outcome.failed for outcome in outcomes) else 0


def run_login(url: str, security_url: str) -> int:
    """Log in with the credentials in the environment; return the exit status."""
    try:
        expires = tokens.login(url, security_url, os.environ)
    except Refused as reason:
        _complain(f"Not logged in: {reason}.", reason.command, reason.details)
        return 2
    until = time.strftime("%H:%M", time.localtime(expires))
    print(f"Logged in to {url} until {until}; the token is in {tokens.token_file()}.")
    return 0


def find_plugins(folders: Iterable[Path]) -> list[Path]:
    """Return the folders with a manifest: those named, and those directly inside a fleet's.

    Raises:
        Refused: One of them has no plugin.
    """
    found: list[Path] = []
    for folder in folders:
        inside = [path.resolve() for path in plugin_folders(folder)]
        if not inside:
            raise Refused(f"there is no manifest.json in {folder}, nor in a folder inside it")
        found += inside
    return list(dict.fromkeys(found))


def table(outcomes: Sequence[Outcome]) -> str:
    """Return what became of each plugin, and the counts."""
    rows = [("Plugin", "Version", "Status", "Seconds")]
    rows += [(o.name, o.version, o.status, f"{o.seconds:.1f}") for o in outcomes]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False))
        + f"  {row[3]:>7}"
        for row in rows
    ]
    counts = Counter(outcome.status for outcome in outcomes)
    total = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
    return "\n".join(["", *map(printable, lines), "", total])


def _show(outcome: Outcome, prefix: str) -> None:
    name = printable(f"{outcome.name} {outcome.version}".rstrip())
    if outcome.failed:
        word = "not installed" if outcome.status == "refused" else "failed"
        reason, *details = outcome.lines
        _complain(f"{prefix}{name}: {word}: {reason}.", outcome.command, "\n".join(details))
        return
    first = f": {outcome.lines[0]}" if outcome.lines else ""
    print(f"{prefix}{name}: {outcome.status}{first}", flush=True)
    for line in outcome.lines[1:]:
        print(f"  {line}", flush=True)


def _complain(sentence: str, command: str, details: str) -> None:
    lines = [printable(sentence.replace("\n", " ")), *map(_indented, details.splitlines())]
    if command:
        lines.append(f"  Try: {command}")
    print("\n".join(lines), file=sys.stderr, flush=True)


def _indented(line: str) -> str:
    return f"  {printable(line)}"
