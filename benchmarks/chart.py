"""The chart, an SVG made from a results file alone: one panel a measure, one bar a stack."""

from __future__ import annotations

from html import escape
from typing import Any

from benchmarks.goals import Figures
from benchmarks.stacks import OURS, STACKS
from benchmarks.table import number

# Title, subject, case, unit; in the order of what counts.
PANELS = (
    ("Host cycle, image cached", "host cycle", "whole", "s"),
    ("Process start to healthy, new container", "start", "image", "ms"),
    ("Memory after load", "memory", "after load", "MB"),
    ("Image above its base", "image", "size above its base", "MB"),
    ("Executions a second, 8 connections (more is better)", "throughput", "8 connections", "/s"),
)
COLUMNS = 2
WIDTH, LABEL, BAR = 520, 175, 270  # of a panel, of its labels, of its longest bar
ROW, TITLE, GAP = 22, 34, 22
OURS_COLOUR, OTHER_COLOUR, LIMIT_COLOUR = "#0969da", "#8c959f", "#d0d7de"


def render(results: dict[str, Any]) -> str:
    """The whole chart."""
    figures = Figures(results)
    panels = [
        (title, rows)
        for title, subject, case, unit in PANELS
        if (rows := _rows(figures, subject, case, unit))
    ]
    body: list[str] = []
    top = GAP
    for first in range(0, len(panels), COLUMNS):
        line = panels[first : first + COLUMNS]
        for column, (title, rows) in enumerate(line):
            body += _panel(GAP + column * WIDTH, top, title, rows)
        top += TITLE + GAP + ROW * max(len(rows) for _, rows in line)
    width = GAP + COLUMNS * WIDTH
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {top}" '
            'font-family="system-ui, sans-serif" font-size="13">',
            f'<rect width="{width}" height="{top}" fill="#ffffff"/>',
            *body,
            "</svg>",
            "",
        ]
    )


Row = tuple[str, float, str, str]
"""Label, value, the value as text, colour."""


def _rows(figures: Figures, subject: str, case: str, unit: str) -> list[Row]:
    rows = []
    for stack in STACKS:
        # Beside servers that only write bytes every bar of a real one would vanish.
        if subject == "throughput" and not stack.works:
            continue
        try:
            value = figures.median(subject, case, stack.name)
        except KeyError:
            continue
        colour = LIMIT_COLOUR if stack.limit else OTHER_COLOUR
        text = f"{number(value)} {unit}" if unit[0] != "/" else f"{number(value)}{unit}"
        rows.append((stack.label, value, text, OURS_COLOUR if stack.name == OURS else colour))
    return rows


def _panel(left: int, top: int, title: str, rows: list[Row]) -> list[str]:
    longest = max(value for _, value, _, _ in rows) or 1
    lines = [f'<text x="{left}" y="{top + 14}" font-weight="600">{escape(title)}</text>']
    for index, (label, value, text, colour) in enumerate(rows):
        y = top + TITLE + index * ROW
        length = max(1, round(BAR * value / longest))
        lines += [
            f'<text x="{left}" y="{y + 12}" fill="#424a53">{escape(label)}</text>',
            f'<rect x="{left + LABEL}" y="{y}" width="{length}" height="15" fill="{colour}"/>',
            f'<text x="{left + LABEL + length + 6}" y="{y + 12}">{escape(text)}</text>',
        ]
    return lines
