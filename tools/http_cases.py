"""The page about what every server of a plugin answers, made from the table that tests them all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

TABLE = Path(__file__).resolve().parents[1] / "tests" / "cases" / "http.json"
MOST = 160  # characters of a cell; the table itself has the rest

HEAD = """\
# HTTP by example

The server of a plugin exists once in each language. One table of cases, `tests/cases/http.json`,
is tried with all of them, so they cannot drift apart; this page is made from it.
Plugin API and settings in [Python](plugin-runtime.md), [TypeScript](plugin-runtime-typescript.md)
and [Go](plugin-runtime-go.md) says in words what they promise.

The plugin declares these inputs and outputs, and does what its input `do` says:

"""
COLUMNS = "| Case | Request | Status | Answer | Log line |\n|---|---|---|---|---|\n"


def page() -> str:
    """Return the page."""
    table = json.loads(TABLE.read_text("utf-8"))
    manifest = table["manifest"]
    declared = [*manifest["inputDefinitions"], *manifest["outputDefinitions"]]
    definitions = "".join(f"- {_code(_json(one))}\n" for one in declared)
    return f"{HEAD}{definitions}\n{COLUMNS}{''.join(map(_row, table['cases']))}"


def _row(case: dict[str, Any]) -> str:
    sent = case["send"]
    body = sent.get("text", _json(sent["json"]) if "json" in sent else "")
    headers = [f"{name}: {value}" for name, value in sent.get("headers", {}).items()]
    request = [f"{sent.get('method', 'POST')} {sent.get('path', '/execute')}", *headers, body]
    if "bytes" in sent:
        request = sent["bytes"].splitlines()
    answer = [f"{name}: {value}" for name, value in case.get("headers", {}).items()]
    answer += [_json(case[key]) for key in ("body", "error") if key in case]
    answer += [case["text"]] if "text" in case else []
    log = [_json(case["log"])] if "log" in case else []
    cells = [case["name"], _cell(request), _statuses(case), _cell(answer), _cell(log)]
    return f"| {' | '.join(cells)} |\n"


def _statuses(case: dict[str, Any]) -> str:
    return ", ".join(map(str, case.get("statuses") or [case.get("status", "none")]))


def _cell(lines: list[str]) -> str:
    return "<br>".join(_code(line) for line in lines if line)


def _code(text: str) -> str:
    """Return a text as code, in one line and cut; it must not end the cell."""
    shown = " ".join(text.split()).replace("\ufeff", "\\ufeff")
    shown = shown if len(shown) <= MOST else f"{shown[:MOST]}…"
    fence = "``" if "`" in shown else "`"
    space = " " if fence == "``" else ""
    return f"{fence}{space}{shown}{space}{fence}".replace("|", "\\|")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
