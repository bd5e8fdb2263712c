"""Functions of different style: how each is named, called, and what it answers."""

from __future__ import annotations

from typing import Any, NamedTuple


class Case(NamedTuple):
    """One function.

    Attributes:
        slug: Of its plugin.
        source: As it is named on the command line.
        inputs: For one execution.
        outputs: Of that.
    """

    slug: str
    source: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]


LINES = [{"article": "pen", "price": 2.5, "count": 4}, {"article": "ink", "price": "10"}]
CASES = [
    Case("slugify", "slugs.py:slugify", {"text": "Hello, World"}, {"result": "hello-world"}),
    Case(
        "frequent-words",
        "words.py:frequent_words",
        {"text": "The cat and the dog and the cow", "limit": 1, "stop_words": ["and"]},
        {"result": {"the": 3}},
    ),
    Case("spread", "spread.py", {"values": [1, 2, 3]}, {"mean": 2.0, "deviation": 1.0}),
    Case("initials", "initials.py", {"name": "ada king lovelace", "most": 2}, {"result": "A.K."}),
    Case(
        "measure",
        "shapes.py:measure",
        {"path": {"points": [{"x": 0}, {"x": 3, "y": 4}]}, "closed": True},
        {"result": {"length": 10.0, "unit": "m", "last": {"x": 3, "y": 4}}},
    ),
    Case(
        "total",
        "orders.py:total",
        {"order": {"customer": "Ada", "lines": LINES}, "vat": 0.1},
        {"result": {"customer": "Ada", "net": "20.0", "gross": "22.00"}},
    ),
    Case(
        "judge",
        "sentiment.py:judge",
        {"text": " a great day "},
        {
            "score": 1.0,
            "label": "good",
            "text_result": "a great day",
            "status_result": "told",
            "loudest": "great",
        },
    ),
    Case(
        "discount",
        "limits.py:discount",
        {"price": 10, "percent": 25, "codes": ["ab"]},
        {"result": 6.5},
    ),
    Case(
        "joined",
        "joined.py:joined",
        {"first": "a", "rest": ["b", "c"], "last": " or "},
        {"result": "a, b or c"},
    ),
    Case("wait-for", "waiting.py:wait_for", {"answer": "now"}, {"result": "now"}),
    Case("countdown", "waiting.py:countdown", {"start": 2}, {"result": [2, 1, 0]}),
    Case("ticks", "waiting.py:ticks", {}, {"result": ["tick 0", "tick 1"]}),
    Case(
        "workdays",
        "dates.py:Calendar.workdays",
        {
            "start": "2026-11-27",
            "days": 2,
            "holidays": ["2026-11-30"],
            "seal": "AAE=",
            "step": 86400,
        },
        {"days_found": ["2026-11-27", "2026-12-01"], "cost": 3},
    ),
    Case("name", "dates.py:Calendar.name", {"day": "2026-11-26"}, {"result": "Thursday"}),
    Case(
        "depth",
        "odd.py:depth",
        {"tree": {"a": {"b": {}}}, "link": {"value": 1, "next": {"value": 2}}},
        {"result": {"levels": 3, "links": 2, "seen": ["2026-01-31", 1.5]}},
    ),
    Case(
        "pick",
        "odd.py:pick",
        {"made": 2, "boxes": [{"item": 3, "start": 1}, {"item": 4}]},
        {"result": ["B", [3, 1], [4, 0]]},
    ),
    Case(
        "at",
        "odd.py:at",
        {"places": {"7": ["2026-01-31"]}, "index": 7},
        {"result": "2026-01-31"},
    ),
    Case(
        "the-name-of-this-function-is-longer-than-a-line-of",
        "odd.py:the_name_of_this_function_is_longer_than_a_line_of_its_logic_can_be",
        {"input": "a"},
        {"result": "A"},
    ),
    Case("translate", "textkit:translate", {"text": "Hello you"}, {"result": "salve ?"}),
]
